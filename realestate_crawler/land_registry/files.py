"""A Price Paid file → its records, one at a time, however long it is.

Two layouts are published: the full, yearly and monthly files (16 columns, no header, the last one A, C or D), and the
report that a query on the register's page gives (a header, no record status, a link instead).

What belongs here: the layouts. What does not: what a column means (`rows`).
"""

import csv
import gzip
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from realestate_crawler.sale import Record

COLUMNS = (
    "unique_id",
    "price_paid",
    "deed_date",
    "postcode",
    "property_type",
    "new_build",
    "estate_type",
    "paon",
    "saon",
    "street",
    "locality",
    "town",
    "district",
    "county",
    "transaction_category",
    "record_status",
)
# The report has no record status: all that it lists is there.
REQUIRED = frozenset(COLUMNS) - {"record_status"}


class FileError(ValueError):
    """The file cannot be read as Price Paid Data; the message says where and why."""


class Line(NamedTuple):
    """One record.

    Attributes:
        number: where it ends in the file, from 1.
        values: column → text; None when it has another number of columns than the file.
        text: all its values, for a record that cannot be used.
    """

    number: int
    values: Mapping[str, str] | None
    text: list[str]


def read_lines(path: Path, name: str) -> Iterator[Line]:
    """The records of a file, possibly gzipped, in its order.

    Args:
        path: where it lies.
        name: what to call it in messages.

    Raises:
        FileError: for a file in another layout, or damaged; records before the damage have been given out by then.
    """
    reader = None
    try:
        with _text(path) as text:
            reader = csv.reader(text, strict=True)
            columns: tuple[str, ...] = ()
            for values in reader:
                if not values:
                    continue
                if not columns:
                    columns = _layout(values, name)
                    if columns[0] == values[0].strip().casefold():
                        continue
                whole = dict(zip(columns, values, strict=True)) if len(values) == len(columns) else None
                yield Line(reader.line_num, whole, values)
    except UnicodeDecodeError as error:
        raise FileError(f"{name}: not UTF-8 after line {reader.line_num if reader else 0}") from error
    except csv.Error as error:
        raise FileError(f"{name}: line {reader.line_num if reader else 0}: {error}") from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise FileError(f"{name}: damaged gzip: {error}") from error


def _layout(first: list[str], name: str) -> tuple[str, ...]:
    header = tuple(value.strip().casefold() for value in first)
    if set(header) >= REQUIRED:
        return header
    if len(first) == len(COLUMNS) and first[-1] in set(Record) and first[1].isdigit():
        return COLUMNS
    raise FileError(
        f"{name}: no Price Paid Data: expected {len(COLUMNS)} columns without a header, the last one A, C or D, "
        f"or a header with {', '.join(c for c in COLUMNS if c in REQUIRED)}"
    )


def _text(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    opened = gzip.open(path, "rb") if packed else path.open("rb")  # noqa: SIM115 (closed with the wrapper)
    return io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")
