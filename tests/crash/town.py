"""What a crawl of each scope sees, run by run: the same for the same seed, so that a sealed feed can be checked.

Prices move, listings come and go. Now and then a whole block vanishes for three runs, or all prices are a hundred times
as high for a run: more than the guard lets pass.
"""

import datetime as dt
import random
from dataclasses import dataclass

START = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
# Scopes of one source share listings.
TOWN, COAST = [f"t{n:02d}" for n in range(80)], [f"c{n:02d}" for n in range(30)]
SCOPES: dict[tuple[str, str], list[str]] = {
    ("town", "north"): TOWN[:50],
    ("town", "south"): TOWN[30:],
    ("town", "all"): TOWN,
    ("coast", "west"): COAST,
}


@dataclass(frozen=True)
class Look:
    """What one run saw: key → price."""

    at: dt.datetime
    complete: bool
    prices: dict[str, int]


def look(seed: int, source: str, scope: str, run_seq: int) -> Look:
    """The run's look, whoever asks."""
    luck = random.Random(f"{seed} {source} {scope} {run_seq}")
    at = START + dt.timedelta(hours=6 * run_seq + luck.randint(-9, 9))  # clocks run backwards, too
    complete = luck.random() < 0.75
    keys = SCOPES[source, scope]
    block = random.Random(f"{seed} {source} {scope} block {run_seq // 3}")
    gone = keys[:28] if run_seq > 2 and block.random() < 0.4 else []
    share = 0.95 if complete else luck.choice([0.5, 0.5, 0.0])
    seen = [key for key in keys if key not in gone and luck.random() < share]
    cents = 100 if run_seq > 2 and luck.random() < 0.1 else 1
    return Look(at, complete, {key: cents * _price(seed, key, run_seq) for key in seen})


def _price(seed: int, key: str, run_seq: int) -> int:
    """Every seventh run or so another one; never all at once."""
    own = random.Random(f"{seed} {key}").randrange(7)
    return 100_000 + 1_000 * random.Random(f"{seed} {key} {(run_seq + own) // 7}").randrange(90)
