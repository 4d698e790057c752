"""Which version of a listing an event is about.

What belongs here: the match of events with the listing history by time. What does not: what is then made of them.
"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from orchestration.logic.price_changes import KEY


def with_version(events: pl.DataFrame, history: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Adds to each event the `columns` of the listing's version it is about.

    That is the version that began last, not after the event; for a removal, the one that began last before it.
    An event from before the first version gets the first version. An event whose listing has no version at all
    keeps nulls, so that it is not lost.

    Args:
        events: source, listing_key, observed_at, change_type and more; without any of `columns`.
        history: source, listing_key, valid_from and `columns`.
        columns: what to take from the version.

    Returns:
        Every event once, with its own columns, then `columns`; in no order.
    """
    versions = history.select(*KEY, "valid_from", *columns, _known=pl.lit(value=True)).sort("valid_from")
    # A relisting may begin a version at the very moment of the removal that it follows.
    moment = pl.col("observed_at") - pl.when(pl.col("change_type") == "removed").then(pl.duration(microseconds=1))
    events = events.with_columns(_at=pl.coalesce(moment, "observed_at")).sort("_at")
    asof: dict[str, Any] = {"left_on": "_at", "right_on": "valid_from", "by": list(KEY), "check_sortedness": False}
    begun = events.join_asof(versions, strategy="backward", **asof)
    early = begun.filter(pl.col("_known").is_null()).select(events.columns)
    first = early.sort("_at").join_asof(versions, strategy="forward", **asof)
    found = pl.concat([begun.filter(pl.col("_known").is_not_null()), first.select(begun.columns)])
    return found.drop("_at", "_known", "valid_from")
