"""Bytes of a published table → rows. JSON, JSON Lines, CSV; each also gzipped; the content decides, then the name.

What belongs here: formats. What does not: fetching (`spiders.dataset`) and meaning (`rows`).
"""

import csv
import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from realestate_crawler.domain.columns import ABSENT, find

Row = dict[str, Any]

# A table is read whole; a few kilobytes of gzip can unpack to more than any machine has.
MAX_UNPACKED = 2**30

# The column that holds the keys of an object of rows.
KEY_COLUMN = "(key)"


# How files begin that hold no text, and what they are.
_BINARY = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or another Office document"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF-", "a PDF document"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh91AY", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x1f\x8b", "a gzip archive inside another"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# Names of parts stand uncompressed in a zip archive.
_ZIPPED = (
    (b"xl/", "an Excel workbook"),
    (b"application/vnd.oasis.opendocument", "an OpenDocument file"),
    (b"word/", "a Word document"),
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


class TableError(ValueError):
    """The table cannot be read; the message says where and why."""


class Table(NamedTuple):
    """A table as it is published.

    Attributes:
        rows: all of them, in order.
        document: the whole JSON document that they stand in; None for other formats.
    """

    rows: list[Row]
    document: Any = None


def read_table(data: bytes, name: str, *, rows: str | None = None, delimiter: str | None = None) -> Table:
    """All rows of a table, and the document around them.

    Args:
        data: the file's bytes, possibly gzipped.
        name: file name or address; for the ending and for messages.
        rows: dotted path to the list inside a JSON document.
        delimiter: of a CSV file.

    Raises:
        TableError: for damaged or unexpected content.
    """
    unpacked = _unpacked(data, name)
    _refuse_binary(unpacked, name)
    text = _text(unpacked, name)
    start = text.lstrip()[:15].casefold()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        raise TableError(f"{name}: a web page or XML document, no table")
    stem = name.casefold().split("?")[0].removesuffix(".gz")
    if not start:
        return Table([])
    if stem.endswith((".csv", ".tsv", ".txt")):
        return Table(list(_csv(text, name, delimiter or ("\t" if stem.endswith(".tsv") else None))))
    if stem.endswith((".jsonl", ".ndjson")):
        return Table(list(_json_lines(text, name)))
    if start[0] in "{[" or stem.endswith((".json", ".geojson")):
        return _json(text, name, rows)
    return Table(list(_csv(text, name, delimiter)))


def _unpacked(data: bytes, name: str) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            unpacked = packed.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(f"{name}: damaged gzip: {error}") from error
    if len(unpacked) > MAX_UNPACKED:
        raise TableError(f"{name}: more than {MAX_UNPACKED:,} bytes when unpacked")
    return unpacked


def _refuse_binary(data: bytes, name: str) -> None:
    """A table that no text is in would else be read as one strange column."""
    what = _binary_kind(data)
    if what is not None:
        raise TableError(
            f"{name}: {what}, no table of text: save it as CSV (UTF-8), JSON or JSON Lines, plain or gzipped"
        )


def _binary_kind(data: bytes) -> str | None:
    if data.startswith(_ZIP):
        return next((what for part, what in _ZIPPED if part in data), "a zip archive")
    if data.startswith(_WIDE):
        return "UTF-16 or another binary file"
    known = next((what for start, what in _BINARY if data.startswith(start)), None)
    line_end = data.find(b"\n")
    nul = data.find(b"\0", 0, line_end if line_end >= 0 else len(data))
    return known or ("a binary file (NUL in its first line)" if nul >= 0 else None)


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{name}: not UTF-8 at byte {error.start}") from error


def _json(text: str, name: str, rows: str | None) -> Table:
    try:
        document = whole = _loads(text)
    except RecursionError as error:
        raise TableError(f"{name}: nested too deep") from error
    except ValueError as error:
        if rows is None and isinstance(error, json.JSONDecodeError) and error.msg == "Extra data":
            return Table(list(_json_lines(text, name)))
        raise TableError(f"{name}: not JSON: {error}") from error
    for step in rows.split(".") if rows else ():
        if not isinstance(document, dict) or step not in document:
            found = ", ".join(map(str, document)) if isinstance(document, dict) else type(document).__name__
            raise TableError(f"{name}: rows: there is no {step!r} ({rows}); the document has {found[:500]}")
        document = document[step]
    if isinstance(document, dict) and all(isinstance(value, dict) for value in document.values()):
        return Table(_rows_by_key(document), whole)
    if isinstance(document, dict):
        raise TableError(f"{name}: expected a list of rows, found an object with {', '.join(document)[:500]}: set rows")
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise TableError(f"{name}: expected a list of objects")
    return Table(document, whole)


def _rows_by_key(document: dict[str, Row]) -> list[Row]:
    """An object of rows is a table as well; its keys are a column where the rows do not say them."""
    if all(key in map(str, row.values()) for key, row in document.items()):
        return list(document.values())
    return [{KEY_COLUMN: key, **row} for key, row in document.items()]


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object as a dict; readers disagree about which of two equal keys counts, so there may be none."""
    told = dict(pairs)
    if len(told) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"key {next(key for key in keys if keys.count(key) > 1)!r} is there twice")
    return told


def _json_lines(text: str, name: str) -> Iterator[Row]:
    # Not splitlines(): the line separators of Unicode may stand inside a text.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = _loads(line)
        except (ValueError, RecursionError) as error:
            raise TableError(f"{name}: line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise TableError(f"{name}: line {number}: expected an object")
        yield row


def _csv(text: str, name: str, delimiter: str | None) -> Iterator[Row]:
    first = text.lstrip().split("\n", 1)[0]
    mark = delimiter or max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=mark, strict=True)
    short = 0
    try:
        columns = _distinct(next(reader))
        for values in filter(None, reader):
            if len(values) > len(columns):
                raise TableError(f"{name}: line {reader.line_num}: more values than columns")
            if len(values) < len(columns):
                short = reader.line_num
            yield {column: value or None for column, value in zip_longest(columns, values)}
        if short == reader.line_num and not text.endswith("\n"):
            raise TableError(f"{name}: line {short}: ends in the middle of a row")
    except csv.Error as error:
        raise TableError(f"{name}: line {reader.line_num}: {error}") from error


def _distinct(names: list[str]) -> list[str]:
    """Column names with a number where one is there again: `price`, `price (2)`."""
    counts: Counter[str] = Counter()
    told = []
    for name in names:
        counts[name] += 1
        told.append(f"{name} ({counts[name]})" if counts[name] > 1 else name)
    return told


def value_at(row: Row, path: str) -> Any:
    """The value of a column; None where there is none."""
    value = find(row, path)
    return None if value is ABSENT else value
