"""Staged rows: Parquet files below the lake that live from the diff to the merge.

Each staging writes a file of its own and removes no other: several runs may be at work on one scope. A file that is
gone is no loss: the merge diffs anew.
"""

import datetime
import logging
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError

logger = logging.getLogger(__name__)

FOLDER = "staging"
_WRITTEN = re.compile(r".*/(\d{8}T\d{6}Z)-[0-9a-f]+\.parquet")
_TIME = "%Y%m%dT%H%M%SZ"


def write(root: str, source: str, scope: str, rows: pl.DataFrame) -> str:
    """Writes the rows; their key below `root`."""
    now = datetime.datetime.now(datetime.UTC)
    key = f"{FOLDER}/source={source}/scope={scope}/{now:{_TIME}}-{uuid.uuid4().hex}.parquet"
    path = _path(root, key)
    if "://" not in path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path)
    return key


def read(root: str, key: str) -> pl.DataFrame | None:
    """The rows; None where they are gone."""
    try:
        return pl.read_parquet(_path(root, key), hive_partitioning=False, glob=False)
    except FileNotFoundError:
        return None


def discard(root: str, key: str) -> None:
    """Removes the rows."""
    try:
        open_store(root).remove(key)
    except StoreError as error:
        logger.warning("%s stays: %s", key, error)


def written(root: str) -> Iterator[tuple[str, datetime.datetime]]:
    """All staged rows that are there: key, and when they were written."""
    for key in open_store(root).keys(f"{FOLDER}/"):
        match = _WRITTEN.fullmatch(key)
        if match:
            yield key, datetime.datetime.strptime(match[1], _TIME).replace(tzinfo=datetime.UTC)


def _path(root: str, key: str) -> str:
    return f"{root.rstrip('/')}/{key}"
