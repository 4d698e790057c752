"""Contract 2: how a feed is laid out and how an item becomes one strict JSON line.

<landing>/feeds/source=<source>/scope=<scope>/run=<run id>/
    part-00001.jsonl.gz …  quarantine-00001.jsonl.gz …  manifest.json

Sales are laid out alike below <landing>/sale_feeds, so that who reads listings never meets them.
"""

import datetime
import hashlib
import json
import math
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any

from realestate_crawler.contracts.manifest import ItemKind
from realestate_crawler.sale import Item

FEEDS = "feeds"
SALE_FEEDS = "sale_feeds"
ROOTS = {ItemKind.LISTING: FEEDS, ItemKind.SALE: SALE_FEEDS}
MANIFEST = "manifest.json"
MAX_DEPTH = 40


class UnwritableError(ValueError):
    """A value that strict JSON cannot hold, or that readers could not read back."""


def scope_prefix(source: str, scope: str, root: str = FEEDS) -> str:
    """Folder of all runs of one scope."""
    return f"{root}/source={source}/scope={scope}/"


def run_prefix(source: str, scope: str, run_id: str, root: str = FEEDS) -> str:
    """Folder of one run."""
    return f"{scope_prefix(source, scope, root)}run={run_id}/"


def claim_key(source: str, scope: str, run_seq: int, root: str = FEEDS) -> str:
    """The mark by which one run takes a sequence number; whoever puts it first has it."""
    return f"{scope_prefix(source, scope, root)}claims/{run_seq:06d}.json"


def part_name(number: int) -> str:
    """Name of the n-th part, from 1."""
    return f"part-{number:05d}.jsonl.gz"


def quarantine_name(number: int) -> str:
    """Name of the n-th quarantine part, from 1."""
    return f"quarantine-{number:05d}.jsonl.gz"


def line_digest(line: bytes) -> str:
    """Names a line of a feed or quarantine among all others (16 hex digits of its sha256)."""
    return hashlib.sha256(line).hexdigest()[:16]


def to_line(item: Item) -> bytes:
    """One UTF-8 JSON line, newline included; empty fields are left out.

    Raises:
        UnwritableError: for a value that is not finite, not Unicode, too deep or of no JSON type.
    """
    told = {field.name: getattr(item, field.name) for field in fields(item)}
    return encode({name: value for name, value in told.items() if value is not None and value != {}})


def encode(record: dict[str, Any]) -> bytes:
    """A record as one strict UTF-8 JSON line, newline included.

    Raises:
        UnwritableError: see `to_line`.
    """
    try:
        text = json.dumps(plain(record), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8") + b"\n"
    except (UnicodeEncodeError, ValueError, RecursionError) as error:
        raise UnwritableError(str(error)) from error


def plain(value: Any, depth: int = 0) -> Any:
    """The value in JSON's own types: amounts as numbers, times as ISO 8601 in UTC, choices as their text.

    Raises:
        UnwritableError: see `to_line`.
    """
    if depth > MAX_DEPTH:
        raise UnwritableError(f"nested deeper than {MAX_DEPTH} levels")
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        if "\x00" in value:
            raise UnwritableError("NUL in a text")
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise UnwritableError(f"{value} is not a finite number")
        return value
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(plain(str(key))): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    raise UnwritableError(f"a {type(value).__name__} has no place in JSON")


def _number(value: Decimal) -> int | float:
    if not value.is_finite():
        raise UnwritableError(f"{value} is not a finite number")
    return int(value) if value == value.to_integral_value() else float(value)
