"""Raw values → typed fields; everything that could not be read is counted and stays raw."""

from typing import Any, Self

from scrapy.crawler import Crawler

from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.contacts import replaced
from realestate_crawler.domain.normalise import OUTSIDE_VOCABULARY, normalise
from realestate_crawler.items import Listing

MAX_WORD = 40


class NormalisePipeline:
    """Calls `domain.normalise` and keeps the count of what it could not read."""

    def __init__(self, crawl: Crawl) -> None:
        self.crawl = crawl

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Counts into the crawl's ledger."""
        return cls(crawl_of(crawler))

    def process_item(self, item: Listing) -> Listing:
        """Fills the typed fields."""
        for problem in normalise(item):
            word = f" ({_shown(problem.raw)})" if problem.reason == OUTSIDE_VOCABULARY else ""
            self.crawl.of(item).ledger.notes[f"{problem.reason}: {problem.field}{word}"] += 1
        return item


def _shown(raw: Any) -> str:
    """A word as it may stand in the notes, without any contact; of anything nested only what it is."""
    if not isinstance(raw, str | int | float):
        return f"a {type(raw).__name__}"
    return str(replaced(str(raw), lambda contact: f"[{contact.kind}]")[0])[:MAX_WORD]
