"""The searches whose pages a crawl read, and what of them it did not see. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# So many are named in a reason; all are counted.
NAMED = 3
# What comes and goes while pages are read.
MOVEMENT = 0.02
SMALL = 2


@dataclass(slots=True)
class Search:
    """One search, page by page.

    Attributes:
        words: to what it is narrower than the criterion, as arguments of a criterion; empty for the whole of it.
        claimed_total: results that the source claims; None when it does not say.
        pages: numbers of the pages that were read.
        listings: different listings on them.
        capped: whether the source shows only part of its results.
        goes_on: whether the next search begins where this one ends.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    claimed_total: int | None = None
    pages: set[int] = field(default_factory=set)
    listings: int = 0
    capped: bool = False
    goes_on: bool = False

    def named(self) -> str:
        """The search in a reason."""
        return "the search" + "".join(f" {name}={value}" for name, value in self.words.items())

    def absent_pages(self) -> list[int]:
        """Pages before the last one that were not read."""
        return sorted(set(range(1, max(self.pages, default=0))) - self.pages)


@dataclass(slots=True)
class Searches:
    """All searches of one crawl.

    Attributes:
        read: those that were read to their end; together they take the place of the whole one.
        pages: pages read, those of searches that were cut included.
        unreached: results of searches that were cut, which none of their parts holds.
        unfound: listings shown by searches that were cut, and by none that was read.
        shown: listings shown by searches that were cut.
        unstated: those of the unfound whose card does not state what the searches were cut by, where the source tells
            no exact totals that would have shown the loss.
        limited: whether more searches would have been needed than may be asked.
    """

    read: Sequence[Search] = ()
    pages: int = 0
    unreached: int = 0
    unfound: int = 0
    shown: int = 0
    unstated: int = 0
    limited: bool = False

    @property
    def capped(self) -> list[Search]:
        """Those of which the source shows only a part."""
        return [search for search in self.read if search.capped]

    def reasons(self) -> list[str]:
        """Why they did not show everything; empty when they did."""
        reasons = []
        for search in self.read:
            absent = search.absent_pages()
            if absent:
                told = f" of {search.named()}" if search.words else ""
                reasons.append(f"result pages {', '.join(map(str, absent))}{told} were not read")
        reasons += self._caps()
        for search in self.read:
            claimed = search.claimed_total
            if search.words and not search.capped and not search.goes_on and claimed is not None:
                short = claimed - search.listings
                if short > SMALL + MOVEMENT * claimed:
                    reasons.append(f"{search.named()} claims {claimed} results and showed {search.listings}")
        if self.unreached:
            reasons.append(
                f"{self.unreached} results are in none of the narrower searches that the result cap made necessary: "
                "they do not state what these are narrowed by; narrow the criterion by something that they state"
            )
        if self.unstated:
            reasons.append(
                f"{self.unstated} listings do not state what the searches had to be narrowed by; "
                "how many more there are nobody knows, as the source tells no exact totals"
            )
        elif self.unfound > SMALL + MOVEMENT * self.shown:
            reasons.append(f"{self.unfound} listings were shown by wider searches and by none of the narrower ones")
        return reasons

    def _caps(self) -> list[str]:
        capped = self.capped
        if not capped:
            return []
        if len(self.read) == 1:
            told = f"its {capped[0].claimed_total or 'many'} results"
        else:
            named = ", ".join(f"{s.named()}: {s.claimed_total or 'many'}" for s in capped[:NAMED])
            more = " …" if len(capped) > NAMED else ""
            told = f"the results of {len(capped)} of {len(self.read)} searches ({named}{more})"
        why = " (there would be too many narrower searches)" if self.limited else ""
        return [f"the source shows only part of {told}{why}: narrow the criterion"]
