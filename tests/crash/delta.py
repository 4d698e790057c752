"""A Delta table read by hand: commits are JSON, data files are Parquet, a version is what was added and not removed."""

import io
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import polars as pl

from tests.crash.objects import Objects

COMMIT = re.compile(r"_delta_log/(\d{20})\.json")
TOLD = "realestate_feed"


class UnreadableError(AssertionError):
    """The log of a table is not whole."""


@dataclass(frozen=True)
class Version:
    """One commit and what is there after it.

    Attributes:
        feed: what the commit tells of the feed that it applied, or None.
        restored_to: the version that it put the table back to, or None.
        own: transactions of this commit, app → number.
        reached: newest transaction of every app so far.
        files: data file → values of its partition.
    """

    number: int
    operation: str
    feed: dict[str, Any] | None
    restored_to: int | None
    own: dict[str, int]
    reached: dict[str, int]
    files: dict[str, dict[str, Any]] = field(repr=False)


class Table:
    """One table; `catch_up` reads what was committed since."""

    def __init__(self, lake: Objects, path: str) -> None:
        self.path = path
        self.versions: list[Version] = []
        self._lake = lake
        self._rows: dict[str, list[dict[str, Any]]] = {}

    def catch_up(self) -> list[Version]:
        """The versions that are new, oldest first."""
        keys = self._lake.keys(f"{self.path}/_delta_log/")
        numbers = sorted(int(m[1]) for m in (COMMIT.fullmatch(key.removeprefix(f"{self.path}/")) for key in keys) if m)
        if numbers != list(range(len(numbers))):
            raise UnreadableError(f"{self.path}: commits {numbers} have a gap")
        known = len(self.versions)
        if len(numbers) < known:
            raise UnreadableError(f"{self.path}: version {known - 1} was there and is gone")
        for number in numbers[known:]:
            self.versions.append(self._read(number))
        return self.versions[known:]

    def _read(self, number: int) -> Version:
        data = self._lake.get(f"{self.path}/_delta_log/{number:020d}.json")
        try:
            actions = [json.loads(line) for line in data.splitlines() if line.strip()]
        except ValueError as error:
            raise UnreadableError(f"{self.path}: commit {number} is damaged: {error}") from error
        before = self.versions[-1] if self.versions else None
        files = dict(before.files) if before else {}
        info: dict[str, Any] = {}
        own: dict[str, int] = {}
        for action in actions:
            if "commitInfo" in action:
                info = action["commitInfo"]
            elif "txn" in action:
                own[action["txn"]["appId"]] = action["txn"]["version"]
            elif "remove" in action:
                files.pop(unquote(action["remove"]["path"]), None)
        for action in actions:
            if "add" in action:
                files[unquote(action["add"]["path"])] = action["add"]["partitionValues"]
        operation = info.get("operation", "")
        restored = info.get("operationParameters", {}).get("version") if operation == "RESTORE" else None
        told = json.loads(info[TOLD]) if TOLD in info else None
        reached = {**(before.reached if before else {}), **own}
        return Version(number, operation, told, None if restored is None else int(restored), own, reached, files)

    def rows(self, version: Version) -> list[dict[str, Any]]:
        """All rows of a version."""
        found: list[dict[str, Any]] = []
        for path, partition in version.files.items():
            if path not in self._rows:
                rows = pl.read_parquet(io.BytesIO(self._lake.get(f"{self.path}/{path}"))).to_dicts()
                values = {name: _typed(value) for name, value in partition.items()}
                self._rows[path] = [{**row, **values} for row in rows]
            found += self._rows[path]
        return found


def _typed(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value)
