"""May these removals pass? Contract 3: more than max(20, 10 % of the active listings) at once wait for a person."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guard:
    """How many removals one feed may confirm.

    Attributes:
        least: this many always pass.
        share: of the scope's active listings (present or missing before the feed).
    """

    least: int = 20
    share: float = 0.10

    def holds(self, removals: int, active: int) -> bool:
        """Whether so many removals out of `active` listings are too many."""
        return removals > max(self.least, int(active * self.share))
