"""staged_changes: the CDC diff of every scope with waiting feeds, in parallel, gathered into one staging set."""

from collections.abc import Iterator
from itertools import groupby

import dagster as dg

from orchestration.ingest.stage import StagedScope, stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.resources.crawler import CrawlResult
from orchestration.resources.lake import done
from orchestration.resources.landing import FeedRef
from orchestration.resources.places import PlacesResource

# So many reasons why a feed is not complete are told.
NAMED = 3


@dg.op(out=dg.DynamicOut(list[FeedRef]))
def each_scope_with_feeds(
    context: dg.OpExecutionContext, crawled_feeds: list[CrawlResult], places: PlacesResource
) -> Iterator[dg.DynamicOutput[list[FeedRef]]]:
    """One output a scope that has feeds nobody has applied yet, whoever wrote them."""
    landing = places.landing()
    listings = places.lake().open(LISTINGS)
    found = landing.feeds()
    waiting = landing.waiting({feed.app: done(listings, feed.app) for feed in found})
    context.log.info(f"{len(waiting)} feeds wait")
    for number, ((source, scope), feeds) in enumerate(groupby(waiting, key=lambda feed: (feed.source, feed.scope))):
        name = "".join(letter if letter.isalnum() else "_" for letter in f"{source}_{scope}")
        yield dg.DynamicOutput(list(feeds), mapping_key=f"{name}_{number}")


@dg.op
def diff_scope(context: dg.OpExecutionContext, feeds: list[FeedRef], places: PlacesResource) -> StagedScope:
    """Diffs the waiting feeds of one scope with the listings, in the order of their runs."""
    staged = stage_waiting(places.lake(), places.landing(), feeds[0].source, feeds[0].scope, Guard())
    if staged.damaged:
        context.log.error(f"scope {staged.scope} waits: {staged.damaged}")
    for feed in staged.feeds:
        c = feed.counts
        context.log.info(
            f"{staged.scope} #{feed.ref.run_seq}: {c.observed} seen: {c.new} new, {c.changed} changed, "
            f"{c.unchanged} unchanged, {c.relisted} relisted; {c.missing} missing, {c.removed} removed, "
            f"{c.all_held} held"
        )
        if feed.incomplete:
            why = "; ".join(feed.incomplete[:NAMED])
            context.log.warning(f"{staged.scope} #{feed.ref.run_seq}: not complete, so nothing is missing: {why}")
        for told in feed.holds:
            context.log.warning(f"{staged.scope}: held: {told}")
        for told in feed.flags:
            context.log.warning(f"{staged.scope}: looks like no market: {told}")
        if feed.new_columns:
            context.log.info(f"{staged.scope}: new source columns: {', '.join(feed.new_columns)}")
        if feed.gone_columns:
            context.log.info(f"{staged.scope}: source columns gone: {', '.join(feed.gone_columns)}")
    return staged


@dg.op
def gather_staging(scopes: list[StagedScope]) -> dg.Output[list[StagedScope]]:
    """The staging set of the run."""
    feeds = [feed for scope in scopes for feed in scope.feeds]
    return dg.Output(
        scopes,
        metadata={
            "dagster/row_count": sum(f.counts.observed for f in feeds),
            "scopes": len(scopes),
            "feeds": len(feeds),
            "damaged": [scope.damaged for scope in scopes if scope.damaged],
            "reconciled": all(feed.counts.reconciles() for feed in feeds),
        },
    )


@dg.graph_asset(
    group_name="changes", description="What the waiting feeds change: the CDC diff of each scope, gathered."
)
def staged_changes(crawled_feeds: list[CrawlResult]) -> list[StagedScope]:
    """Fans the waiting feeds out by scope and gathers their diffs."""
    gathered: list[StagedScope] = gather_staging(each_scope_with_feeds(crawled_feeds).map(diff_scope).collect())
    return gathered
