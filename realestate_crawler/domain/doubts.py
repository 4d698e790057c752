"""Does a crawl that did all it set out to do look like the ones before it? Pure: measures in, doubts in words out.

A site that quietly shows half of its market, or none of its prices, answers every request well. Each run is compared
with the median of the last three, so what lasts is believed by itself: of a market that stays small, the third run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_high

# As many runs as decide what is usual.
RUNS = 3
# Fewer listings than this may come and go by chance.
LEAST = 20
# Less than this share of what is usual is doubted.
SHARE = 0.5
# A field counts as usual where at least this share of the listings had it.
MOST = 0.5
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
    if usual >= LEAST and now.unique < SHARE * usual:
        found.append(f"{now.unique} listings were seen, less than half of the {usual} that are usual here")
    whole = [run for run in before if run.details >= LEAST]
    if now.details < LEAST or not whole:
        return found
    for name in REQUIRED:
        share = median_high(run.share(name) for run in whole)
        if share >= MOST and now.share(name) < SHARE * share:
            found.append(
                f"{now.filled.get(name, 0)} of {now.details} listings have a value of {name}, "
                f"where {share:.0%} is usual"
            )
    return found
