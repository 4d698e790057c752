"""Which feeds a version of `listings` stands for, when it was put back to an older version in between. Pure.

A version that was restored continues the version that it was put back to; what lay between is undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of `listings`.

    Attributes:
        feed: what it tells of the feed that it applied; None for every other commit.
        restored_to: the version that it put the table back to; None for every other commit.
    """

    version: int
    feed: dict[str, Any] | None = None
    restored_to: int | None = None


def lineage(commits: Sequence[Commit], at: int) -> list[int]:
    """The versions that applied the feeds a version stands for, oldest first."""
    restores = {c.version: c.restored_to for c in commits if c.restored_to is not None}
    feeds = sorted(c.version for c in commits if c.feed is not None)
    found: list[int] = []
    end = at
    while True:
        restore = max((version for version in restores if version <= end), default=-1)
        found = [version for version in feeds if restore < version <= end] + found
        if restore < 0:
            return found
        end = restores[restore]


def outstanding(commits: Sequence[Commit], head: int, done: int) -> list[int]:
    """The versions whose feeds a table derived up to `done` lacks; it must continue (see `continues`)."""
    has = set(lineage(commits, done))
    return [version for version in lineage(commits, head) if version not in has]


def continues(commits: Sequence[Commit], head: int, done: int) -> bool:
    """Whether what was derived up to `done` is a beginning of what `head` stands for."""
    has = lineage(commits, done)
    return lineage(commits, head)[: len(has)] == has
