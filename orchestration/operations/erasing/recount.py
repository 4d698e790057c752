"""The rows of `feeds` after listings were erased: they say what a replay of the feeds would say.

And whether all else is what a replay would make of it. What belongs here: `feeds` of listings. What does not: the rows
that were erased (`tables`).
"""

import polars as pl
from deltalake import write_deltalake

from orchestration.logic.digests import differing
from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.operations.erasing.again import apply_again
from orchestration.resources.lake import Lake, marked
from orchestration.resources.landing import Landing

RUN = ["source", "scope", "run_seq"]


def recount(lake: Lake, landing: Landing, source: str) -> tuple[int, list[str]]:
    """Corrects the rows of one source; how many were changed, and the listings that a replay makes otherwise.

    Raises:
        LostFeedError: when an applied feed is not in the landing zone any more.
        DamagedFeedError: when one cannot be read.
    """
    table = lake.open(FEEDS)
    rows = lake.read(FEEDS, table.version()).select(*FEEDS.columns)
    told, state = [], LISTINGS.empty()
    for each in apply_again(lake, landing, source):
        told.append(each.row)
        state = each.state
    versions = rows.select(*RUN, "listings_version")
    schema = {name: dtype for name, dtype in FEEDS.columns.items() if name != "listings_version"}
    now = pl.DataFrame(told, schema=schema, orient="row").join(versions, on=RUN).select(*FEEDS.columns)
    mine = pl.col("source") == source
    changed = len(differing(rows.filter(mine), now, RUN))
    if changed:
        anew = pl.concat([rows.filter(~mine), now])
        write_deltalake(table, anew, mode="overwrite", commit_properties=marked("erase"))
    live = lake.scan(LISTINGS).filter(mine).select(*LISTINGS.columns).collect()
    return changed, differing(live, state, ("source", "listing_key"))
