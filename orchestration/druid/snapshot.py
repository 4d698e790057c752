"""A pinned Delta version of a table as Parquet files, one or more per time chunk, for Druid to read.

A file is named after its content, and each of its rows carries that name (`snapshot_digest`). So a chunk that did not
change keeps its file, and Druid itself can be asked which content it serves.

<lake>/serving/<datasource>/chunk=<first day>/<digest>-<n>.parquet
"""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.druid.columns import DIGEST, Column, UnservableError, columns, to_served
from orchestration.druid.datasources import Datasource
from orchestration.druid.intervals import Chunk
from orchestration.druid.reconcile import Totals, totals_of
from orchestration.resources.delta import scan
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore

ROWS_PER_FILE = 500_000
# Part of every digest: a new number makes every chunk be ingested anew.
FORMAT = "1"


@dataclass(frozen=True)
class SnapshotChunk:
    """One chunk: what its content is called, what it adds up to, and where it lies below the lake."""

    digest: str
    totals: Totals
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Snapshot:
    """One version of a table, ready to be ingested."""

    datasource: Datasource
    version: int
    columns: tuple[Column, ...]
    chunks: dict[Chunk, SnapshotChunk]

    @property
    def digests(self) -> dict[Chunk, str]:
        """Chunk → the name of its content."""
        return {chunk: content.digest for chunk, content in self.chunks.items()}


def take_snapshot(lake: str, datasource: Datasource, version: int, *, rows_per_file: int = ROWS_PER_FILE) -> Snapshot:
    """Writes what is not there yet of a version.

    Args:
        lake: a folder or `s3://bucket/prefix`.
        datasource: which table, and how it is cut.
        version: of the Delta table.
        rows_per_file: at most.

    Raises:
        UnservableError: for a column whose type does not arrive, or rows without a time.
        StoreError: when a file cannot be stored.
    """
    rows = scan(f"{lake.rstrip('/')}/{datasource.table}", version)
    schema = pl.Schema({n: t for n, t in rows.collect_schema().items() if n not in datasource.left_out})
    if datasource.time_column not in schema or not schema[datasource.time_column].is_temporal():
        raise UnservableError(f"{datasource.table}: no column {datasource.time_column} of times or dates")
    store, prefix = open_store(lake), serving_prefix(datasource)
    stored = set(store.keys(prefix))
    chunks: dict[Chunk, SnapshotChunk] = {}
    for chunk, frame in _chunks(rows.select(schema.names()), datasource):
        served = to_served(frame)
        digest = _digest(served)
        keys = []
        for number, part in enumerate(served.iter_slices(rows_per_file), start=1):
            keys.append(f"{prefix}chunk={chunk}/{digest}-{number}.parquet")
            if keys[-1] not in stored:
                _put(store, keys[-1], part.with_columns(pl.lit(digest).alias(DIGEST)))
        chunks[chunk] = SnapshotChunk(digest, totals_of(frame), tuple(keys))
    return Snapshot(datasource, version, tuple(columns(schema)), chunks)


def remove_superseded(lake: str, snapshot: Snapshot) -> int:
    """Removes the files that belong to no chunk of the snapshot; says how many."""
    store = open_store(lake)
    kept = {key for content in snapshot.chunks.values() for key in content.keys}
    superseded = [key for key in store.keys(serving_prefix(snapshot.datasource)) if key not in kept]
    for key in superseded:
        store.remove(key)
    return len(superseded)


def serving_prefix(datasource: Datasource) -> str:
    """Folder of a datasource's files below the lake."""
    return f"serving/{datasource.name}/"


def _chunks(table: pl.LazyFrame, datasource: Datasource) -> Iterator[tuple[Chunk, pl.DataFrame]]:
    moment = pl.col(datasource.time_column)
    starts = table.select(moment.dt.truncate(datasource.granularity.every).unique()).collect().to_series()
    if starts.null_count():
        without = table.filter(moment.is_null()).select(pl.len()).collect().item()
        raise UnservableError(f"{datasource.table}: {without} rows have no {datasource.time_column}")
    for start in starts.cast(pl.Datetime("us", "UTC")).sort():
        chunk = Chunk.of(start, datasource.granularity)
        within = (moment >= chunk.start) & (moment < chunk.end)
        if starts.dtype == pl.Date:
            within = (moment >= chunk.start.date()) & (moment < chunk.end.date())
        rows = table.filter(within).collect()
        yield chunk, rows.sort(rows.columns)  # the order of rows in a table says nothing; in a digest it would


def _digest(served: pl.DataFrame) -> str:
    told = hashlib.blake2b(f"{FORMAT} {served.schema}".encode(), digest_size=16)
    for part in served.iter_slices(50_000):
        told.update(part.write_ndjson().encode())
    return told.hexdigest()


def _put(store: ObjectStore, key: str, rows: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        rows.write_parquet(path, compression="zstd")
        store.put_file(key, path)
