"""druid_listings, druid_listing_changes, druid_market_daily: each serves exactly one pinned Delta version.

Where no Druid is configured they are skipped with a plain word. What belongs here: read the version, publish, report.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.assets.market import market_daily
from orchestration.assets.tables import listing_changes, listings
from orchestration.druid.datasources import DATASOURCES, Datasource
from orchestration.druid.publish import Published, publish
from orchestration.druid.settings import DruidSettings
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS, MARKET_DAILY, Table
from orchestration.resources.places import PlacesResource

Result = dg.AssetCheckResult | dg.MaterializeResult[None]
EQUAL = "served_equals_lake"


def _served(table: Table, source: Datasource, upstream: Sequence[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    name = f"druid_{source.name}"
    equal = dg.AssetCheckSpec(
        EQUAL,
        asset=name,
        blocking=True,
        description="Rows, non-null values per column and sums equal the pinned Delta version, chunk by chunk.",
    )

    @dg.asset(
        name=name,
        group_name="serving",
        deps=upstream,
        output_required=False,
        check_specs=[equal],
        description=f"{table.path} at one Delta version, served by Druid.",
    )
    def serve(context: dg.AssetExecutionContext, places: PlacesResource) -> Iterator[Result]:
        settings = DruidSettings()
        if not settings.configured:
            context.log.info("skipped: no Druid is configured (REALESTATE_DRUID_URL)")
            yield dg.AssetCheckResult(passed=True, check_name=EQUAL, description="skipped: no Druid is configured")
            return
        lake = places.lake()
        version = lake.version(table)
        done = publish(settings, lake.root, source, version, context.log.info, run=context.run.run_id)
        yield dg.MaterializeResult(metadata=_told(done, version))
        yield dg.AssetCheckResult(
            passed=not done.differences,
            check_name=EQUAL,
            metadata={"differences": list(done.differences), "chunks": len(done.snapshot.chunks)},
        )

    return serve


def _told(done: Published, version: int) -> dict[str, Any]:
    return {
        "dagster/row_count": done.rows,
        "delta_version": version,
        "datasource": done.name,
        "chunks_ingested": list(done.replaced),
        "chunks_emptied": list(done.dropped),
    }


druid_listings = _served(LISTINGS, DATASOURCES["listings"], [listings])
druid_listing_changes = _served(LISTING_CHANGES, DATASOURCES["listing_changes"], [listing_changes])
druid_market_daily = _served(MARKET_DAILY, DATASOURCES["market_daily"], [market_daily])
