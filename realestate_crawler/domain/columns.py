"""Columns of a source's row by name or dotted path. Pure: rows are never changed in place.

What belongs here: finding, leaving out, replacing. What does not: what a column means.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

ABSENT: Any = object()


def find(row: Mapping[str, Any], path: str) -> Any:
    """The value of a column: its plain name first, then as a dotted path; ABSENT where there is none."""
    if path in row:
        return row[path]
    value: Any = row
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return ABSENT
        value = value[step]
    return value


def without(row: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The row without some columns; a nested column leaves its neighbours behind."""
    rest = dict(row)
    for path in paths:
        if path in row:
            rest.pop(path, None)
            continue
        head, _, tail = path.partition(".")
        if tail and isinstance(rest.get(head), dict):
            rest[head] = without(rest[head], [tail])
            if not rest[head] and row[head]:
                del rest[head]
    return rest


def replaced(row: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The row with another value in a column that `find` finds."""
    head, _, tail = path.partition(".")
    if path in row or not tail:
        return {**row, path: value}
    return {**row, head: replaced(row[head], tail, value)}


def overlap(path: str, others: Collection[str]) -> bool:
    """Whether a column is one of the others, lies inside one or holds one."""
    return any(path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.") for other in others)
