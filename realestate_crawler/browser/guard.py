"""What a page asks for goes by the rules of a link: its address, its site, its robots.txt; the same stages decide.

What belongs here: asking the stages. What does not: the rules themselves (`middlewares`).
"""

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request

from realestate_crawler.crawl import crawl_of
from realestate_crawler.middlewares.addresses import AddressMiddleware
from realestate_crawler.middlewares.offsite import OffsiteMiddleware
from realestate_crawler.middlewares.robots import ROBOTS_SLOT, RobotsMiddleware


class Guard:
    """Says why the browser may not ask for something."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    async def why_not(self, url: str, *, page: bool) -> str:
        """The reason why an address may not be asked; empty when it may.

        Args:
            url: what the browser is about to ask.
            page: whether it is to take the page's place; such a page must be the site's own, like any other.
        """
        # The page that asks holds its host's place in Scrapy's queue until it has ended; a robots.txt must not wait.
        request = Request(url, meta={ROBOTS_SLOT: "robots.txt for the browser"})
        try:
            if (addresses := self.crawler.get_downloader_middleware(AddressMiddleware)) is not None:
                addresses.process_request(request)
            if page and (offsite := self.crawler.get_downloader_middleware(OffsiteMiddleware)) is not None:
                offsite.process_request(request)
            if (robots := self.crawler.get_downloader_middleware(RobotsMiddleware)) is not None:
                await robots.process_request(request)
        except IgnoreRequest as refusal:
            self.note(f"{refusal}, asked for by a page")
            return str(refusal)
        except ValueError:
            return "no address"
        return ""

    def note(self, why: str) -> None:
        """Counts a refusal in the manifest: what was not loaded may be missing in the page."""
        crawl_of(self.crawler).ledger.notes[f"the browser was refused: {why}"] += 1
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value("blocked/browser")
