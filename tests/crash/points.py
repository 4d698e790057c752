"""Named crash points: each is a gap between two durable writes, so that no gap is hit by luck alone.

The project knows nothing of them: `armed` wraps its functions, in a process that is there to die.
"""

import functools
import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Matches = Callable[..., bool]


@dataclass(frozen=True)
class Point:
    """A moment in the work of a writer.

    Attributes:
        name: `step: what is done, what is not`.
        job: the work that comes by here.
        targets: `module:name` or `module:Class.name` of the function at whose call it lies.
        after: when the function has done its work, not before.
        matches: which calls; all of them by default.
        stores: where it can be: `local` folders, `s3`.
    """

    name: str
    job: str
    targets: tuple[str, ...]
    after: bool = True
    matches: Matches = lambda *_, **__: True
    stores: frozenset[str] = frozenset({"local", "s3"})


LOCAL, S3 = frozenset({"local"}), frozenset({"s3"})
STORES = ("realestate_crawler.landing.local:LocalStore", "realestate_crawler.landing.s3:S3Store")
IF_ABSENT = tuple(f"{store}.put_if_absent" for store in STORES)
PUT_FILE = tuple(f"{store}.put_file" for store in STORES)
REMOVE = tuple(f"{store}.remove" for store in STORES)
LINK = ("realestate_crawler.landing.local:os.link",)
COPY = ("realestate_crawler.landing.local:shutil.copyfile",)
RMTREE = ("shutil:rmtree",)
APPEND = ("orchestration.ingest.derive:_append",)
RESTORE = ("deltalake:DeltaTable.restore",)


def _key(word: str) -> Matches:
    return lambda _store, key, *_, **__: word in key


def _link_to(word: str) -> Matches:
    return lambda _source, target, *_, **__: word in str(target)


def _table(name: str) -> Matches:
    return lambda table, *_, **__: str(table.table_uri).rstrip("/").endswith(f"/{name}")


def _spool(folder: Any, *_: Any, **__: Any) -> bool:
    return "/spool-" in str(folder)


def _given(**wanted: Any) -> Matches:
    return lambda *_, **given: all(given.get(name) == value for name, value in wanted.items())


