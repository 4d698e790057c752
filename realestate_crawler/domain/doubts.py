"""Does a crawl that did all it set out to do look like the ones before it? Pure: measures in, doubts in words out.

A site that quietly shows half of its market, or none of its prices, answers every request well. Each run is compared
with the median of the last three, so what lasts is believed by itself: of a market that stays small, the third run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_high

# As many runs as decide what is usual.
RUNS = 3
# So many listings fewer than usual, or such a share of them, may go between two looks: what goes beyond it would be
# held as removals anyway, and a result page that is lost in silence is about as much.
FEWER = 10
FEWER_SHARE = 0.10
# So few whole listings tell nothing of a field.
LEAST = 20
# A field counts as usual where at least this share of the listings had it, and is doubted below this part of it.
MOST = 0.5
PART = 0.5
REQUIRED = (
    *("offer", "property_type", "list_price", "living_area", "lot_size_area", "rooms_total", "bedrooms_total"),
    *("year_built", "unparsed_address", "city", "postal_code", "latitude"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """What one run saw.

    Attributes:
        unique: different listings.
        details: listings that were read whole; a result card shows some fields only.
        filled: field → how many of those had it.
    """

    unique: int
    details: int = 0
    filled: Mapping[str, int] = field(default_factory=dict)

    def share(self, name: str) -> float:
        """Share of the whole listings that had a field."""
        return self.filled.get(name, 0) / self.details if self.details else 0.0


def doubts(now: Measure, past: Sequence[Measure]) -> list[str]:
    """Why a run is not believed to have seen everything.

    Args:
        now: the run.
        past: the runs before it that were complete, or only doubted; the newest first.
    """
    before = list(past[:RUNS])
    if not before:
        return []
    found = []
    usual = median_high(run.unique for run in before)
    if usual - now.unique > max(FEWER, FEWER_SHARE * usual):
        found.append(f"{now.unique} listings were seen, {usual} are usual here")
    whole = [run for run in before if run.details >= LEAST]
    if now.details < LEAST or not whole:
        return found
    for name in REQUIRED:
        share = median_high(run.share(name) for run in whole)
        if share >= MOST and now.share(name) < PART * share:
            found.append(
                f"{now.filled.get(name, 0)} of {now.details} listings have a value of {name}, "
                f"where {share:.0%} is usual"
            )
    return found
