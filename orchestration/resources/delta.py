"""Delta tables by their place, wherever that is: opened for Polars, and places refused that delta-rs cannot use.

What belongs here: what Polars and delta-rs make of a path. What does not: which tables there are (`lake`).
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import polars as pl
from deltalake import DeltaTable

# delta-rs reads %41 in a path as A and a backslash as a slash, finds no history behind # and ?, and cannot go on at all
# at the others.
_UNUSABLE = re.compile(r"%[0-9A-Fa-f]{2}|[#?\[\]{}<>|^`\\]")


class PlaceError(ValueError):
    """A folder in which no Delta table can lie; the message names what is wrong with it."""


class _Table(DeltaTable):
    """Names its files as they are on the disk; delta-rs gives the folder as in a URL (`My%20User`)."""

    def file_uris(self, *args: Any, **kwargs: Any) -> list[str]:
        found = super().file_uris(*args, **kwargs)
        if not self.table_uri.startswith("file://"):
            return found
        written = self.table_uri.removeprefix("file://")
        return [unquote(written) + path.removeprefix(written) for path in found]


def open_table(place: str, version: int | None = None) -> DeltaTable:
    """The table in a folder or at `s3://…`, at a version or the newest; `pl.scan_delta` finds its files."""
    return _Table(usable(place), version=version)


def scan(place: str, version: int | None = None) -> pl.LazyFrame:
    """The rows of the table in a folder or at `s3://…`, at a version or the newest."""
    return pl.scan_delta(open_table(place, version))


def quoted(text: str) -> str:
    """A text as a literal of the predicates that delta-rs takes."""
    return "'" + text.replace("'", "''") + "'"


def usable(place: str) -> str:
    """The same place.

    Raises:
        PlaceError: when delta-rs would write to another folder, or not at all.
    """
    found = None if "://" in place else _UNUSABLE.search(str(Path(place).absolute()))
    if found:
        raise PlaceError(f"{place}: no Delta table can lie in a folder with {found[0]} in its name")
    return place
