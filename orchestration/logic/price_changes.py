"""Asking prices that moved: which rows of the change table say so, and how far.

What belongs here: the reading of two prices from text and what makes them comparable. What does not: counting by
area and day (`market`).
"""

import polars as pl

KEY = ("source", "listing_key")

# A different price in another currency, for another span of time or for another offer is no cheaper or dearer price.
_TERMS = ("currency", "price_period", "offer")
_MOMENT = (*KEY, "run_id", "observed_at")


def price_changes(changes: pl.DataFrame) -> pl.DataFrame:
    """The rows of `changes` in which a listing's price moved and nothing else about the price did.

    A price that appears or goes away is not a move. A text that is no number is not one either.

    Args:
        changes: silver/listing_changes.

    Returns:
        The columns of `changes` + previous_price and new_price (Float64, same currency, not equal), in no order.
    """
    changed = changes.filter(pl.col("change_type") == "changed")
    other_terms = changed.filter(pl.col("field_name").is_in(_TERMS)).select(_MOMENT).unique()
    return (
        changed.filter(pl.col("field_name") == "list_price")
        .with_columns(
            previous_price=pl.col("previous_value").cast(pl.Float64, strict=False),
            new_price=pl.col("new_value").cast(pl.Float64, strict=False),
        )
        .filter(
            pl.col("previous_price").is_finite()
            & pl.col("new_price").is_finite()
            & (pl.col("previous_price") != pl.col("new_price"))
        )
        .join(other_terms, on=_MOMENT, how="anti", nulls_equal=True)
    )
