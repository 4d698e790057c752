"""Bytes of a published table → rows. JSON, JSON Lines, CSV; each also gzipped; the content decides, then the name.

What belongs here: formats. What does not: fetching (`spiders.dataset`) and meaning (`rows`).
"""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

Row = dict[str, Any]


class TableError(ValueError):
    """The table cannot be read; the message says where and why."""


def read_table(data: bytes, name: str, *, rows: str | None = None, delimiter: str | None = None) -> list[Row]:
    """All rows of a table.

    Args:
        data: the file's bytes, possibly gzipped.
        name: file name or address; for the ending and for messages.
        rows: dotted path to the list inside a JSON document.
        delimiter: of a CSV file.

    Raises:
        TableError: for damaged or unexpected content.
    """
    text = _text(_unpacked(data, name), name)
    stem = name.casefold().split("?")[0].removesuffix(".gz")
    if stem.endswith((".csv", ".tsv", ".txt")):
        return list(_csv(text, name, delimiter or ("\t" if stem.endswith(".tsv") else None)))
    if stem.endswith((".jsonl", ".ndjson")):
        return list(_json_lines(text, name))
    if text.lstrip()[:1] in ("{", "["):
        return _json(text, name, rows)
    return list(_csv(text, name, delimiter))


def _unpacked(data: bytes, name: str) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError(f"{name}: damaged gzip: {error}") from error


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError(f"{name}: not UTF-8 at byte {error.start}") from error


def _json(text: str, name: str, rows: str | None) -> list[Row]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        if rows is None and error.msg == "Extra data":
            return list(_json_lines(text, name))
        raise TableError(f"{name}: not JSON: {error}") from error
    except RecursionError as error:
        raise TableError(f"{name}: nested too deep") from error
    for step in rows.split(".") if rows else ():
        if not isinstance(document, dict) or step not in document:
            found = ", ".join(map(str, document)) if isinstance(document, dict) else type(document).__name__
            raise TableError(f"{name}: rows: there is no {step!r} ({rows}); the document has {found[:500]}")
        document = document[step]
    if isinstance(document, dict) and document and all(isinstance(value, dict) for value in document.values()):
        document = list(document.values())  # an object of rows by key is a table as well
    if isinstance(document, dict):
        raise TableError(f"{name}: expected a list of rows, found an object with {', '.join(document)[:500]}: set rows")
    if not isinstance(document, list) or not all(isinstance(row, dict) for row in document):
        raise TableError(f"{name}: expected a list of objects")
    return document


def _json_lines(text: str, name: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise TableError(f"{name}: line {number}: not JSON: {error}") from error
        if not isinstance(row, dict):
            raise TableError(f"{name}: line {number}: expected an object")
        yield row


def _csv(text: str, name: str, delimiter: str | None) -> Iterator[Row]:
    if not text.strip():
        return
    first = text.lstrip().splitlines()[0]
    mark = delimiter or max(",;\t|", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, restkey="(more)", strict=True)
    try:
        for row in reader:
            if "(more)" in row:
                raise TableError(f"{name}: line {reader.line_num}: more values than columns")
            yield {column: value or None for column, value in row.items()}
    except csv.Error as error:
        raise TableError(f"{name}: line {reader.line_num}: {error}") from error


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """The value of a column: its plain name first, then as a dotted path; None where there is none."""
    if path in row:
        return row[path]
    value: Any = row
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value
