"""Keeps tables small and quick: compact, drop files that no recent version needs, write a checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable, WriterProperties
from deltalake.exceptions import CommitFailedError

from orchestration.logic.lineage import continues, outstanding
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, TABLES, Table
from orchestration.resources.lake import Lake, done, marked

LEAST_HOURS = 168
ATTEMPTS = 5
LARGE_FILE = 100 * 1024 * 1024
DERIVED = (LISTING_CHANGES, LISTING_HISTORY, FEEDS, MARKET_DAILY)

_SMALL = WriterProperties(compression="ZSTD", compression_level=4)


class BehindError(RuntimeError):
    """A derived table still needs old versions of `listings`."""


class OvertakenError(RuntimeError):
    """Other writers changed the table again and again; nothing was lost."""


@dataclass(frozen=True, slots=True)
class Size:
    """Files and bytes that the newest version of a table has."""

    version: int
    files: int
    bytes: int


def behind(lake: Lake, tables: Sequence[Table] = DERIVED) -> list[Table]:
    """Those of the derived tables that do not yet say what `listings` says: a run died, or another is at work."""
    if not lake.exists(LISTINGS):
        return []
    commits = lake.commits(LISTINGS)
    head = commits[-1].version
    reached = {
        table.name: done(DeltaTable(lake.uri(table)), "listings") if lake.exists(table) else -1 for table in tables
    }
    return [
        table
        for table in tables
        if outstanding(commits, head, reached[table.name]) or not continues(commits, head, reached[table.name])
    ]


def refuse_if_behind(lake: Lake) -> None:
    """Old versions of `listings` may only go when everything has been derived from them.

    Raises:
        BehindError: naming the table that is behind.
    """
    for table in behind(lake):
        raise BehindError(f"{table.path} is behind silver/listings: `materialize --no-crawl` first")


def existing(lake: Lake) -> list[Table]:
    """The tables that have been written."""
    return [table for table in TABLES if lake.exists(table)]


def size(lake: Lake, table: Table) -> Size:
    """How large a table is now."""
    opened = DeltaTable(lake.uri(table))
    actions = opened.get_add_actions(flatten=True)
    sizes = actions.column("size_bytes").to_pylist()
    return Size(opened.version(), len(sizes), sum(sizes))


def disposable(lake: Lake, table: Table, hours: int) -> list[str]:
    """Files that no version younger than so many hours needs."""
    return DeltaTable(lake.uri(table)).vacuum(hours, dry_run=True)


def optimize(lake: Lake, table: Table, hours: int) -> int:
    """Compacts, vacuums, writes a checkpoint; how many files went.

    Raises:
        ValueError: for a retention below LEAST_HOURS, under which a reader could lose its files.
        OvertakenError: when other writers are at work on the table.
    """
    if hours < LEAST_HOURS:
        raise ValueError(f"retention of {hours} h: at least {LEAST_HOURS} h are kept")
    for _ in range(ATTEMPTS):
        try:
            _compact(lake, table)
            break
        except CommitFailedError:  # somebody changed what it was about to rewrite
            continue
    else:
        raise OvertakenError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")
    gone = DeltaTable(lake.uri(table)).vacuum(hours, dry_run=False)
    DeltaTable(lake.uri(table)).create_checkpoint()
    return len(gone)


def _compact(lake: Lake, table: Table) -> None:
    """Rewrites each partition that has several small files, by an update that changes no value.

    Of two `optimize.compact()` at the same time delta-rs lets both through, and every row is there twice (1.6.6);
    an update is checked against whatever else was committed.
    """
    for partition in _crowded(lake, table):
        same = next(name for name in table.columns if name not in table.partition_by)
        DeltaTable(lake.uri(table)).update(
            {same: same}, predicate=partition or None, writer_properties=_SMALL, commit_properties=marked("optimize")
        )


def _crowded(lake: Lake, table: Table) -> list[str]:
    """The partitions with several small files, as predicates; the whole table is the empty one."""
    actions = pl.DataFrame(DeltaTable(lake.uri(table)).get_add_actions(flatten=True))
    small = actions.filter(pl.col("size_bytes") < LARGE_FILE)
    keys = [f"partition.{name}" for name in table.partition_by]
    if not keys:
        return [""] if small.height > 1 else []
    crowded = small.group_by(keys).len().filter(pl.col("len") > 1).select(keys).sort(keys)
    return [
        " AND ".join(_equals(name, value) for name, value in zip(table.partition_by, row, strict=True))
        for row in crowded.iter_rows()
    ]


def _equals(name: str, value: object) -> str:
    return f"{name} = {str(value).lower()}" if isinstance(value, bool) else f"{name} = '{value}'"
