"""What dead runs left behind: allowed by design, found here, removed on request where it is certainly dead.

Certainly dead is: a claim without manifest whose process on this machine is gone, and what that run left in spool and
landing zone; a temporary file, an unfinished upload or staged rows older than a day; a data file that no commit knows
and that is older than a week. A claim itself is never removed: its number stays taken.
"""

import datetime
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deltalake import DeltaTable

from orchestration.operations.checkup.finding import Finding, Level
from orchestration.operations.checkup.logs import CheckedTable
from orchestration.resources import staging
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.feed import FEEDS, MANIFEST, run_prefix
from realestate_crawler.landing.claims import Claim, read_claim
from realestate_crawler.landing.delivery import undelivered

DAY = datetime.timedelta(days=1)
WEEK_HOURS = 168
# Ours, and those of delta-rs, which it does not list itself.
_HALF_WRITTEN = re.compile(r"\.tmp-.*|.+#\d+")


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Something dead.

    Attributes:
        remove: does away with it.
    """

    what: str
    told: str
    remove: Callable[[], None]


def find_left_overs(
    landing: Landing, lake: Lake, spool: Path, tables: list[CheckedTable], now: datetime.datetime
) -> tuple[list[Finding], list[LeftOver]]:
    """What needs a person or is alive, and what can be removed."""
    findings, dead = _runs(landing, spool)
    # One place may lie in the other.
    dead += {one.told: one for root in (landing.root, lake.root) for one in _temporary(root, now)}.values()
    dead += _staged(lake, now)
    for checked in tables:
        dead += _orphans(lake, checked)
    return findings, dead


def _runs(landing: Landing, spool: Path) -> tuple[list[Finding], list[LeftOver]]:
    """Claims whose run has no manifest, with what the run left; sealed runs that wait for delivery."""
    findings: list[Finding] = []
    dead: list[LeftOver] = []
    sealed = undelivered(spool)
    for run in sealed:
        told = f"{run.folder}: sealed, not delivered: `scrapy deliver` does it"
        findings.append(Finding(Level.PROBLEM, "undelivered feed", told))
    waiting = {run.prefix for run in sealed}
    keys = list(landing.store.keys(f"{FEEDS}/"))
    there = set(keys)
    alive: set[Path] = set()
    for key in keys:
        place = _claim_place(key)
        if place is None:
            continue
        source, scope = place
        claim = read_claim(landing.store, key)
        if claim is None:
            told = f"{key}: damaged; its number is taken, and whether its run is at work cannot be told"
            findings.append(Finding(Level.NOTE, "claim", told))
            continue
        prefix = run_prefix(source, scope, claim.run_id)
        folder = spool / source / scope / claim.run_id
        if prefix in waiting:
            alive.add(folder)
            continue
        if prefix + MANIFEST in there:
            continue
        name = f"{source}/{scope} run {claim.run_id}"
        if not _dead(claim):
            alive.add(folder)
            told = f"{name}: at work, or died on another machine ({claim.host}, process {claim.pid})"
            findings.append(Finding(Level.NOTE, "run without manifest", told))
            continue
        parts = [part for part in keys if part.startswith(prefix)]
        if parts:
            dead.append(LeftOver("parts without manifest", f"{name}: {len(parts)}", _remover(landing, parts)))
    for folder in sorted(p for p in spool.glob("*/*/*") if p.is_dir()):
        if folder not in alive and not (folder / MANIFEST).exists() and _claimed_here(landing, folder):
            dead.append(LeftOver("spool of a dead run", str(folder), _tree_remover(folder)))
    return findings, dead


def _claim_place(key: str) -> tuple[str, str] | None:
    parts = key.split("/")
    if len(parts) != 5 or parts[3] != "claims" or not parts[4].endswith(".json"):
        return None
    return parts[1].removeprefix("source="), parts[2].removeprefix("scope=")


def _claimed_here(landing: Landing, folder: Path) -> bool:
    """Whether a claim in this landing zone belongs to the folder; another landing zone may share the spool."""
    source, scope, run_id = folder.parts[-3:]
    for key in landing.store.keys(f"{FEEDS}/source={source}/scope={scope}/claims/"):
        claim = read_claim(landing.store, key)
        if claim is not None and claim.run_id == run_id:
            return _dead(claim)
    return False


def _dead(claim: Claim) -> bool:
    return claim.is_of_this_machine and not claim.is_at_work


def _temporary(root: str, now: datetime.datetime) -> list[LeftOver]:
    """Half-written files of a local landing zone or lake; an S3 store has unfinished uploads instead."""
    if "://" in root:
        from orchestration.resources.uploads import unfinished  # noqa: PLC0415 (boto3 is slow to import)

        return [
            LeftOver("unfinished upload", f"{key}, begun {begun:%Y-%m-%d %H:%M}", abort)
            for key, begun, abort in unfinished(root)
            if now - begun > DAY
        ]
    before = (now - DAY).timestamp()
    # Folders and files may go while they are looked at: writers are at work.
    half = (Path(at, name) for at, _, names in os.walk(root) for name in names if _HALF_WRITTEN.fullmatch(name))
    old = sorted(path for path in half if _written_before(path, before))
    return [LeftOver("temporary file", str(path), partial(path.unlink, missing_ok=True)) for path in old]


def _written_before(path: Path, moment: float) -> bool:
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False


def _staged(lake: Lake, now: datetime.datetime) -> list[LeftOver]:
    """Rows that a run staged and did not live to merge."""
    store = Landing(root=lake.root)
    old = [key for key, written in staging.written(lake.root) if now - written > DAY]
    return [LeftOver("staged rows of a dead run", key, _remover(store, [key])) for key in old]


def _orphans(lake: Lake, checked: CheckedTable) -> list[LeftOver]:
    """Data files that no commit knows: a writer died before its commit. Younger ones may be about to be committed."""
    unknown = checked.files - checked.log.adds
    if not unknown or not checked.readable:
        return []
    table = DeltaTable(lake.uri(checked.table))
    old = {path.split("/_delta_log/")[0] for path in table.vacuum(WEEK_HOURS, dry_run=True, full=True)}
    found = sorted(name for name in unknown if any(path.endswith(name) for path in old))
    store = Landing(root=lake.root)
    return [
        LeftOver("orphan data file", f"{checked.table.path}/{name}", _remover(store, [f"{checked.table.path}/{name}"]))
        for name in found
    ]


def _remover(landing: Landing, keys: list[str]) -> Callable[[], None]:
    def remove() -> None:
        for key in keys:
            landing.store.remove(key)

    return remove


def _tree_remover(folder: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(folder)
