"""Series of real snapshots: where they are, what follows from them, and how they go through crawl and graph.

The truth is computed from the files alone, by contract 3, with none of the project's code.
"""

import gzip
import json
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests import operating

PROJECT = Path(__file__).resolve().parents[2]
MATERIAL = Path(os.environ.get("REAL_MATERIAL") or PROJECT.parent / "shared" / "real")
KINDS = ("new", "price", "missing", "removed", "relisted")


def snapshots(folder):
    """The files of a series in order of time; skips the test where there is no material."""
    files = sorted((MATERIAL / "datasets" / folder).glob("snapshot-*"))
    if not files:
        pytest.skip(f"no real material at {MATERIAL} (set REAL_MATERIAL)")
    return files


def moment(path):
    """When the snapshot was taken, from its name."""
    found = re.search(r"(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)Z", path.name)
    return f"{found[1]}T{found[2]}:{found[3]}:00Z"


def rows_of(path, within):
    """The rows of a snapshot as its file has them."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    return document[within] if within else document


def truth(series, key, price):
    """Per snapshot the keys that are new, have another price, are missing, removed, relisted."""
    presence, prices, told = {}, {}, []
    for rows in series:
        now = {}
        for row in rows:
            now.setdefault(str(row[key]), row.get(price))
        step = {kind: set() for kind in KINDS}
        active = [one for one, state in presence.items() if state != "removed"]
        due = [one for one in active if presence[one] == "missing" and one not in now]
        step["missing"] = {one for one in active if presence[one] == "present" and one not in now}
        if len(due) <= max(20, len(active) // 10):
            step["removed"] = set(due)
        step["new"] = now.keys() - presence.keys()
        step["relisted"] = {one for one in now if presence.get(one) == "removed"}
        step["price"] = {one for one in now if one in prices and prices[one] != now[one]}
        presence |= dict.fromkeys(now, "present")
        presence |= dict.fromkeys(step["missing"], "missing") | dict.fromkeys(step["removed"], "removed")
        prices |= now
        told.append(step)
    return told


def found(changes):
    """Time of observation → kind → keys, as listing_changes has them."""
    told = defaultdict(lambda: {kind: set() for kind in KINDS})
    columns = ("listing_key", "observed_at", "change_type", "field_name")
    for key, at, kind, field in changes.select(columns).rows():
        step = "price" if (kind, field) == ("changed", "list_price") else kind
        if step in KINDS:
            told[at.strftime("%Y-%m-%dT%H:%M:00Z")][step].add(key)
    return told


def run(folder, *words, codes=(0,)):
    """A command of the project that must end well, or with one of the exit codes."""
    ended = operating.run(folder, *words)
    assert ended.returncode in codes, f"{words}: {ended.returncode}: {ended.stderr[-2000:]}"
