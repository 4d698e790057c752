"""One crawl, as its spider and all item pipelines know it: what is watched, and the ledger of what happened.

What belongs here: values that several stages share. What does not: requests (`spiders`) and rules (`domain`).
"""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from scrapy.crawler import Crawler

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.manifest import Absence, ItemKind
from realestate_crawler.domain.completeness import Ledger
from realestate_crawler.domain.refresh import Known
from realestate_crawler.sale import Item


@dataclass(slots=True, kw_only=True)
class Crawl:
    """What one crawl is about.

    What several sources were merged into is split: each of them is a scope with a ledger and a feed of its own, a
    branch of this crawl; what belongs to none of them stays with the crawl itself.

    Attributes:
        source: the collection that the listings come from.
        criterion: what is asked for; its id is the scope.
        observed_at: when the market looked like this (UTC).
        volatile: fields and source columns that are stored and never compared.
        personal: source columns (beside the personal fields) that name or reach people, and fields read from them.
        absence: what a listing's absence can prove at best.
        item: what is read.
        branches: scope → its crawl, where what is read is split into scopes.
        unnamed: why an item that belongs to no branch cannot be used; empty where nothing is split.
        versions: of what reads the pages beside this program.
        known: the listings whose pages need not be fetched.
    """

    source: str
    criterion: Criterion
    observed_at: datetime.datetime
    volatile: frozenset[str] = frozenset()
    personal: frozenset[str] = frozenset()
    absence: Absence = Absence.COMPLETE
    item: ItemKind = ItemKind.LISTING
    versions: dict[str, str] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    ledger: Ledger = field(default_factory=Ledger)
    branches: "dict[str, Crawl]" = field(default_factory=dict)
    unnamed: str = ""

    @property
    def scope(self) -> str:
        """Id of the criterion."""
        return self.criterion.id

    def branch(self, scope: str, options: dict[str, Any]) -> "Crawl":
        """The crawl of one scope, made when it is first asked for; `options` are told in its criterion."""
        if scope not in self.branches:
            told = self.criterion.model_copy(update={"id": scope, "options": {**self.criterion.options, **options}})
            ledger = Ledger(gaps=list(self.ledger.gaps))  # what is wrong with the whole is wrong with each part
            self.branches[scope] = replace(self, criterion=told, ledger=ledger, branches={}, unnamed="")
        return self.branches[scope]

    def of(self, item: Item) -> "Crawl":
        """The crawl that an item belongs to: a branch, by the item's scope, or this one."""
        return self.branches.get(item.scope, self)


def crawl_of(crawler: Crawler) -> Crawl:
    """The crawl of a running crawler's spider.

    Raises:
        TypeError: for a spider that has none (it does not derive from the project's base spider).
    """
    crawl = getattr(crawler.spider, "crawl", None)
    if not isinstance(crawl, Crawl):
        raise TypeError(f"spider {crawler.spider} has no `crawl`: derive it from spiders.base.CriterionSpider")
    return crawl
