"""Runs of a scope in the landing zone: a number for the next one, and who else is at work.

What belongs here: claiming. What does not: what a run writes (`feed_writer`) and its manifest (`contracts.manifest`).
"""

import datetime
import json
import os
import socket
from dataclasses import dataclass

from realestate_crawler.contracts.feed import FEEDS, MANIFEST, claim_key, run_prefix, scope_prefix
from realestate_crawler.landing.store import ObjectStore, StoreError


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
        BusyError: when the newest claim belongs to a living process of this machine.
    """
    claims = [key for key in store.keys(f"{scope_prefix(source, scope, root)}claims/") if key.endswith(".json")]
    if claims:
        _refuse_if_busy(store, source, scope, claims[-1], root)
    run_seq = int(claims[-1].rpartition("/")[2].removesuffix(".json")) + 1 if claims else 1
    while True:
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{run_seq:06d}"
        claim = {"run_id": run_id, "host": socket.gethostname(), "pid": os.getpid(), "claimed_at": now.isoformat()}
        if store.put_if_absent(claim_key(source, scope, run_seq, root), json.dumps(claim).encode()):
            return Run(source, scope, run_id, run_seq, root)
        run_seq += 1


def _refuse_if_busy(store: ObjectStore, source: str, scope: str, newest: str, root: str) -> None:
    claim = json.loads(store.get(newest))
    if claim["host"] != socket.gethostname() or claim["pid"] == os.getpid() or not _alive(claim["pid"]):
        return
    try:
        store.get(run_prefix(source, scope, claim["run_id"], root) + MANIFEST)
    except StoreError:
        raise BusyError(
            f"scope {scope} of {source}: run {claim['run_id']} is at work (process {claim['pid']})"
        ) from None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
