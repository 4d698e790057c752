"""Is a table's log whole, and which version is the last that can be read? Decided over bytes and names, without IO.

What belongs here: the rules of a Delta log, as far as they tell damage. What does not: reading objects
(`operations.checkup`).
"""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What a log says of itself.

    Attributes:
        newest: the version of the newest commit; -1 without any.
        last_good: the newest version whose commits are whole and whose files are all there; -1 when there is none.
        problems: what is wrong, empty when the newest version is the last good one.
        adds: every data file that a known commit added.
    """

    newest: int
    last_good: int
    problems: list[str] = field(default_factory=list)
    adds: frozenset[str] = frozenset()


def judge_log(
    commits: Mapping[int, bytes], existing: Set[str], start: int = -1, base: Set[str] = frozenset()
) -> LogVerdict:
    """Walks a log from its first known version to its newest.

    Args:
        commits: version → bytes of its commit.
        existing: data files that are there, relative to the table.
        start: version of the checkpoint to start from; -1 = from the first commit.
        base: data files of that checkpoint's version.
    """
    problems: list[str] = []
    live = set(base)
    adds = set(base)
    newest = max(commits, default=start)
    whole: list[tuple[int, frozenset[str]]] = [(start, frozenset(base))] if start >= 0 else []
    for version in range(start + 1, newest + 1):
        reason = _fault(version, commits.get(version))
        if reason:
            problems.append(reason)
            break
        for action in _actions(commits[version]):
            if "add" in action:
                path = unquote(action["add"]["path"])
                live.add(path)
                adds.add(path)
            elif "remove" in action:
                live.discard(unquote(action["remove"]["path"]))
        whole.append((version, frozenset(live)))
    if whole:
        at, files = whole[-1]
        absent = sorted(files - existing)
        if absent:
            more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
            problems.append(f"version {at}: a data file is missing: {absent[0]}{more}")
    last_good = next((version for version, files in reversed(whole) if files <= existing), -1)
    return LogVerdict(newest, last_good, problems, frozenset(adds))


def _fault(version: int, data: bytes | None) -> str:
    """Why a commit cannot be trusted; empty when it can."""
    if data is None:
        return f"version {version}: its commit is missing"
    if not data.strip():
        return f"version {version}: its commit is empty (zero bytes)"
    try:
        actions = _actions(data)
    except ValueError:
        return f"version {version}: its commit is cut or damaged"
    if not any("commitInfo" in action or "add" in action or "metaData" in action for action in actions):
        return f"version {version}: its commit says nothing"
    return ""


def _actions(data: bytes) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(action, dict) and action for action in found):
        raise ValueError("not an action")
    return found
