"""The tables: rows go or lose people in one commit each, then every older version goes, and what the log says of them.

What belongs here: Delta. What does not: which rows (`rows`), counts (`recount`).
"""

import re
from collections.abc import Iterable

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import CommitFailedError

from orchestration.logic.sale_schemas import SALE_TABLES
from orchestration.logic.schemas import TABLES, Table
from orchestration.operations.erasing.cut import Cut
from orchestration.operations.erasing.rows import about, naming, redacted
from orchestration.operations.upkeep import OvertakenError
from orchestration.resources.lake import Lake, marked
from realestate_crawler.landing.opening import open_store

EVERY_TABLE: tuple[Table, ...] = (*TABLES, *SALE_TABLES)
ATTEMPTS = 5
_ENTRY = re.compile(r"_delta_log/(\d{20})\.(?:json|checkpoint\.parquet|checkpoint\..*)")


def erase_rows(lake: Lake, table: Table, cut: Cut) -> int:
    """Takes it out of the newest version of a table; how many rows that changed.

    Raises:
        OvertakenError: when other runs write to the table all the time.
    """
    for _ in range(ATTEMPTS):
        opened = lake.open(table)
        rows = lake.scan(table, opened.version())
        hit = about(list(table.columns), None, cut) | naming(rows, cut)
        found = rows.filter(hit).collect()
        if found.is_empty():
            return 0
        try:
            _replace(opened, table, rows, found, cut)
        except CommitFailedError:
            continue
        return found.height
    raise OvertakenError(f"{table.path}: {ATTEMPTS} attempts met other writers; run again when they are done")


def _replace(opened: DeltaTable, table: Table, rows: pl.LazyFrame, found: pl.DataFrame, cut: Cut) -> None:
    """In one commit: all rows of the listings that are concerned, no others; of tables without listings all rows."""
    if "listing_key" not in table.columns:
        every = redacted(rows.select(*table.columns).collect(), cut)
        write_deltalake(opened, every, mode="overwrite", commit_properties=marked("erase"))
        return
    concerned = found.select("source", "listing_key").unique().sort("source", "listing_key")
    keys = ["source", "listing_key"]
    every = rows.select(*table.columns).join(concerned.lazy(), on=keys, how="semi").collect()
    left = redacted(every.filter(~about(every.columns, None, cut)), cut)
    only = _condition(concerned.rows())
    write_deltalake(opened, left, mode="overwrite", predicate=only, commit_properties=marked("erase"))


def _condition(listings: Iterable[tuple[str, str]]) -> str:
    keys: dict[str, list[str]] = {}
    for source, key in listings:
        keys.setdefault(source, []).append(_quoted(key))
    return " OR ".join(
        f"(source = {_quoted(source)} AND listing_key IN ({', '.join(some)}))" for source, some in keys.items()
    )


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def forget_versions(lake: Lake, table: Table) -> int:
    """Leaves the newest version only: no file and no entry of the log that is older; how many objects went.

    A reader that is under way may lose its files; who writes must not be at work.
    """
    # The last commit tells which rows were asked for: one that tells nothing comes after it.
    write_deltalake(lake.open(table), table.empty(), mode="append", commit_properties=marked("erase"))
    gone = DeltaTable(lake.uri(table)).vacuum(0, dry_run=False, enforce_retention_duration=False, full=True)
    opened = DeltaTable(lake.uri(table))
    opened.create_checkpoint()
    store = open_store(lake.root)
    entries = (key.removeprefix(f"{table.path}/") for key in store.keys(f"{table.path}/_delta_log/"))
    old = [name for name in entries if (found := _ENTRY.fullmatch(name)) and int(found[1]) < opened.version()]
    for name in old:
        store.remove(f"{table.path}/{name}")
    return len(gone) + len(old)
