"""After `listings` was put back to an older version, a derived table goes back too: to where both still agree.

The restored version of `listings` says what it goes back to, so each derived table finds its own way, whenever it is
next caught up; a run that dies in between loses nothing.
"""

import logging

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from orchestration.logic.lineage import Commit, continues
from orchestration.logic.schemas import LISTINGS, Table
from orchestration.resources.lake import Lake, commit_properties, done

logger = logging.getLogger(__name__)

APP = "listings"
ATTEMPTS = 5


class CannotGoBackError(RuntimeError):
    """No version of a derived table is left that the restored listings continue."""


def realign(lake: Lake, table: Table) -> int | None:
    """Puts a derived table back where `listings` was put back behind it; the version, None when nothing was to do.

    Raises:
        CannotGoBackError: when no such version can be read any more.
        RuntimeError: when other writers are at work on the table.
    """
    if not lake.exists(LISTINGS) or not lake.exists(table):
        return None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _realign_once(lake, table)
        except DeltaError as error:  # another run has put it back meanwhile, or is writing
            logger.warning("%s: attempt %d: %s", table.path, attempt, error)
    raise RuntimeError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")


def in_line(lake: Lake, *versions: int) -> bool:
    """Whether what was derived up to each of these versions is a beginning of what `listings` stands for now."""
    if not lake.exists(LISTINGS) or all(c.restored_to is None for c in lake.commits(LISTINGS, min(versions))):
        return True
    commits = lake.commits(LISTINGS)
    return all(continues(commits, commits[-1].version, version) for version in versions)


def _realign_once(lake: Lake, table: Table) -> int | None:
    opened = DeltaTable(lake.uri(table))
    if in_line(lake, done(opened, APP)):
        return None
    commits = lake.commits(LISTINGS)
    version, then = way_back(lake, table, commits, commits[-1].version)
    opened.restore(version, commit_properties=commit_properties(APP, then))
    return version


def way_back(lake: Lake, table: Table, commits: list[Commit], at: int) -> tuple[int, int]:
    """The newest version of a derived table that a version of `listings` continues, and how far it was derived.

    Raises:
        CannotGoBackError: when there is none whose files are all there.
    """
    newest: int | None = None  # of those whose mark is the one that stands below them
    version = -1
    for version, mark in lake.marks(table, APP):
        newest = version if newest is None else newest
        then = -1 if version == 0 and mark is None else mark
        if then is not None:
            if continues(commits, at, then):
                return newest, then
            newest = None
    if newest is not None:  # the log was cleaned behind it; what it says of older ones is in a checkpoint
        try:
            then = done(DeltaTable(lake.uri(table), version=newest), APP)
        except Exception as error:
            raise CannotGoBackError(f"{table.path}: version {newest} cannot be read: {error}") from error
        if continues(commits, at, then):
            return newest, then
    left = "is left" if version <= 0 else f"before {version} is left in the log"
    raise CannotGoBackError(f"{table.path}: no version {left} that version {at} of listings continues")
