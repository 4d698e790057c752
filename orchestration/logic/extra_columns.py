"""Source columns that no item field names: which there are, and how their values differ.

They are kept as JSON, because a source adds, drops and retypes them as it likes: a new or vanished column is an
announcement for the whole scope, not a change of every listing.
"""

import json
from typing import Any

import polars as pl

from orchestration.logic.field_changes import CHANGE_SCHEMA


def seen_columns(extra: pl.Series) -> set[str]:
    """All columns that occur in a series of JSON objects."""
    columns: set[str] = set()
    for text in extra.drop_nulls():
        columns.update(json.loads(text))
    return columns


def extra_changes(candidates: pl.DataFrame, ignored: frozenset[str] | set[str]) -> pl.DataFrame:
    """One row per changed extra column of each candidate, named `extra.<column>`.

    Args:
        candidates: columns listing_key, extra and extra_was (JSON objects).
        ignored: columns that are volatile, new or gone.
    """
    changes: list[dict[str, str | None]] = []
    for key, was, now in candidates.select("listing_key", "extra_was", "extra").iter_rows():
        if was == now:
            continue
        before, after = _load(was), _load(now)
        for column in sorted((before.keys() | after.keys()) - ignored):
            if _canonical(before.get(column)) != _canonical(after.get(column)):
                changes.append(
                    {
                        "listing_key": key,
                        "field_name": f"extra.{column}",
                        "previous_value": _text(before.get(column)),
                        "new_value": _text(after.get(column)),
                    }
                )
    return pl.DataFrame(changes, schema=CHANGE_SCHEMA)


def _load(text: str | None) -> dict[str, Any]:
    """1.0 and 1 are the same number, so both are read as 1."""
    found: dict[str, Any] = json.loads(text or "{}", parse_float=_number)
    return found


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _canonical(value: Any) -> str:
    """Compared as JSON: for Python, true equals 1."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
