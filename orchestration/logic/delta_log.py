"""Is a table's log whole, and which version is the last that can be read? Decided over bytes and names, without IO.

What belongs here: the rules of a Delta log, as far as they tell damage. What does not: reading objects
(`operations.checkup`).
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

# Key in the metadata of our commits that apply no feed: compaction, erasing.
WRITER = "realestate_writer"


class UnfitCommitError(RuntimeError):
    """The newest commit of a table is nothing to build on; the message names it."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What a log says of itself.

    Attributes:
        newest: the version of the newest commit; -1 without any.
        last_good: the newest version whose commits are whole and whose files are all there; -1 when there is none.
        problems: what is damaged.
        foreign: the version that another tool wrote and that the newest one builds on; empty where all is ours.
        adds: every data file that a known commit added.
    """

    newest: int
    last_good: int
    problems: list[str] = field(default_factory=list)
    foreign: str = ""
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
    strange = {start: ""}  # version → what another tool has put into it
    for version in range(start + 1, newest + 1):
        reason = _fault(version, commits.get(version))
        if reason:
            problems.append(reason)
            break
        actions = actions_of(commits[version])
        restored = restored_to(actions)
        strange[version] = strange.get(version - 1 if restored is None else restored, "")
        if not strange[version] and (by := foreign(actions)):
            strange[version] = f"version {version}: not written by this project ({by})"
        for action in actions:
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
    good = (version for version, files in reversed(whole) if files <= existing and not strange[version])
    return LogVerdict(newest, next(good, -1), problems, strange[whole[-1][0]] if whole else "", frozenset(adds))


def foreign(actions: Sequence[Mapping[str, Any]]) -> str:
    """Who has changed rows by a commit, when that was no writer of this project; empty when it was, or none changed.

    Our commits carry a transaction, or WRITER; compaction by another tool changes no rows and is welcome.
    """
    changes = any(action.get(kind, {}).get("dataChange") for action in actions for kind in ("add", "remove"))
    told = commit_info(actions)
    if not changes or WRITER in told or any("txn" in action for action in actions):
        return ""
    tool = told.get("engineInfo") or told.get("clientVersion") or "another tool"
    return f"{told.get('operation', 'a write')} by {tool}"


def commit_info(actions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What a commit tells of itself; nothing where it does not."""
    return next((action["commitInfo"] for action in actions if "commitInfo" in action), {})


def restored_to(actions: Sequence[Mapping[str, Any]]) -> int | None:
    """The version that a commit put the table back to; None for every other commit."""
    told = commit_info(actions)
    version = told.get("operationParameters", {}).get("version") if told.get("operation") == "RESTORE" else None
    return None if version is None else int(version)


def _fault(version: int, data: bytes | None) -> str:
    """Why a commit cannot be trusted; empty when it can."""
    if data is None:
        return f"version {version}: its commit is missing"
    if not data.strip():
        return f"version {version}: its commit is empty (zero bytes)"
    try:
        actions = actions_of(data)
    except ValueError:
        return f"version {version}: its commit is cut or damaged"
    if not any("commitInfo" in action or "add" in action or "metaData" in action for action in actions):
        return f"version {version}: its commit says nothing"
    return ""


def actions_of(data: bytes) -> list[dict[str, Any]]:
    """The actions of a commit.

    Raises:
        ValueError: when it is cut or damaged.
    """
    found = [json.loads(line) for line in data.splitlines() if line.strip()]
    if not all(isinstance(action, dict) and action for action in found):
        raise ValueError("not an action")
    return found
