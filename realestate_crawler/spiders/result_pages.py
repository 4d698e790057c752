"""What a page of results says, whatever the source, and how far the pages of one search are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from realestate_crawler.domain.search_tree import Branch
from realestate_crawler.domain.searches import Search
from realestate_crawler.items import Listing


@dataclass(slots=True, kw_only=True)
class Results:
    """What one page of results says.

    Attributes:
        trouble: why it shows no results although it should; empty when it does.
        total: how many results the source claims; None when it does not say.
        exact: False for "1000+".
        cap: how many of them are shown, where the page says so.
        cards: what the card of each listing shows, as raw or typed fields.
        page_wide: per card, the fields that the page says of all its results; empty where it says none.
        whole: a listing shown as a whole in place of results.
        next_url: where the results go on, where a link says it.
        facets: words by which the page offers to narrow the search.
    """

    trouble: str = ""
    total: int | None = None
    exact: bool = True
    cap: int | None = None
    cards: list[Listing] = field(default_factory=list)
    page_wide: list[frozenset[str]] = field(default_factory=list)
    whole: Listing | None = None
    next_url: str | None = None
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """A search while its pages are read: its listings so far, the addresses asked, and where it goes on."""

    branch: Branch
    search: Search
    names: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    next_url: str | None = None
    guessed: bool = False

    def left(self) -> int | None:
        """How many results there are beside those that were met; None where the source does not say."""
        claimed = self.search.claimed_total
        return None if claimed is None else max(0, claimed - len(self.names))
