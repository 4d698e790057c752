"""Which listings were to be read, and how each ended: exactly once, in exactly one way. Pure.

Counts alone prove nothing: a page that gives two listings makes up for one that gives none. Here every listing has a
name (its key; while only its address is known, that), and those that did not end, or came unasked, can be named.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

# So many are named in a reason; all are counted.
NAMED = 5
LONGEST_NAME = 120


class Ending(StrEnum):
    """What became of a listing."""

    ITEM = "item"
    DROPPED = "dropped"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    GONE = "gone"


@dataclass(slots=True)
class Account:
    """The listings of one crawl; holds only those that wait, so that it stays small.

    Attributes:
        waiting: name → how often it is to be read and has not ended.
        announced: rows that were counted and have not been named yet.
        ended: how many ended how.
        failed: the first that could not be read.
        strays: the first that ended without having been asked for, or more often than that.
        stray_count: how many of them there were.
    """

    waiting: dict[str, int] = field(default_factory=dict)
    announced: int = 0
    ended: Counter[Ending] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    stray_count: int = 0

    def announce(self, count: int) -> None:
        """Notes that so many will be named: none of them may be forgotten."""
        self.announced += count

    def schedule(self, name: str, *, announced: bool = False) -> None:
        """Notes a listing that is to be read."""
        self.announced -= announced
        self.waiting[name] = self.waiting.get(name, 0) + 1

    def end(self, name: str, ending: Ending) -> None:
        """Notes what became of a listing."""
        if not self._take(name):
            self.stray_count += 1
            _name(self.strays, name)
            return
        self.ended[ending] += 1
        if ending is Ending.FAILED:
            _name(self.failed, name)

    def rename(self, name: str, known_as: str) -> None:
        """Notes that a waiting listing is called otherwise than it seemed (its own page says its key)."""
        if name != known_as and self._take(name):
            self.schedule(known_as)

    def waits(self, name: str) -> bool:
        """Whether a listing has been asked for and has not ended."""
        return name in self.waiting

    def count(self) -> int:
        """How many were to be read."""
        return self.ended.total() + sum(self.waiting.values()) + self.announced

    def told(self) -> dict[str, int]:
        """How many ended how, and how many did not."""
        counts = {ending.value: self.ended[ending] for ending in Ending if self.ended[ending]}
        lost = sum(self.waiting.values()) + max(0, self.announced)
        return counts | ({"never ended": lost} if lost else {})

    def reasons(self) -> list[str]:
        """Everything that is not accounted for, in words; empty when each listing ended in one good way."""
        reasons = []
        if self.ended[Ending.FAILED]:
            reasons.append(f"{self.ended[Ending.FAILED]} listings could not be read: {_list(self.failed)}")
        lost = sum(self.waiting.values())
        if lost:
            reasons.append(f"{lost} listings were to be read and never ended: {_list(list(self.waiting)[: NAMED + 1])}")
        if self.announced > 0:
            reasons.append(f"{self.announced} rows were never read")
        if self.stray_count or self.announced < 0:
            told = f": {_list(self.strays)}" if self.strays else ""
            reasons.append(f"{self.stray_count - min(0, self.announced)} listings came unasked or twice{told}")
        return reasons

    def _take(self, name: str) -> bool:
        left = self.waiting.get(name, 0)
        if left > 1:
            self.waiting[name] = left - 1
        elif left:
            del self.waiting[name]
        return bool(left)


def _name(names: list[str], name: str) -> None:
    if len(names) <= NAMED and name not in names:
        names.append(name)


def _list(names: list[str]) -> str:
    shown = [name[:LONGEST_NAME] or "(without a key)" for name in names[:NAMED]]
    return ", ".join(shown) + (" …" if len(names) > NAMED else "")
