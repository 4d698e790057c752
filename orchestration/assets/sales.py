"""sales and what follows from it: sale_changes, sale_feeds, sales_matches. Without a file of sales, they do nothing."""

from dataclasses import asdict

import dagster as dg

from orchestration.assets.crawls import crawled_feeds
from orchestration.assets.tables import listings, table_metadata
from orchestration.ingest.derive_sales import derive_sale_changes, derive_sale_feeds, refresh_matches
from orchestration.ingest.sales import apply_sales
from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import SALE_CHANGES, SALE_FEEDS, SALES, SALES_MATCHES
from orchestration.logic.schemas import LISTINGS
from orchestration.resources.places import PlacesResource

WHOLE, RECONCILE, HELD = "sale_feeds_whole", "sales_reconcile", "no_deletion_held"


@dg.asset(
    group_name="silver",
    deps=[crawled_feeds],
    description=f"{SALES.grain}. Every waiting file is merged exactly once.",
    check_specs=[
        dg.AssetCheckSpec(WHOLE, asset="sales", description="No file of sales is damaged."),
        dg.AssetCheckSpec(RECONCILE, asset="sales", description="Every record of the files is accounted for."),
        dg.AssetCheckSpec(HELD, asset="sales", description="No deletion by absence waits for a person."),
    ],
)
def sales(  # Dagster knows the bare class only where an asset has checks of its own
    context: dg.AssetExecutionContext, places: PlacesResource
) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Merges the waiting files."""
    lake = places.lake()
    applied = apply_sales(lake, places.landing(), Guard())
    for name, counts in applied.counts.items():
        told = ", ".join(f"{value} {what}" for what, value in asdict(counts).items() if value)
        context.log.info(f"sales: {name}: {told or 'no record'}")
    for damaged in applied.damaged.values():
        context.log.error(f"sales: {damaged}")
    held = {name: counts.held for name, counts in applied.counts.items() if counts.held}
    checks = [
        dg.AssetCheckResult(check_name=WHOLE, passed=not applied.damaged, metadata=applied.damaged),
        dg.AssetCheckResult(
            check_name=RECONCILE, passed=all(counts.reconciles() for counts in applied.counts.values())
        ),
        dg.AssetCheckResult(check_name=HELD, passed=not held, severity=dg.AssetCheckSeverity.WARN, metadata=held),
    ]
    return dg.MaterializeResult(
        metadata={**table_metadata(lake, SALES), "files_applied": len(applied.counts)}, check_results=checks
    )


@dg.asset(group_name="silver", deps=[sales], description=SALE_CHANGES.grain)
def sale_changes(places: PlacesResource) -> dg.MaterializeResult[None]:
    """Appends what each new version of sales changed."""
    lake = places.lake()
    written = derive_sale_changes(lake) if lake.exists(SALES) else 0
    return dg.MaterializeResult(metadata={**table_metadata(lake, SALE_CHANGES), "rows_written": written})


@dg.asset(group_name="silver", deps=[sales], description=SALE_FEEDS.grain)
def sale_feeds(places: PlacesResource) -> dg.MaterializeResult[None]:
    """Appends a row for each file that was applied."""
    lake = places.lake()
    written = derive_sale_feeds(lake) if lake.exists(SALES) else 0
    return dg.MaterializeResult(metadata={**table_metadata(lake, SALE_FEEDS), "rows_written": written})


@dg.asset(group_name="gold", deps=[sales, listings], description=SALES_MATCHES.grain)
def sales_matches(context: dg.AssetExecutionContext, places: PlacesResource) -> dg.MaterializeResult[None]:
    """Matches anew when listings or sales have changed."""
    lake = places.lake()
    if lake.exists(SALES) and lake.exists(LISTINGS) and refresh_matches(lake):
        context.log.info(f"sales_matches: {lake.read(SALES_MATCHES).height} pairs of a listing and a sale")
    return dg.MaterializeResult(metadata=table_metadata(lake, SALES_MATCHES))


SALE_ASSETS = [sales, sale_changes, sale_feeds, sales_matches]
