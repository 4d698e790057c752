"""What comes out of quarantine is as old as the run that met it: it never undoes what newer runs have told. Pure.

Runs are applied by number, and a retried line has a newer number than runs that saw its listing later. So a line counts
only for a listing that is unknown, or of which nothing has been told since.
"""

import polars as pl

from orchestration.logic.look import Look
from realestate_crawler.vocabulary import Presence


def without_late(observed: pl.DataFrame, state: pl.DataFrame, look: Look) -> pl.DataFrame:
    """The lines that may still be applied.

    Args:
        observed: typed lines of the feed.
        state: rows of `listings` of the same source, those whose keys are in the feed among them.
        look: the feed they come in.
    """
    at = pl.lit(look.observed_at, pl.Datetime("us", "UTC"))
    # A listing that another scope sees shows no time at which this scope missed it: it may have been since.
    missed = pl.col("missing_in").list.contains(look.scope) & (pl.col("presence") == Presence.PRESENT)
    newer = state.filter((pl.col("last_seen_at") >= at) | (pl.col("last_change_at") >= at) | missed)
    return observed.join(newer, on="listing_key", how="anti", maintain_order="left")
