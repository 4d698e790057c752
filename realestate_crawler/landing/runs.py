"""Runs of a scope in the landing zone: a number for the next one, and who else is at work.

What belongs here: claiming. What does not: what a run writes (`feed_writer`) and its manifest (`contracts.manifest`).
"""

import datetime
import json
import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from realestate_crawler.contracts.feed import FEEDS, MANIFEST, claim_key, run_prefix, scope_prefix
from realestate_crawler.landing.store import ObjectStore, StoreError

# So many newer runs no other machine starts while one of ours is at work; where each run has a machine of its own
# (a pod), all claims are of others.
LOOK_BACK = 30


class BusyError(RuntimeError):
    """Another crawl of the same scope is at work on this machine."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one scope.

    Attributes:
        run_seq: its place among the runs of its scope: taken by whoever puts the claim first.
        root: where feeds of its kind of item lie.
    """

    source: str
    scope: str
    run_id: str
    run_seq: int
    root: str = FEEDS

    @property
    def prefix(self) -> str:
        """Folder of the run."""
        return run_prefix(self.source, self.scope, self.run_id, self.root)


def claim_run(store: ObjectStore, source: str, scope: str, now: datetime.datetime, root: str = FEEDS) -> Run:
    """Takes the next sequence number of the scope.

    Raises:
        BusyError: when a living process of this machine is at work on it.
    """
    claims = [key for key in store.keys(f"{scope_prefix(source, scope, root)}claims/") if key.endswith(".json")]
    run_seq = 1
    if claims:
        refuse_if_busy(store, source, scope, claims, root)
        run_seq = int(claims[-1].rpartition("/")[2].removesuffix(".json")) + 1
    while True:
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{run_seq:06d}"
        claim = {
            "run_id": run_id,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "born": _born(os.getpid()),
            "claimed_at": now.isoformat(),
        }
        key = claim_key(source, scope, run_seq, root)
        if store.put_if_absent(key, json.dumps(claim).encode()):
            return Run(source, scope, run_id, run_seq, root)
        refuse_if_busy(store, source, scope, [key], root)  # another one started at the same moment
        run_seq += 1


def refuse_if_busy(store: ObjectStore, source: str, scope: str, claims: Sequence[str], root: str) -> None:
    """Passes a scope whose newest claim of this machine is of a run that has ended.

    One claim of this machine is enough, because it was given only when those before it had ended; claims of other
    machines may be newer, and say nothing about ours.

    Raises:
        BusyError: when it belongs to a living process of this machine and has no manifest.
    """
    for key in reversed(claims[-LOOK_BACK:]):
        try:
            claim = json.loads(store.get(key))
            if claim["host"] != socket.gethostname():
                continue
            if claim["pid"] == os.getpid() or not alive(claim["pid"], claim.get("born", "")):
                return
            manifest = run_prefix(source, scope, claim["run_id"], root) + MANIFEST
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # no claim of ours; its number is taken all the same
        try:
            store.get(manifest)
        except StoreError:
            raise BusyError(
                f"scope {scope} of {source}: run {claim['run_id']} is at work (process {claim['pid']})"
            ) from None
        return


def alive(pid: int, born: str) -> bool:
    """Whether the very process still lives: numbers of processes are used again, soonest in containers."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, under another user
    return not born or _born(pid) in ("", born)


def _born(pid: int) -> str:
    """When a process started, in the machine's own count; empty where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{boot} {ticks}"
