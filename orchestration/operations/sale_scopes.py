"""How each scope of sales stands, in the columns of `scopes`. Reads only."""

import datetime
from typing import Any

import polars as pl

from orchestration.ingest.sales import waiting_sales
from orchestration.logic.sale_schemas import SALE_FEEDS, SALE_SCHEMA, SALES
from orchestration.operations.scopes import SCHEMA, SCOPE
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.manifest import ItemKind


def sale_scope_status(lake: Lake, landing: Landing, now: datetime.datetime) -> pl.DataFrame:
    """One row a scope that has a file of sales anywhere; columns as `scope_status` gives them.

    `present` are registered sales that the scope's latest full file lists; `held` are deletions by absence that the
    latest applied file holds, unless a person has let them pass.
    """
    columns = (*SCOPE, "run_seq", "run_id", "observed_at", "complete", "quarantined", "held", "accepts_run")
    applied = lake.read(SALE_FEEDS).select(columns)
    waiting = [_told(landing, feed) for feed in waiting_sales(lake, landing)]
    found = pl.DataFrame(waiting, schema={**applied.schema, "damaged": pl.String()})
    every = pl.concat([applied, found.drop("damaged")]).sort("run_seq")
    if every.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    file = pl.col("accepts_run").is_null()
    told = every.group_by(SCOPE).agg(
        last_run=pl.col("run_id").filter(file).last(),
        last_run_at=pl.col("observed_at").filter(file).last(),
        last_run_complete=pl.col("complete").filter(file).last(),
        last_complete_run=pl.col("run_id").filter(pl.col("complete")).last(),
        last_complete_at=pl.col("observed_at").filter(pl.col("complete")).last(),
        held=pl.col("held").drop_nulls().last(),
        quarantined=pl.col("quarantined").filter(file).drop_nulls().last(),
    )
    waits = (
        found.sort("run_seq")
        .group_by(SCOPE, maintain_order=True)
        .agg(waiting=pl.len().cast(pl.Int64), damaged=pl.col("damaged").drop_nulls().first())
    )
    return (
        told.join(_registered(lake), on=SCOPE, how="left")
        .join(waits, on=SCOPE, how="left")
        .with_columns(
            item=pl.lit(ItemKind.SALE.value),
            age_hours=((pl.lit(now) - pl.col("last_complete_at")).dt.total_minutes() / 60).round(1),
            missing=pl.lit(0),
            held_changes=pl.lit(0),
            held_keys=pl.lit(0),
        )
        .with_columns(pl.col("present", "held", "waiting", "quarantined").fill_null(0))
        .select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())
        .sort(SCOPE)
    )


def _told(landing: Landing, feed: FeedRef) -> dict[str, Any]:
    """What the manifest of a waiting file says; its parts are verified."""
    told = {"source": feed.source, "scope": feed.scope, "run_seq": feed.run_seq, "run_id": feed.run_id}
    try:
        manifest = landing.manifest(feed)
        flaws = landing.records(feed, manifest, SALE_SCHEMA).flaws
    except DamagedFeedError as error:
        return {**told, "damaged": str(error)}
    complete = manifest.complete and not flaws.bad
    more = {"observed_at": manifest.observed_at, "complete": complete, "quarantined": manifest.quarantined}
    accepts_run = manifest.accepts.run_id if manifest.accepts else None
    return {**told, **more, "accepts_run": accepts_run, "damaged": None}


def _registered(lake: Lake) -> pl.DataFrame:
    """Registered sales by the scopes whose latest full file lists them."""
    listed = lake.scan(SALES).filter(pl.col("deleted_at").is_null()).select("source", "full_in").collect()
    return (
        listed.select("source", scope="full_in")
        .explode("scope")
        .drop_nulls()
        .group_by(SCOPE)
        .agg(present=pl.len().cast(pl.Int64))
    )
