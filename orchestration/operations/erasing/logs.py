"""The log of a Delta table: what it says beside the rows themselves. A file's own statistics say what its rows say.

What belongs here: reading one object of a log. What does not: cutting the log off (`tables`).
"""

import io
import json
from collections.abc import Iterator, Set
from typing import Any
from urllib.parse import unquote

import polars as pl

from orchestration.operations.erasing.cut import Cut


def log_mentions(name: str, data: bytes, cut: Cut, there: Set[str]) -> int:
    """How many actions of a log's object name it, beside those that add files which are there.

    Args:
        name: of the object, below the table.
        data: its bytes.
        cut: what is looked for.
        there: the data files of the newest version; their rows are looked at themselves.
    """
    actions = _of_checkpoint(data) if name.endswith(".parquet") else _of_commit(data)
    return sum(
        cut.is_in_log(json.dumps(action, ensure_ascii=False, default=str))
        for action in actions
        if not ("add" in action and unquote(action["add"]["path"]) in there)
    )


def _of_commit(data: bytes) -> Iterator[dict[str, Any]]:
    for line in data.decode("utf-8", "replace").splitlines():
        if line.strip():
            try:
                told = json.loads(line)
            except ValueError:
                told = {"unread": line}
            yield told if isinstance(told, dict) else {"unread": line}


def _of_checkpoint(data: bytes) -> Iterator[dict[str, Any]]:
    for row in pl.read_parquet(io.BytesIO(data)).iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}
