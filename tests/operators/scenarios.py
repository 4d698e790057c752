"""Random lives of a small market as feeds in a real landing zone, for properties over whole commands."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import Phase
from hypothesis import strategies as st

from tests.graph_fixtures.feeds import START, deliver, listing

KEYS = "abcdef"
SCOPES = ("north", "south")
# A step of shrinking takes as long as the test: the example that is found is short enough.
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


@dataclass(frozen=True, slots=True)
class Look:
    """One crawl: what it saw (key → price), and whether it was complete; `refresh`: the tables follow at once."""

    scope: str
    seen: dict[str, int]
    complete: bool
    refresh: bool
    hours: int


looks = st.lists(
    st.builds(
        Look,
        scope=st.sampled_from(SCOPES),
        seen=st.dictionaries(st.sampled_from(KEYS), st.integers(1, 4).map(lambda n: n * 100_000), max_size=6),
        complete=st.booleans() | st.just(value=True),
        refresh=st.booleans(),
        hours=st.integers(1, 40),
    ),
    min_size=1,
    max_size=7,
)


@dataclass(slots=True)
class Market:
    """Delivers looks one after the other, each later than the one before."""

    root: Path
    at: dt.datetime = START
    runs: dict[str, int] = field(default_factory=dict)

    def deliver(self, look: Look) -> None:
        """Puts the feed of a look into the landing zone."""
        self.at += dt.timedelta(hours=look.hours)
        self.runs[look.scope] = self.runs.get(look.scope, 0) + 1
        items = [listing(key, list_price=price, city="Lund", offer="sale") for key, price in sorted(look.seen.items())]
        run_seq = self.runs[look.scope]
        deliver(self.root, items, run_seq=run_seq, at=self.at, scope=look.scope, complete=look.complete)
