"""One crawl, as its spider and all item pipelines know it: what is watched, and the ledger of what happened.

What belongs here: values that several stages share. What does not: requests (`spiders`) and rules (`domain`).
"""

import datetime
from dataclasses import dataclass, field

from scrapy.crawler import Crawler

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.manifest import Absence, ItemKind
from realestate_crawler.domain.completeness import Ledger


@dataclass(slots=True, kw_only=True)
class Crawl:
    """What one crawl is about.

    Attributes:
        source: the collection that the listings come from.
        criterion: what is asked for; its id is the scope.
        observed_at: when the market looked like this (UTC).
        volatile: fields and source columns that are stored and never compared.
        personal: source columns (beside the personal fields) that name or reach people, and fields read from them.
        absence: what a listing's absence can prove at best.
        item: what is read.
    """

    source: str
    criterion: Criterion
    observed_at: datetime.datetime
    volatile: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    absence: Absence = Absence.COMPLETE
    item: ItemKind = ItemKind.LISTING
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def scope(self) -> str:
        """Id of the criterion."""
        return self.criterion.id


def crawl_of(crawler: Crawler) -> Crawl:
    """The crawl of a running crawler's spider.

    Raises:
        TypeError: for a spider that has none (it does not derive from the project's base spider).
    """
    crawl = getattr(crawler.spider, "crawl", None)
    if not isinstance(crawl, Crawl):
        raise TypeError(f"spider {crawler.spider} has no `crawl`: derive it from spiders.base.CriterionSpider")
    return crawl
