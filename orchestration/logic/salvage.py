"""Lines of a feed that its columns cannot hold as they are, read one by one: nothing of them is lost.

A value that its column cannot hold is emptied, counted, and kept in `raw`; a line that is no record at all is put aside
with its number. Whole feeds never come here: Polars reads them at once (`observed`).

What belongs here: one line, one value. What does not: how many bad lines a feed may have (`resources.landing`).
"""

import datetime
import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

_LONGEST_NUMBER = 400
_BOM = b"\xef\xbb\xbf"


class UnfitError(ValueError):
    """A value that a column cannot hold."""


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is no record: its number in the part, from 1, why, and its text as far as it can be shown."""

    number: int
    reason: str
    text: str


@dataclass(slots=True)
class Salvaged:
    """What could be used of a part.

    Attributes:
        records: rows with the columns and types of the schema.
        bad: lines that are no records.
        emptied: column → values that it cannot hold exactly; each is in the row's `raw`.
    """

    records: pl.DataFrame
    bad: list[BadLine] = field(default_factory=list)
    emptied: Counter[str] = field(default_factory=Counter)


def salvage(text: bytes, schema: Mapping[str, pl.DataType]) -> Salvaged:
    """Reads a part line by line.

    Args:
        text: JSON Lines, unpacked.
        schema: the columns of the table, `raw` among them; a key that is none of them is left out.
    """
    rows: list[dict[str, Any]] = []
    found = Salvaged(pl.DataFrame(schema=schema))
    lines = text.removeprefix(_BOM).split(b"\n")
    for number, line in enumerate(lines[:-1] if not lines[-1] else lines, start=1):
        try:
            rows.append(_row(_record(line), schema, found.emptied))
        except (ValueError, RecursionError) as error:
            found.bad.append(BadLine(number, str(error)[:200], line[:1000].decode("utf-8", "backslashreplace")))
    found.records = pl.DataFrame(rows, schema=schema, orient="row")
    return found


def _record(line: bytes) -> dict[str, Any]:
    record = json.loads(
        line.decode("utf-8"), parse_float=Decimal, parse_int=_whole, parse_constant=_none_such, object_pairs_hook=_once
    )
    if not isinstance(record, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 (a bad line, not a bug)
    if not isinstance(record.get("listing_key"), str) or not record["listing_key"]:
        raise ValueError("no listing_key")
    return record


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits")
    return int(text)


def _none_such(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("a key stands there twice")
    return told


def _row(record: dict[str, Any], schema: Mapping[str, pl.DataType], emptied: Counter[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    unfit: dict[str, Any] = {}
    for name, dtype in schema.items():
        value = record.get(name)
        if value is None:
            continue
        try:
            row[name] = fit(value, dtype)
        except UnfitError:
            row[name] = rounded(value, dtype)
            unfit[name] = value
            emptied[name] += 1
    if unfit:
        raw = record.get("raw")
        told = raw if isinstance(raw, dict) else {}
        row["raw"] = _json({**{name: _plain(value) for name, value in unfit.items()}, **told})
    return row


def fit(value: Any, dtype: pl.DataType) -> Any:
    """The value as its column holds it, unchanged.

    Raises:
        UnfitError: when the column cannot hold it exactly.
    """
    if isinstance(dtype, pl.String):
        return _text(value)
    if isinstance(dtype, pl.Boolean):
        if isinstance(value, bool):
            return value
    elif isinstance(dtype, pl.Int64):
        number = _number(value) if not isinstance(value, str) else None
        if number is not None and number == number.to_integral_value() and abs(number) < 2**63:
            return int(number)
    elif isinstance(dtype, pl.Decimal):
        number = _number(value)
        if number is not None and _fits(number, dtype) and number == _quantized(number, dtype):
            return _quantized(number, dtype)
    elif isinstance(value, str):
        return _moment(value, dtype)
    raise UnfitError(f"{str(value)[:40]!r} is no {dtype}")


def rounded(value: Any, dtype: pl.DataType) -> Decimal | None:
    """A number with more decimals than its column has, rounded on purpose; None for anything else."""
    number = _number(value) if isinstance(dtype, pl.Decimal) else None
    if number is None or not isinstance(dtype, pl.Decimal) or not _fits(number, dtype):
        return None
    near = _quantized(number, dtype)
    return near if _fits(near, dtype) else None


def _text(value: Any) -> str:
    """Text as it is, anything else as JSON writes it."""
    text = value if isinstance(value, str) else _json(_plain(value))
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UnfitError("no Unicode text")
    return text


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _fits(number: Decimal, dtype: pl.Decimal) -> bool:
    return abs(number) < Decimal(10) ** (dtype.precision - dtype.scale)


def _quantized(number: Decimal, dtype: pl.Decimal) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-dtype.scale))


def _moment(text: str, dtype: pl.DataType) -> Any:
    """A date, or a time that says its zone: what is local somewhere is no moment."""
    try:
        if isinstance(dtype, pl.Date):
            return datetime.date.fromisoformat(text)
        found = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise UnfitError(str(error)) from error
    if found.tzinfo is None:
        raise UnfitError(f"{text} names no zone")
    return found.astimezone(datetime.UTC)


def _plain(value: Any) -> Any:
    """Numbers as JSON has them; what JSON cannot say as its text."""
    if isinstance(value, Decimal):
        near = float(value)
        return (int(value) if value == value.to_integral_value() else near) if math.isfinite(near) else str(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str):
        return value.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
