"""Catches the tables up that follow from `sales`: sale_changes, sale_feeds and sales_matches.

Each version of `sales` that applied a file is derived once; the transaction ("sales", version) says how far a table is.
"""

import datetime
import logging

import polars as pl
from deltalake import CommitProperties, Transaction, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.logic.events import change_events, changed_rows
from orchestration.logic.sale_schemas import SALE_CHANGES, SALE_FEEDS, SALES, SALES_MATCHES
from orchestration.logic.sales_matches import COUNTRY, normalised_postcode, sales_matches
from orchestration.logic.schemas import LISTINGS, Table
from orchestration.resources.lake import Lake, commit_properties, done
from realestate_crawler.sale import SaleChange

logger = logging.getLogger(__name__)

APP = "sales"
ATTEMPTS = 5


def derive_sale_changes(lake: Lake) -> int:
    """Appends what is missing in sale_changes; how many rows that was."""
    written = 0
    for version, feed in lake.feeds_by_version(SALES, _derived(lake, SALE_CHANGES)):
        rows = changed_rows(lake.scan(SALES, version), feed["source"], feed["scope"], feed["run_id"])
        events = change_events(rows).filter(pl.col("change_type") != SaleChange.NEW)
        written += events.height if _append_once(lake, SALE_CHANGES, events, version) else 0
    return written


def derive_sale_feeds(lake: Lake) -> int:
    """Appends a row for each applied file; how many there were."""
    written = 0
    for version, feed in lake.feeds_by_version(SALES, _derived(lake, SALE_FEEDS)):
        row = {name: feed.get(name) for name in SALE_FEEDS.columns}
        row |= {"observed_at": datetime.datetime.fromisoformat(feed["observed_at"]), "sales_version": version}
        written += _append_once(lake, SALE_FEEDS, pl.DataFrame([row], schema=SALE_FEEDS.columns), version)
    return written


def refresh_matches(lake: Lake) -> bool:
    """Matches listings and sales anew when either has changed; whether it did."""
    versions = {"listings": lake.version(LISTINGS), APP: lake.version(SALES)}
    table = lake.open(SALES_MATCHES)
    if all(done(table, app) == version for app, version in versions.items()):
        return False
    listings = lake.read(LISTINGS, versions["listings"])
    codes = listings.filter(pl.col("country") == COUNTRY)["postal_code"].unique().to_frame()
    wanted = codes.select(code=normalised_postcode("postal_code"))["code"].drop_nulls().to_list()
    # The register is much larger than any market.
    near = lake.scan(SALES, versions[APP]).filter(normalised_postcode("postal_code").is_in(wanted)).collect()
    found = sales_matches(listings, near)
    write_deltalake(
        table,
        found,
        mode="overwrite",
        commit_properties=CommitProperties(
            app_transactions=[Transaction(app, version) for app, version in versions.items()]
        ),
    )
    return True


def _derived(lake: Lake, table: Table) -> int:
    return done(lake.open(table), APP)


def _append_once(lake: Lake, table: Table, rows: pl.DataFrame, version: int) -> bool:
    """Appends what follows from a version, unless another run has done so; says whether this one did."""
    for attempt in range(1, ATTEMPTS + 1):
        opened = lake.open(table)
        if done(opened, APP) >= version:
            return False
        try:
            write_deltalake(opened, rows, mode="append", commit_properties=commit_properties(APP, version))
        except CommitFailedError as error:
            logger.warning("%s, version %d of sales: attempt %d: %s", table.path, version, attempt, error)
            continue
        return True
    raise RuntimeError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")
