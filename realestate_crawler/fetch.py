"""Addresses → their bytes, fetched as a crawl fetches: the project's user agent, limits, pauses and robots.txt.

What belongs here: fetching a few pages for a person who looks at them. What does not: crawls (spiders).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings


class FetchError(OSError):
    """The page could not be fetched; the message says why."""


def fetch(urls: Sequence[str], settings: Settings) -> Mapping[str, tuple[bytes, str] | FetchError]:
    """Address → (body, final address), whatever the page's status is; or why there was no answer.

    Once in a process: Twisted's reactor does not start again.
    """
    found: dict[str, tuple[bytes, str] | FetchError] = {url: FetchError("no answer") for url in urls}

    class Pages(Spider):
        name = "pages"
        own_addresses = tuple(urls)

        async def start(self) -> AsyncIterator[Any]:
            for url in found:
                yield Request(
                    url,
                    callback=self.keep,
                    errback=self.complain,
                    dont_filter=True,
                    meta={"handle_httpstatus_all": True},
                    cb_kwargs={"asked": url},
                )

        def keep(self, response: Response, asked: str) -> None:
            found[asked] = response.body, response.url

        def complain(self, failure: Any) -> None:
            why = str(failure.value) or type(failure.value).__name__
            found[failure.request.cb_kwargs["asked"]] = FetchError(why)

    own = settings.copy()
    own.setdict(
        {"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "LOG_ENABLED": False, "LOG_INSTALL_ROOT_HANDLER": False},
        priority="cmdline",
    )
    process = CrawlerProcess(own)
    process.crawl(Pages)
    process.start()
    return found