DELIVERY = [
    Point("claim: written beside its place", "crawl", LINK, after=False, matches=_link_to("/claims/"), stores=LOCAL),
    Point("claim: taken, no part yet", "crawl", IF_ABSENT, matches=_key("/claims/")),
    Point("part: copied beside its place", "crawl", COPY, stores=LOCAL),
    Point("part: there, local copy not removed", "crawl", PUT_FILE),
    Point("manifest: all parts there, no manifest", "crawl", IF_ABSENT, after=False, matches=_key("manifest.json")),
    Point("manifest: written beside its place", "crawl", LINK, after=False, matches=_link_to("manifest"), stores=LOCAL),
    Point("manifest: there, spool not removed", "crawl", IF_ABSENT, matches=_key("manifest.json")),
    Point("outage: sealed in the spool", "outage", ("tests.crash.jobs:late_delivery",), after=False),
    Point("outage: part delivered late", "outage", PUT_FILE, matches=_key("part-")),
    Point("outage: manifest delivered late, spool not removed", "outage", RMTREE, after=False, matches=_spool),
]
REFRESH = [
    Point("table: before it is made", "refresh", ("orchestration.resources.lake:Lake._make",), after=False),
    Point("table: made", "refresh", ("orchestration.resources.lake:Lake._make",)),
    Point("stage: rows written", "refresh", ("orchestration.resources.staging:write",)),
    Point("listings: before the commit", "refresh", ("orchestration.ingest.merge:_commit",), after=False),
    Point("listings: committed", "refresh", ("orchestration.ingest.merge:_commit",)),
    Point("stage: rows discarded", "refresh", ("orchestration.resources.staging:discard",)),
    Point("changes: committed", "refresh", APPEND, matches=_table("listing_changes")),
    Point("history: committed", "refresh", ("orchestration.ingest.derive:_merge_history",)),
    Point("feeds: committed", "refresh", APPEND, matches=_table("feeds")),
    Point("market: committed", "refresh", ("orchestration.assets.market:write_deltalake",)),
]
OPERATORS = [
    Point("report: before it is stored", "materialize", ("orchestration.assets.exploration:_store",), after=False),
    Point("report: stored", "materialize", ("orchestration.assets.exploration:_store",)),
    Point("acceptance: claimed, not recorded", "accept", IF_ABSENT, matches=_key("/claims/")),
    Point("acceptance: recorded", "accept", IF_ABSENT, matches=_key("manifest.json")),
    Point("restore: listings put back, nothing else", "restore", RESTORE, matches=_table("listings")),
    Point("restore: changes put back", "restore", RESTORE, matches=_table("listing_changes")),
    Point("restore: history put back", "restore", RESTORE, matches=_table("listing_history")),
    Point("restore: feeds put back", "restore", RESTORE, matches=_table("feeds")),
    Point("restore: market put back", "restore", RESTORE, matches=_table("market_daily")),
    Point("optimize: a table compacted", "optimize", ("deltalake:DeltaTable.update",)),
    Point("optimize: a table vacuumed", "optimize", ("deltalake:DeltaTable.vacuum",), matches=_given(dry_run=False)),
    Point("optimize: a checkpoint written", "optimize", ("deltalake:DeltaTable.create_checkpoint",)),
    Point("clean: one left-over removed", "clean", (*REMOVE, *RMTREE)),
]
# Between the data files of a commit and the commit itself there is none of our code: see `watching` and `striking`.
UNCOMMITTED = [
    Point(f"{step}: rows written, not committed", "refresh", (table,))
    for step, table in {
        "listings": "silver/listings",
        "changes": "silver/listing_changes",
        "history": "silver/listing_history",
        "feeds": "silver/feeds",
        "market": "gold/market_daily",
    }.items()
]
# The store has taken the commit, the writer never hears of it, tries again and dies.
UNANSWERED = [
    Point("listings: committed, the answer lost", "refresh", ("silver/listings",), stores=S3),
    Point("history: committed, the answer lost", "refresh", ("silver/listing_history",), stores=S3),
]
UNHOOKED = (*UNCOMMITTED, *UNANSWERED)
POINTS: tuple[Point, ...] = (*DELIVERY, *REFRESH, *UNCOMMITTED, *UNANSWERED, *OPERATORS)
NAMED: dict[str, Point] = {point.name: point for point in POINTS}
assert len(NAMED) == len(POINTS)


@contextmanager
def armed(point: Point, nth: int, strike: Callable[[], None]) -> Iterator[None]:
    """Calls `strike` when the point is reached for the n-th time."""
    reached = iter(range(1, nth + 1))

    def arrive() -> None:
        if next(reached, None) == nth:
            strike()

    with ExitStack() as undo:
        for target in point.targets:
            owner, name = _owner(target)
            real = getattr(owner, name)
            setattr(owner, name, _wrapped(real, point, arrive))
            undo.callback(setattr, owner, name, real)
        yield


def _wrapped(real: Callable[..., Any], point: Point, arrive: Callable[[], None]) -> Callable[..., Any]:
    @functools.wraps(real)
    def wrapper(*args: Any, **given: Any) -> Any:
        here = point.matches(*args, **given)
        if here and not point.after:
            arrive()
        done = real(*args, **given)
        if here and point.after:
            arrive()
        return done

    return wrapper


def _owner(target: str) -> tuple[Any, str]:
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    return owner, name


def folders(lake: Path, table: str) -> list[Path]:
    """Where a table's data files appear, so that they can be watched; made when they are not there yet."""
    found = [lake / table]
    if table.endswith("/listings"):
        found += [lake / table / f"source={s}/is_active={a}" for s in ("town", "coast") for a in ("true", "false")]
    if table.endswith("/listing_history"):
        found += [lake / table / f"is_current={c}" for c in ("true", "false")]
    for folder in found:
        folder.mkdir(parents=True, exist_ok=True)
    return found
