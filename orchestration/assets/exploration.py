"""data_exploration: the report, one HTML file that opens offline."""

import datetime
import tempfile
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from orchestration.assets.market import market_daily
from orchestration.assets.tables import feeds, listing_changes, listing_history, listings
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY
from orchestration.resources.lake import Lake
from orchestration.resources.places import PlacesResource
from realestate_crawler.landing.opening import open_store

REPORT = "data_exploration.html"


@dg.asset(
    group_name="gold",
    deps=[market_daily, listings, listing_changes, listing_history, feeds],
    description="What the market looks like and what the run did: one self-contained HTML file.",
)
def data_exploration(context: dg.AssetExecutionContext, places: PlacesResource) -> dg.MaterializeResult[None]:
    """Writes the report."""
    place, size, versions = make_report(places.lake(), places.get().report_root)
    context.log.info(f"report: {place}")
    return dg.MaterializeResult(
        metadata={"path": dg.MetadataValue.path(place), "bytes": size, "lake_versions": versions}
    )


def make_report(lake: Lake, root: str) -> tuple[str, int, dict[str, int]]:
    """Reads pinned versions of all tables and writes the report: where it is, its bytes, the versions."""
    # Altair and Vega take seconds to import; no other step needs them.
    from orchestration.report import ReportData, build_report, write_report  # noqa: PLC0415

    tables = (LISTINGS, LISTING_HISTORY, LISTING_CHANGES, MARKET_DAILY, FEEDS)
    versions = {table.path: lake.version(table) for table in tables}
    frames = {table.name: lake.read(table, versions[table.path]) for table in tables}
    html = build_report(
        ReportData(
            title="The property market",
            generated_at=datetime.datetime.now(datetime.UTC),
            lake_versions=versions,
            listings=frames["listings"],
            history=frames["listing_history"],
            changes=frames["listing_changes"],
            market_daily=frames["market_daily"],
            feeds=frames["feeds"],
        )
    )
    return _store(root, html, write_report), len(html.encode()), versions


def _store(root: str, html: str, write: Callable[[Path, str], None]) -> str:
    """Puts the report into a folder or a store, all of it or nothing; where it is."""
    if not root.startswith("s3://"):
        path = (Path(root) / REPORT).absolute()
        write(path, html)
        return str(path)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / REPORT
        write(path, html)
        open_store(root).put_file(REPORT, path)
    return f"{root.rstrip('/')}/{REPORT}"
