"""Keeps tables small and quick: compact, drop files that no recent version needs, write a checkpoint."""

from dataclasses import dataclass

from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError

from orchestration.logic.lineage import outstanding
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY, TABLES, Table
from orchestration.resources.lake import Lake, done

LEAST_HOURS = 168
DERIVED = (LISTING_CHANGES, LISTING_HISTORY, FEEDS, MARKET_DAILY)


ATTEMPTS = 5


class OthersWriteError(RuntimeError):
    """Other writers were faster each time."""


class BehindError(RuntimeError):
    """A derived table still needs old versions of `listings`."""


@dataclass(frozen=True, slots=True)
class Size:
    """Files and bytes that the newest version of a table has."""

    version: int
    files: int
    bytes: int


def refuse_if_behind(lake: Lake) -> None:
    """Old versions of `listings` may only go when everything has been derived from them.

    Raises:
        BehindError: naming the table that is behind.
    """
    if not lake.exists(LISTINGS):
        return
    commits = lake.commits(LISTINGS)
    for table in DERIVED:
        reached = done(DeltaTable(lake.uri(table)), "listings") if lake.exists(table) else -1
        if outstanding(commits, commits[-1].version, reached):
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
        OthersWriteError: when other runs write to the table all the time; nothing is lost.
    """
    if hours < LEAST_HOURS:
        raise ValueError(f"retention of {hours} h: at least {LEAST_HOURS} h are kept")
    for _ in range(ATTEMPTS):
        try:
            DeltaTable(lake.uri(table)).optimize.compact()
        except CommitFailedError:  # another run has changed the files meanwhile
            continue
        break
    else:
        raise OthersWriteError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")
    gone = DeltaTable(lake.uri(table)).vacuum(hours, dry_run=False)
    DeltaTable(lake.uri(table)).create_checkpoint()
    return len(gone)
