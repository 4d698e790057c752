"""One search in the tree of searches that a large one is cut into, and whether its parts hold all of it. Pure.

What belongs here: a search and its parts. What does not: which are asked, and in what order (`splitting`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from realestate_crawler.domain.dimensions import Narrowing, Parts

# A loss that no search can have: the source does not narrow along this dimension at all.
ALL = 10**12


class Stage(IntEnum):
    """How far a search is.

    A sum that is a little short may be so because the market moved between the questions; the search is asked once
    more, and if that does not explain it, so are its parts.
    """

    ASKED = 0
    PARTS_ASKED = 1
    ASKED_AGAIN = 2
    PARTS_ASKED_AGAIN = 3
    SETTLED = 4


@dataclass(slots=True, eq=False)
class Branch:
    """One search of the tree.

    Attributes:
        number: its place in `Splitter.branches`.
        narrowed: dimension → to what.
        total: how many results the source claims; None when it does not say.
        exact: whether it claims just as many, not "1000+" or nothing at all.
        answered: whether its first page was read, or could not be.
        read: whether its further pages are read.
        capped: whether it finds more than the source shows, and cannot be cut.
        failed: whether it could not be asked.
        cut: how it was cut.
        parts: what it was cut into; empty for what is read as it is.
        shared: what two of the parts have in common; asked for its total only.
        parents: what it is a part of.
        unstated: dimensions that some listing on its pages, or on those of a wider search, does not state.
        tried: dimension → results lost by cutting along it, and the parts.
    """

    number: int
    narrowed: Narrowing
    stage: Stage = Stage.ASKED
    total: int | None = None
    exact: bool = True
    answered: bool = False
    read: bool = False
    capped: bool = False
    failed: bool = False
    dimension: str = ""
    cut: Parts | None = None
    parts: "list[Branch]" = field(default_factory=list)
    shared: "Branch | None" = None
    parents: "list[Branch]" = field(default_factory=list)
    unstated: set[str] = field(default_factory=set)
    cuts: Mapping[str, int] = field(default_factory=dict)
    tried: "dict[str, tuple[int, list[Branch]]]" = field(default_factory=dict)

    def asked(self) -> "list[Branch]":
        """The searches whose totals tell whether the parts hold all."""
        return [*self.parts, self.shared] if self.shared else list(self.parts)

    def lost(self) -> int:
        """How many results the parts lack."""
        asked = self.asked()
        totals = [part.total for part in asked if part.total is not None]
        told = self.exact and len(totals) == len(asked) and all(part.exact for part in asked)
        if not told or self.total is None:
            # Nothing adds up what is not told; then only parts without gaps are sure to hold all.
            return 0 if self.cut is None or self.cut.gapless else 1
        if min(totals[: len(self.parts)]) >= self.total > 0:
            return ALL
        held = sum(totals) - 2 * (totals[-1] if self.shared else 0)
        return max(0, self.total - held)


@dataclass(slots=True)
class Orders:
    """What to do next: searches whose first page is to be asked, and searches whose further pages are to be read."""

    ask: list[Branch] = field(default_factory=list)
    read: list[Branch] = field(default_factory=list)

    def __add__(self, more: "Orders") -> "Orders":
        return Orders(self.ask + more.ask, self.read + more.read)
