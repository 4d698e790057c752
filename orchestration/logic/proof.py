"""Invariant 3: no listing is missing or removed without complete runs that say so. Pure."""

import polars as pl

RUN = ["source", "scope", "run_id"]


def unproven(losses: pl.DataFrame, feeds: pl.DataFrame) -> pl.DataFrame:
    """The events that nothing proves.

    A `missing` needs the complete run that it cites; a `removed` needs that and a complete run of the scope before it.

    Args:
        losses: listing_changes rows of type missing and removed.
        feeds: all rows of `feeds`.
    """
    crawls = feeds.select(*RUN, "run_seq", proves="complete")
    # An accepted removal is proven by the run that was held.
    accepted = feeds.filter(pl.col("accepts_run").is_not_null()).select(*RUN, "accepts_run")
    named = accepted.join(crawls, left_on=["source", "scope", "accepts_run"], right_on=RUN).select(crawls.columns)
    runs = pl.concat([crawls.join(accepted, on=RUN, how="anti"), named])
    first = feeds.filter("complete").group_by("source", "scope").agg(first_complete=pl.col("run_seq").min())
    told = losses.join(runs, on=RUN, how="left").join(first, on=["source", "scope"], how="left")
    once = pl.col("proves").fill_null(value=False)
    twice = once & (pl.col("first_complete") < pl.col("run_seq"))
    return told.filter(~pl.when(pl.col("change_type") == "removed").then(twice).otherwise(once)).select(losses.columns)
