"""One address → its bytes, fetched as a crawl fetches: the project's user agent, limits and robots.txt.

What belongs here: fetching a single page for a person who looks at it. What does not: crawls (spiders).
"""

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings


class FetchError(OSError):
    """The page could not be fetched; the message says why."""


def fetch(url: str, settings: Settings) -> tuple[bytes, str]:
    """(body, final address) of one page, whatever its status is.

    Raises:
        FetchError: when there was no answer, or robots.txt forbids the page.
    """
    answers: list[tuple[bytes, str]] = []
    problems: list[str] = []

    class One(Spider):
        name = "one-page"
        own_addresses = (url,)

        async def start(self) -> AsyncIterator[Any]:
            yield Request(
                url, callback=self.keep, errback=self.complain, dont_filter=True, meta={"handle_httpstatus_all": True}
            )

        def keep(self, response: Response) -> None:
            answers.append((response.body, response.url))

        def complain(self, failure: Any) -> None:
            problems.append(str(failure.value) or type(failure.value).__name__)

    own = settings.copy()
    own.setdict(
        {"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "LOG_ENABLED": False, "LOG_INSTALL_ROOT_HANDLER": False},
        priority="cmdline",
    )
    process = CrawlerProcess(own)
    process.crawl(One)
    process.start()
    if not answers:
        raise FetchError(problems[0] if problems else "no answer")
    return answers[0]
