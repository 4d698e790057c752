"""State in which values stand for each other → the values: numbered lists (devalue, turbo-stream) and calls that hand
short names their values.

What belongs here: putting such state together. What does not: finding it (embedded_state).
"""

import json
import re
from typing import Any

import chompjs

_MOST = 60_000
_DEPTH = 60
# Markers that a numbered list puts around a value: ["Reactive", 5].
_WRAPPERS = frozenset({"Reactive", "ShallowReactive", "Ref", "ShallowRef", "EmptyRef", "SingleFetchFallback", "P"})
_CALL = re.compile(r"\(\s*function\s*\(([\w$,\s]*)\)\s*\{\s*(?:return\s*)?", re.S)
_NAME = re.compile(r"\"(?:[^\"\\]|\\.)*\"|(?<=[:\[,])\s*([A-Za-z_$][\w$]*)\s*(?=[,}\]])")
_LONGEST = 2_000_000


def numbered(rows: Any) -> Any:
    """The value of a numbered list: its first row with every number replaced by the row of that number; None where it
    is no such list.
    """
    if not isinstance(rows, list) or len(rows) < 4 or not isinstance(rows[0], list | dict):
        return None
    first = list(rows[0].values()) if isinstance(rows[0], dict) else [v for v in rows[0] if not isinstance(v, str)]
    if not first or not all(isinstance(v, int) and not isinstance(v, bool) and v < len(rows) for v in first):
        return None
    if not any(isinstance(row, str) for row in rows):
        return None
    budget = [_MOST]
    return _row(rows, 0, budget, frozenset(), 0)


def _row(rows: list[Any], number: Any, budget: list[int], above: frozenset[int], depth: int) -> Any:
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(rows):
        return None
    budget[0] -= 1
    if budget[0] <= 0 or number in above or depth > _DEPTH:
        return None
    value = rows[number]
    below = above | {number}
    if isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and value[0] in _WRAPPERS:
            return _row(rows, value[1], budget, below, depth + 1)
        if value and isinstance(value[0], str):
            # ["Date", "2026-…"], ["Set", 1, 2], …
            return value[1] if len(value) > 1 else None
        return [_row(rows, inner, budget, below, depth + 1) for inner in value]
    if isinstance(value, dict):
        return {
            _key(rows, key): _row(rows, inner, budget, below, depth + 1)
            for key, inner in value.items()
            if isinstance(inner, int)
        }
    return value


def _key(rows: list[Any], key: str) -> str:
    """A key as it stands, or "_7" for the text in row 7."""
    if key.startswith("_") and key[1:].isdigit() and int(key[1:]) < len(rows):
        named = rows[int(key[1:])]
        return named if isinstance(named, str) else key
    return key


def called(text: str) -> Any:
    """The object that `(function(a,b){return {…}}(1,"x"))` makes; None where the text is no such call."""
    found = _CALL.search(text, 0, 4_000)
    if found is None or len(text) > _LONGEST:
        return None
    names = [name.strip() for name in found.group(1).split(",") if name.strip()]
    end = text.rfind("}(")
    if end < found.end():
        return None
    try:
        values: Any = chompjs.parse_js_object(
            "[" + _without_void(text[end + 2 : text.rfind(")", end)].rstrip(" )")) + "]"
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, list):
        return None
    known = dict(zip(names, values, strict=False))

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return match.group() if name is None or name not in known else json.dumps(known[name])

    try:
        return chompjs.parse_js_object(_NAME.sub(put, text[found.end() : end + 1]))
    except (ValueError, RecursionError):
        return None


def _without_void(text: str) -> str:
    return re.sub(r"\bvoid 0\b|\bundefined\b", "null", text)
