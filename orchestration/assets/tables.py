"""listings and what follows from it: listing_changes, listing_history, feeds."""

import dagster as dg
import polars as pl

from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.merge import merge_staged
from orchestration.ingest.stage import StagedScope
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, Table
from orchestration.resources.lake import Lake
from orchestration.resources.places import PlacesResource


def table_metadata(lake: Lake, table: Table) -> dict[str, dg.MetadataValue | int | str]:
    """Rows, version and place of a table."""
    return {
        "dagster/row_count": lake.scan(table).select(pl.len()).collect().item(),
        "delta_version": lake.version(table),
        "dagster/uri": lake.uri(table),
        "grain": table.grain,
    }


@dg.asset(group_name="silver", description=f"{LISTINGS.grain}. Every waiting feed is merged exactly once.")
def listings(
    context: dg.AssetExecutionContext, staged_changes: list[StagedScope], places: PlacesResource
) -> dg.MaterializeResult[None]:
    """Merges the staging set."""
    lake = places.lake()
    applied = merge_staged(lake, places.landing(), staged_changes, Guard())
    counts = [feed.feed.counts for feed in applied]
    told = {
        name: sum(getattr(c, name) for c in counts) for name in ("new", "changed", "missing", "removed", "relisted")
    }
    held = sum(c.all_held for c in counts)
    context.log.info(f"{len(applied)} feeds applied: " + ", ".join(f"{n} {name}" for name, n in told.items()))
    if held:
        context.log.warning(f"{held} removals, changes or new keys are held for a person")
    present = lake.scan(LISTINGS).filter(pl.col("presence") == "present").select(pl.len()).collect().item()
    return dg.MaterializeResult(
        metadata={
            **table_metadata(lake, LISTINGS),
            "present": present,
            "feeds_applied": len(applied),
            **told,
            "held": held,
            "damaged": [scope.damaged for scope in staged_changes if scope.damaged],
        }
    )


@dg.asset(group_name="silver", deps=[listings], description=LISTING_CHANGES.grain)
def listing_changes(places: PlacesResource) -> dg.MaterializeResult[None]:
    """Appends what each new version of listings changed."""
    lake = places.lake()
    written = derive_changes(lake)
    return dg.MaterializeResult(metadata={**table_metadata(lake, LISTING_CHANGES), "rows_written": written})


@dg.asset(group_name="silver", deps=[listings], description=LISTING_HISTORY.grain)
def listing_history(places: PlacesResource) -> dg.MaterializeResult[None]:
    """Closes and opens versions for each new version of listings."""
    lake = places.lake()
    opened = derive_history(lake)
    return dg.MaterializeResult(metadata={**table_metadata(lake, LISTING_HISTORY), "versions_opened": opened})


@dg.asset(group_name="silver", deps=[listings], description=FEEDS.grain)
def feeds(places: PlacesResource) -> dg.MaterializeResult[None]:
    """Appends a row for each feed that was applied."""
    lake = places.lake()
    written = derive_feeds(lake)
    return dg.MaterializeResult(metadata={**table_metadata(lake, FEEDS), "rows_written": written})
