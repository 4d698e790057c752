"""Is every table's log whole, does the table open, and does its schema fit the code's?"""

import io
import re
from dataclasses import dataclass
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from orchestration.logic.delta_log import LogVerdict, judge_log
from orchestration.logic.gate import SchemaRefusedError, additions
from orchestration.logic.sale_schemas import SALE_TABLES
from orchestration.logic.schemas import TABLES, Table
from orchestration.operations.checkup.finding import Finding, verdict
from orchestration.resources.lake import Lake
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore, StoreError

_COMMIT = re.compile(r"_delta_log/(\d{20})\.json")
_CHECKPOINT = re.compile(r"_delta_log/(\d{20})\.checkpoint\.parquet")


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table that there is.

    Attributes:
        files: its data files, as they lie in the store.
        readable: whether checks of its rows make sense.
    """

    table: Table
    log: LogVerdict
    files: frozenset[str]
    findings: list[Finding]
    readable: bool


def check_tables(lake: Lake, *, deep: bool) -> list[CheckedTable]:
    """Every table of the project that has been written; with `deep`, every row of it is read."""
    store = open_store(lake.root)
    found = []
    for table in (*TABLES, *SALE_TABLES):
        keys = {key.removeprefix(f"{table.path}/") for key in store.keys(f"{table.path}/")}
        if any(key.startswith("_delta_log/") for key in keys):
            found.append(_check(lake, store, table, keys, deep=deep))
    return found


def _check(lake: Lake, store: ObjectStore, table: Table, keys: set[str], *, deep: bool) -> CheckedTable:
    files = frozenset(key for key in keys if key.endswith(".parquet") and not key.startswith("_delta_log/"))
    problems: list[str] = []
    log = _log(store, table, keys, files, problems)
    problems += log.problems
    readable = not problems
    if log.foreign:
        problems.append(f"{log.foreign}: no feed explains its rows, and nothing is built on it")
    if problems:
        good = f"version {log.last_good}" if log.last_good >= 0 else "none"
        problems.append(f"the last good version is: {good}; `replay --into` rebuilds all tables from the feeds")
    try:
        opened = DeltaTable(lake.uri(table))
        rows = pl.scan_delta(opened)
        additions(table.path, rows.collect_schema(), table.columns)
        if deep:
            rows.select(pl.all().null_count()).collect(engine="streaming")
    except (DeltaError, OSError, SchemaRefusedError, pl.exceptions.PolarsError) as error:
        readable = False
        problems.append(f"cannot be used: {str(error).splitlines()[0]}")
    findings = verdict(table.path, problems, f"version {log.newest}: log whole, every file there, schema fits")
    return CheckedTable(table, log, files, findings, readable=readable)


def _log(store: ObjectStore, table: Table, keys: set[str], files: frozenset[str], problems: list[str]) -> LogVerdict:
    commits: dict[int, bytes] = {}
    for match in filter(None, map(_COMMIT.fullmatch, keys)):
        try:
            commits[int(match[1])] = store.get(f"{table.path}/{match.string}")
        except StoreError as error:
            problems.append(str(error))
    checkpoints = sorted(int(match[1]) for match in filter(None, map(_CHECKPOINT.fullmatch, keys)))
    start, base = -1, frozenset[str]()
    for version in checkpoints:
        name = f"_delta_log/{version:020d}.checkpoint.parquet"
        try:
            known = _files_of(store.get(f"{table.path}/{name}"))
        except (StoreError, OSError, pl.exceptions.PolarsError) as error:
            problems.append(f"{name} cannot be read: {str(error).splitlines()[0]}")
            continue
        if start < 0 and 0 not in commits:  # older commits have been cleaned away
            start, base = version, known
    return judge_log(commits, files, start, base)


def _files_of(checkpoint: bytes) -> frozenset[str]:
    found = pl.read_parquet(io.BytesIO(checkpoint), columns=["add"])["add"].struct.field("path")
    return frozenset(unquote(path) for path in found.drop_nulls())
