"""Listings that vanish while the same homes appear under other keys: a site that changed the form of its ids.

Twins are equal in every fact that is compared but key and address of the page, and say enough to be known again.
"""

import polars as pl

from orchestration.logic.guard import Guard, too_many

KEY = "listing_key"
TWINS = {KEY: pl.String(), "twin": pl.String()}
# What tells one home from another …
_TELLING = (
    *("title", "list_price", "living_area", "lot_size_area", "bedrooms_total", "bathrooms_total_integer"),
    *("rooms_total", "year_built", "unparsed_address", "postal_code", "latitude"),
)
# … and how much of it there must be.
_ENOUGH = 3
_FACTS = (*_TELLING, "longitude", "city", "offer", "property_type", "currency", "price_period")


def rekeyed(new: pl.DataFrame, vanished: pl.DataFrame, scope_before: int, guard: Guard) -> pl.DataFrame:
    """Pairs of a vanished listing (`listing_key`) and the new one that is its twin; none unless they are too many.

    Args:
        new: listings that no table knows.
        vanished: listings of the scope that the feed lacks.
        scope_before: listings that the scope held before.
        guard: the thresholds.
    """
    nothing = pl.DataFrame(schema=TWINS)
    if not too_many(min(new.height, vanished.height), guard.least_changes, scope_before, guard.rekeyed_share):
        return nothing
    gone, came = (_told(frame) for frame in (vanished, new))
    # Equal homes of one building are told apart by nothing: the n-th goes with the n-th.
    pairs = gone.join(came, on=[*_FACTS, "number"], nulls_equal=True, suffix="_new").select(KEY, twin=f"{KEY}_new")
    main = pairs.height >= guard.rekeyed_of_new * new.height
    too = too_many(pairs.height, guard.least_changes, scope_before, guard.rekeyed_share)
    return pairs.sort(KEY) if main and too else nothing


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    known = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int32) for name in _TELLING)
    told = frame.filter(known >= _ENOUGH).select(KEY, *_FACTS).sort(KEY)
    return told.with_columns(number=pl.int_range(pl.len()).over(_FACTS))
