"""Puts `listings` back to an older version, and lets the derived tables follow.

One commit does it: the rows of that version, and with them the place of every scope at that time. So the feeds that
came later wait again, and the next materialization applies them as if they had just arrived. Derived tables are put
back to where they agree (`ingest.realign`).
"""

from dataclasses import dataclass

from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import DeltaError

from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.realign import CannotGoBackError, way_back
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, Table
from orchestration.resources.lake import Lake, done
from orchestration.resources.landing import FeedRef, Landing, app_of
from realestate_crawler.landing.opening import open_store

DERIVED = (LISTING_CHANGES, LISTING_HISTORY, FEEDS, MARKET_DAILY)


class RefusedError(RuntimeError):
    """It cannot be restored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What restoring would do.

    Attributes:
        version: of `listings`.
        newest: what `listings` is at now.
        reached: scope (as in transactions) → its last run at that version; 0 before its first.
        derived: each derived table with the version it goes back to.
        again: feeds that the next materialization applies again.
    """

    version: int
    newest: int
    reached: dict[str, int]
    derived: list[tuple[Table, int]]
    again: list[FeedRef]


def plan(lake: Lake, landing: Landing, version: int) -> Plan:
    """Finds out whether and how `listings` can be put back; changes nothing.

    Raises:
        RefusedError: when the version, a file of it, a derived table's way back or a later feed is missing.
    """
    if not lake.exists(LISTINGS):
        raise RefusedError(f"no listings in {lake.root}")
    now = DeltaTable(lake.uri(LISTINGS))
    if not 0 <= version < now.version():
        raise RefusedError(f"version {version}: listings is at {now.version()}; choose an older one")
    then = _whole(lake, LISTINGS, version)
    applied = lake.read(FEEDS)
    apps = {app_of(source, scope) for source, scope in applied.select("source", "scope").unique().iter_rows()}
    apps |= {feed.app for feed in landing.feeds()}
    reached = {app: max(done(then, app), 0) for app in sorted(apps)}
    commits = lake.commits(LISTINGS)
    derived: list[tuple[Table, int]] = []
    for table in DERIVED:
        if lake.exists(table):
            try:
                back = way_back(lake, table, commits, version)[0]
            except CannotGoBackError as error:
                raise RefusedError(str(error)) from error
            _whole(lake, table, back)
            derived.append((table, back))
    there = {(feed.app, feed.run_seq): feed for feed in landing.feeds()}
    undone = [
        (app_of(source, scope), seq)
        for source, scope, seq in applied.sort("listings_version").select("source", "scope", "run_seq").iter_rows()
        if seq > reached[app_of(source, scope)]
    ]
    lost = [f"{app} run {seq}" for app, seq in undone if (app, seq) not in there]
    if lost:
        raise RefusedError(f"applied later, but not in the landing zone any more: {', '.join(lost)}")
    return Plan(version, now.version(), reached, derived, [there[key] for key in undone])


def restore(lake: Lake, found: Plan) -> int:
    """Does what the plan says; the version that `listings` is at then.

    Raises:
        RefusedError: when somebody has written in between.
    """
    opened = DeltaTable(lake.uri(LISTINGS))
    if opened.version() != found.newest:
        raise RefusedError(f"listings went on to version {opened.version()} meanwhile; look again")
    places = [Transaction(app, seq) for app, seq in found.reached.items()]
    opened.restore(found.version, commit_properties=CommitProperties(app_transactions=places))
    follow(lake)
    return lake.version(LISTINGS)


def follow(lake: Lake) -> None:
    """Puts the derived tables back, and derives what one of them lacks of the version that was restored."""
    derive_changes(lake)
    derive_history(lake)
    derive_feeds(lake)
    refresh_market_daily(lake)


def _whole(lake: Lake, table: Table, version: int) -> DeltaTable:
    """The table at a version whose files are all there."""
    try:
        opened = DeltaTable(lake.uri(table), version=version)
    except (DeltaError, OSError) as error:
        raise RefusedError(f"{table.path}: version {version} cannot be read: {error}") from error
    there = set(open_store(lake.root).keys(f"{table.path}/"))
    prefix = f"{table.path}/"
    absent = [uri for uri in opened.file_uris() if prefix + uri.rpartition(prefix)[2] not in there]
    if absent:
        raise RefusedError(f"{table.path}: version {version} has lost {len(absent)} files (vacuum); choose a newer one")
    return opened
