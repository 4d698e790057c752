"""Do the rows keep the invariants? Whole feeds (1), exactly once (2), removals with proof (3), one row a key (7)."""

import datetime

import polars as pl

from orchestration.logic.lineage import lineage
from orchestration.logic.proof import unproven
from orchestration.logic.sale_schemas import SALE_CHANGES, SALE_FEEDS, SALES
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from orchestration.operations.checkup.finding import Finding, Level, verdict
from orchestration.operations.upkeep import behind
from orchestration.resources.delta import open_table
from orchestration.resources.lake import Lake, done
from orchestration.resources.landing import FeedRef, Landing, app_of
from realestate_crawler.contracts.feed import ROOTS
from realestate_crawler.contracts.manifest import ItemKind
from realestate_crawler.vocabulary import Presence

KEY = ["source", "listing_key"]
RUN = ["source", "scope", "run_seq"]


def check_rows(lake: Lake, landing: Landing, now: datetime.datetime) -> list[Finding]:
    """All invariants that the rows of the tables can break; the tables must be readable."""
    feeds = lake.read(FEEDS)
    late = [table.path for table in behind(lake, (LISTING_CHANGES, LISTING_HISTORY, FEEDS))]
    if late:  # of a run that died or is at work; what the tables say of each other is looked at when they agree
        told = f"{', '.join(late)}: behind silver/listings; `materialize --no-crawl` catches up, then look again"
        across = [Finding(Level.NOTE, "derived tables", told)]
    else:
        across = [*_whole_feeds(lake, feeds, landing.feeds()), *_proof(lake, feeds), *_history(lake)]
    return [*across, *_exactly_once(lake, feeds), *_one_row_a_key(lake, now), *_sales(lake, landing)]


def _whole_feeds(lake: Lake, feeds: pl.DataFrame, there: list[FeedRef]) -> list[Finding]:
    known = {(ref.source, ref.scope, ref.run_seq) for ref in there}
    applied = set(feeds.select(RUN).iter_rows())
    gone = sorted(applied - known)
    problems = [f"applied, but not in the landing zone: {source}/{scope} run {seq}" for source, scope, seq in gone]
    opened = open_table(lake.uri(LISTINGS)) if lake.exists(LISTINGS) else None
    newest = feeds.group_by("source", "scope").agg(pl.col("run_seq").max())
    for source, scope, seq in newest.iter_rows():
        reached = done(opened, app_of(source, scope)) if opened else -1
        if reached != seq:
            problems.append(f"{source}/{scope}: listings has run {reached}, feeds has {seq}")
    return verdict("invariant 1, whole feeds", problems, f"{len(applied)} applied feeds, each in the landing zone")


def _exactly_once(lake: Lake, feeds: pl.DataFrame) -> list[Finding]:
    problems = [
        f"{'/'.join(map(str, row))}: more than one row in feeds"
        for row in feeds.select(RUN).filter(pl.struct(RUN).is_duplicated()).unique().iter_rows()
    ]
    commits = lake.commits(LISTINGS) if lake.exists(LISTINGS) else []
    feed_of = {c.version: c.feed for c in commits if c.feed is not None}
    last: dict[str, int] = {}
    for version in lineage(commits, commits[-1].version if commits else -1):
        feed = feed_of[version]
        app, seq = app_of(feed["source"], feed["scope"]), int(feed["run_seq"])
        if seq <= last.get(app, 0):
            problems.append(f"{app}: run {seq} was applied after run {last[app]} (version {version} of listings)")
        last[app] = seq
    event = [*KEY, "scope", "run_id", "change_type", "field_name"]
    doubled = lake.scan(LISTING_CHANGES).group_by(event).len().filter(pl.col("len") > 1).collect().height
    if doubled:
        problems.append(f"{doubled} events stand more than once in listing_changes")
    return verdict("invariant 2, exactly once", problems, "no feed and no event twice; runs in order")


def _proof(lake: Lake, feeds: pl.DataFrame) -> list[Finding]:
    losses = lake.scan(LISTING_CHANGES).filter(pl.col("change_type").is_in(["missing", "removed"])).collect()
    bad = unproven(losses, feeds)
    told = [
        f"{source}/{key}: {what} by run {run}, without proof"
        for source, key, what, run in bad.select(*KEY, "change_type", "run_id").head(5).iter_rows()
    ]
    if bad.height > len(told):
        told.append(f"and {bad.height - len(told)} more")
    return verdict(
        "invariant 3, removals with proof", told, f"{losses.height} times missing or removed, each by complete runs"
    )


def _one_row_a_key(lake: Lake, now: datetime.datetime) -> list[Finding]:
    removed = pl.col("presence") == Presence.REMOVED
    counts = (
        lake.scan(LISTINGS)
        .select(
            **{
                "rows share their key with another": pl.struct(KEY).is_duplicated().sum(),
                "rows have no key": pl.any_horizontal(pl.col(KEY).is_null()).sum(),
                "rows were first seen after they were last seen": (
                    pl.col("first_seen_at") > pl.col("last_seen_at")
                ).sum(),
                "rows were last seen in the future": (pl.col("last_seen_at") > now).sum(),
                "rows have a removal date that does not fit their presence": (
                    removed != pl.col("removed_at").is_not_null()
                ).sum(),
                "rows lie in the wrong partition": (pl.col("is_active") == removed).sum(),
            }
        )
        .collect()
        .row(0, named=True)
    )
    problems = [f"{count} {what}" for what, count in counts.items() if count]
    return verdict("invariant 7, one row a key", problems, "keys unique, times and presence agree")


def _sales(lake: Lake, landing: Landing) -> list[Finding]:
    """Sales, where there are any: applied files in the landing zone, one row a key, no event twice."""
    if not lake.exists(SALES):
        return []
    there = {(ref.source, ref.scope, ref.run_seq) for ref in landing.feeds(ROOTS[ItemKind.SALE])}
    applied = set(lake.read(SALE_FEEDS).select(RUN).iter_rows())
    gone = sorted(applied - there)
    problems = [f"applied, but not in the landing zone: {source}/{scope} run {seq}" for source, scope, seq in gone]
    event = [*KEY, "scope", "run_id", "change_type", "field_name"]
    counts = {
        "sales share their key with another": lake.scan(SALES).select(pl.struct(KEY).is_duplicated().sum()),
        "events stand more than once in sale_changes": lake.scan(SALE_CHANGES).select(
            pl.struct(event).is_duplicated().sum()
        ),
    }
    told = {what: int(frame.collect().item()) for what, frame in counts.items()}
    problems += [f"{count} {what}" for what, count in told.items() if count]
    return verdict("sales", problems, f"{len(applied)} files, each in the landing zone; keys and events unique")


def _history(lake: Lake) -> list[Finding]:
    current = lake.scan(LISTING_HISTORY).filter(pl.col("valid_to").is_null()).select(KEY).collect()
    active = lake.scan(LISTINGS).filter("is_active").select(KEY).collect()
    doubled = current.height - current.unique().height
    lacking = active.join(current, on=KEY, how="anti").height
    beyond = current.unique().join(active, on=KEY, how="anti").height
    told = {
        "listings have several current versions": doubled,
        "active listings have no current version": lacking,
        "listings have a current version and are not active": beyond,
    }
    return verdict("history", [f"{count} {what}" for what, count in told.items() if count], "fits listings")
