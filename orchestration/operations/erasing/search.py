"""Where something lies: every object of every layer is opened and read.

What it finds is what is erased; that it finds nothing afterwards is the proof. What belongs here: reading. What does
not: changing anything.
"""

import gzip
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from orchestration.operations.erasing.cut import Cut
from orchestration.operations.erasing.layers import Layers, every_key
from orchestration.operations.erasing.logs import log_mentions
from orchestration.operations.erasing.rows import rows_with
from orchestration.resources.delta import open_table
from realestate_crawler.contracts.erasure import ERASURES
from realestate_crawler.contracts.feed import MANIFEST
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore, StoreError

if TYPE_CHECKING:
    from orchestration.resources.object_versions import OldVersion

SOURCE = re.compile(r"(?:^|/)source=([^/]+)/")
TABLE = re.compile(r"((?:silver|gold)/[^/]+)/(.+)")
PARTS = ".jsonl.gz"
OLD_OBJECTS = "kept by the store: "
Look = Callable[[str, bytes, Cut], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Trace:
    """One object that holds what is to be erased.

    Attributes:
        layer: in words, for a summary.
        key: the object, in its layer's store.
        count: lines, rows or texts; 0 where it cannot be read.
        lost: why it cannot be read, so that nobody knows what it holds; empty where it can.
    """

    layer: str
    key: str
    count: int
    lost: str = ""


def search(layers: Layers, cut: Cut) -> list[Trace]:
    """Every object that holds it, layer by layer; `cut` learns the hashes and addresses of what was found."""
    found = list(_traces(layers, cut))
    known = cut.addresses
    again = list(_traces(layers, cut)) if known else found  # the addresses stand in what was read before them
    return again if cut.addresses == known else search(layers, cut)


def _traces(layers: Layers, cut: Cut) -> Iterator[Trace]:
    for root, store, look in _searched(layers):
        for key in every_key(store):
            yield from _looked(key, partial(store.get, key), look, cut)
        if root.startswith("s3://"):
            for old in _old_versions(root):
                for trace in _looked(old.key, old.read, look, cut):
                    yield replace(trace, layer=f"{OLD_OBJECTS}{trace.layer}")


def remove_old_objects(layers: Layers, cut: Cut) -> int:
    """Removes the versions of objects that a store has kept and that hold it; how many.

    Raises:
        StoreError: when they cannot be listed.
    """
    removed = 0
    for root, _, look in _searched(layers):
        for old in _old_versions(root) if root.startswith("s3://") else ():
            if any(_looked(old.key, old.read, look, cut)):
                old.remove()
                removed += 1
    return removed


def _searched(layers: Layers) -> Iterator[tuple[str, ObjectStore, Look]]:
    """Each place with what is looked for there."""
    yield layers.landing.root, layers.landing.store, _in_landing
    lake = open_store(layers.lake.root)
    current = _current_files(layers, lake)
    yield layers.lake.root, lake, lambda key, data, cut: _in_lake(key, data, cut, current)
    for layer, root, store in layers.others():
        yield root, store, partial(_in_other, layer)


def _old_versions(root: str) -> "Iterator[OldVersion]":
    from orchestration.resources.object_versions import old_versions  # noqa: PLC0415 (boto3 is slow to import)

    return old_versions(root)


def _looked(key: str, read: Callable[[], bytes], look: Look, cut: Cut) -> Iterator[Trace]:
    try:
        layer, count = look(key, read(), cut)
    except (StoreError, OSError, EOFError, zlib.error, ValueError, pl.exceptions.PolarsError) as error:
        yield Trace("objects that cannot be read", key, 0, str(error).splitlines()[0] if str(error) else "damaged")
        return
    if count:
        yield Trace(layer, key, count)


def _in_other(layer: str, key: str, data: bytes, cut: Cut) -> tuple[str, int]:
    kind, count = (_in_spool if layer == "spool" else _in_file)(key, data, cut)
    return f"{layer}: {kind}" if kind else layer, count


def _in_landing(key: str, data: bytes, cut: Cut) -> tuple[str, int]:
    if key.startswith(f"{ERASURES}/"):
        return "", 0
    found = SOURCE.search(key)
    if key.endswith(PARTS) and found:
        layer = "quarantine" if _is_quarantine(key) else "feeds"
        return layer, _lines(data, found[1], cut, aside=layer == "quarantine")
    if key.endswith(f"/{MANIFEST}"):
        return "manifests", int(manifest_holds(json.loads(data), found[1] if found else "", cut))
    return "landing zone", _in_file(key, data, cut)[1]


def _in_lake(key: str, data: bytes, cut: Cut, current: frozenset[str]) -> tuple[str, int]:
    found = TABLE.fullmatch(key)
    if found and "_delta_log/" in found[2]:
        there = {name.removeprefix(f"{found[1]}/") for name in current if name.startswith(f"{found[1]}/")}
        return f"log of {found[1]}", log_mentions(found[2], data, cut, there)
    if key.endswith(".parquet"):
        source = SOURCE.search(key)
        count = rows_with(pl.read_parquet(io.BytesIO(data), hive_partitioning=False), source and source[1], cut)
        if found:
            return found[1] if key in current else f"older versions of {found[1]}", count
        return f"{key.partition('/')[0]} files", count
    return "lake", _in_file(key, data, cut)[1]


def _in_spool(key: str, data: bytes, cut: Cut) -> tuple[str, int]:
    if key.endswith(PARTS):
        return "parts", _lines(data, key.partition("/")[0], cut, aside=_is_quarantine(key))
    if key.endswith(".log"):
        return "logs", sum(map(cut.is_mentioned, data.decode("utf-8", "replace").splitlines()))
    return _in_file(key, data, cut)


def _in_file(_key: str, data: bytes, cut: Cut) -> tuple[str, int]:
    return "", int(cut.is_mentioned(data.decode("utf-8", "replace")))


def _is_quarantine(key: str) -> bool:
    return Path(key).name.startswith("quarantine")


def _lines(data: bytes, source: str, cut: Cut, *, aside: bool) -> int:
    text = gzip.decompress(data).decode("utf-8", "replace")
    if not cut.may_be_in(text):
        return 0
    count = 0
    for line in text.splitlines():
        if cut.may_be_in(line):
            told = json.loads(line)
            count += (cut.aside(source, told) if aside else cut.line(source, told)) != told
            if not aside and cut.is_about(source, told.get("listing_key")):
                cut.learn([told.get("listing_url")])
    return count


def manifest_holds(told: dict[str, object], source: str, cut: Cut) -> bool:
    """Whether a manifest names it: in reasons and notes, or among the listings whose removal was accepted."""
    return cut.manifest(source, told) != told


def _current_files(layers: Layers, lake: ObjectStore) -> frozenset[str]:
    """The data files of the newest version of every table."""
    tables = {found[1] for found in map(TABLE.fullmatch, lake.keys("")) if found and "_delta_log/" in found[2]}
    root = layers.lake.root.rstrip("/")
    return frozenset(
        f"{table}/{uri.rpartition(f'{table}/')[2]}"
        for table in tables
        for uri in open_table(f"{root}/{table}").file_uris()
    )
