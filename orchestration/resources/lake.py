"""The lake: opens, reads and writes Delta tables on a folder or an S3-compatible store.

Credentials and endpoint come from the AWS_* environment. What belongs here: Delta. What does not: what rows mean.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from deltalake.exceptions import DeltaError

from orchestration.logic.delta_log import WRITER, UnfitCommitError, actions_of, commit_info, foreign, restored_to
from orchestration.logic.gate import additions
from orchestration.logic.lineage import Commit, outstanding
from orchestration.logic.schemas import Table
from orchestration.resources.delta import open_table, scan, usable
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError

logger = logging.getLogger(__name__)

# Key in a commit's metadata under which the feed that made it is told.
FEED = "realestate_feed"

_COMMIT = re.compile(r".*/_delta_log/(\d{20})\.json")


class ForeignCommitError(UnfitCommitError):
    """Another tool has written to a table: nothing is built on it."""


class EmptyCommitError(UnfitCommitError):
    """The newest commit of a table is an empty file, as a power cut leaves it; nothing was written on top of it."""


class Lake(dg.ConfigurableResource[Any]):
    """Tables below one root.

    Attributes:
        root: a folder or `s3://bucket/prefix`.
    """

    root: str

    def uri(self, table: Table) -> str:
        """Where a table lies: <lake>/<layer>/<table>.

        Raises:
            PlaceError: for a folder that delta-rs cannot use.
        """
        return usable(f"{self.root.rstrip('/')}/{table.path}")

    def exists(self, table: Table) -> bool:
        """Whether the table has been written before."""
        return DeltaTable.is_deltatable(self.uri(table))

    def open(self, table: Table) -> DeltaTable:
        """The table at its newest version; made, or given its new columns, where needed.

        Raises:
            SchemaRefusedError: when its columns have other types than the code's.
            EmptyCommitError: when its newest commit says nothing.
            ForeignCommitError: when its newest commit is another tool's and changed rows.
        """
        uri = self.uri(table)
        if not self.exists(table):
            self._make(table)
        opened = open_table(uri)
        self._refuse_newest_commit(table, opened)
        new = additions(table.path, pl.scan_delta(opened).collect_schema(), table.columns)
        if new:
            logger.warning("%s: new columns: %s", table.path, ", ".join(new))
            write_deltalake(
                opened, table.empty(), mode="append", schema_mode="merge", commit_properties=marked("columns")
            )
            opened = open_table(uri)
        return opened

    def _refuse_newest_commit(self, table: Table, opened: DeltaTable) -> None:
        """One without a byte reads as a version with rows missing; another tool's has rows that no feed explains."""
        version = opened.version()
        try:
            data = open_store(self.root).get(f"{table.path}/_delta_log/{version:020d}.json")
        except StoreError:
            return  # cleaned away; the checkpoint has it
        if not data.strip():
            raise EmptyCommitError(
                f"{table.path}: version {version}: its commit is empty (zero bytes): nothing was written; "
                "`doctor` names the last good version"
            )
        if by := foreign(actions_of(data)):
            raise ForeignCommitError(
                f"{table.path}: version {version}: not written by this project ({by}): nothing was written; "
                "`restore` goes back to the last good version, `replay` says what differs"
            )

    def _make(self, table: Table) -> None:
        uri = self.uri(table)
        if "://" not in uri:
            Path(uri).mkdir(parents=True, exist_ok=True)
        try:
            write_deltalake(uri, table.empty(), mode="ignore", partition_by=list(table.partition_by) or None)
        except DeltaError:  # another run made it at the same time
            if not self.exists(table):
                raise

    def scan(self, table: Table, version: int | None = None) -> pl.LazyFrame:
        """The rows of a table, at a version or the newest; no rows where there is no table yet."""
        if not self.exists(table):
            return table.empty().lazy()
        found = scan(self.uri(table), version)
        there = found.collect_schema()
        absent = [name for name in table.columns if name not in there]
        return found.with_columns(pl.lit(None, table.columns[name]).alias(name) for name in absent)

    def read(self, table: Table, version: int | None = None) -> pl.DataFrame:
        """All rows of a table."""
        return self.scan(table, version).collect()

    def version(self, table: Table) -> int:
        """Newest version; -1 where there is no table yet."""
        return DeltaTable(self.uri(table)).version() if self.exists(table) else -1

    def feeds_by_version(self, table: Table, after: int) -> list[tuple[int, dict[str, Any]]]:
        """The commits after a version that applied a feed, oldest first: (version, what the commit tells of it)."""
        if not self.exists(table):
            return []
        recent = self.commits(table, after)
        if any(c.restored_to is not None for c in recent):  # what was undone in between does not count
            every = self.commits(table)
            wanted = set(outstanding(every, every[-1].version, after))
            recent = [c for c in every if c.version in wanted]
        return [(c.version, c.feed) for c in recent if c.feed is not None]

    def commits(self, table: Table, after: int = -1) -> list[Commit]:
        """The commits after a version, oldest first, as far back as the log goes.

        Read from the log itself: `DeltaTable.history` numbers them wrongly when others commit meanwhile (1.6.6).

        Raises:
            DeltaError: for one that is damaged.
            StoreError: when the log cannot be read.
        """
        found = []
        for version, actions in self._log(table, after):
            try:
                found.append(_commit(version, actions))
            except ValueError as error:
                raise _damaged(table, version, error) from error
        return found

    def marks(self, table: Table, app: str) -> Iterator[tuple[int, int | None]]:
        """Each version, newest first, as far back as the log goes, with the transaction of an app that it carries.

        From the log: to open a table at each of its versions takes many times as many requests.

        Raises:
            DeltaError: for a commit that is damaged.
            StoreError: when the log cannot be read.
        """
        for version, actions in self._log(table, newest_first=True):
            told = [action["txn"]["version"] for action in actions if action.get("txn", {}).get("appId") == app]
            yield version, told[-1] if told else None

    def _log(
        self, table: Table, after: int = -1, *, newest_first: bool = False
    ) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The actions of each commit after a version."""
        store = open_store(self.root)
        named = (_COMMIT.fullmatch(key) for key in store.keys(f"{table.path}/_delta_log/"))
        for version in sorted((int(match[1]) for match in named if match), reverse=newest_first):
            if version <= after:
                continue
            data = store.get(f"{table.path}/_delta_log/{version:020d}.json")
            try:
                actions = actions_of(data)
            except ValueError as error:
                raise _damaged(table, version, error) from error
            yield version, actions


def marked(writer: str) -> CommitProperties:
    """Marks a commit that applies no feed as one of ours."""
    return CommitProperties(custom_metadata={WRITER: writer})


def _damaged(table: Table, version: int, error: ValueError) -> DeltaError:
    return DeltaError(f"{table.path}: version {version}: its commit is damaged: {error}")


def _commit(version: int, actions: list[dict[str, Any]]) -> Commit:
    told = commit_info(actions)
    feed = json.loads(told[FEED]) if FEED in told else None
    return Commit(version, feed, restored_to(actions))


def commit_properties(app: str, version: int, feed: Mapping[str, Any] | None = None) -> CommitProperties:
    """Marks a commit, so that it happens once: transaction (app, version), and the feed it applies."""
    metadata = {FEED: json.dumps(feed)} if feed is not None else None
    return CommitProperties(custom_metadata=metadata, app_transactions=[Transaction(app, version)])


def done(table: DeltaTable, app: str) -> int:
    """The last transaction of an app in a table; -1 where there is none."""
    found = table.transaction_version(app)
    return -1 if found is None else int(found)
