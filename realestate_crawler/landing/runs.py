"""Runs of a scope in the landing zone: a number for the next one, and who else is at work.

What belongs here: claiming. What does not: how a claim is written (`claims`), what a run writes (`feed_writer`) and its
manifest (`contracts.manifest`).
"""

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass

from realestate_crawler.contracts.feed import FEEDS, MANIFEST, claim_key, run_prefix, scope_prefix
from realestate_crawler.landing.claims import newest_claims, own_claim
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
        BusyError: when a living process of this machine is at work on it.
    """
    claims = [key for key in store.keys(f"{scope_prefix(source, scope, root)}claims/") if key.endswith(".json")]
    run_seq = 1
    if claims:
        refuse_if_busy(store, source, scope, claims, root)
        run_seq = int(claims[-1].rpartition("/")[2].removesuffix(".json")) + 1
    while True:
        run_id = f"{now:%Y%m%dT%H%M%SZ}-{run_seq:06d}"
        key = claim_key(source, scope, run_seq, root)
        if store.put_if_absent(key, own_claim(run_id, now)):
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
    for claim in newest_claims(store, claims):
        if not claim.is_of_this_machine:
            continue
        if claim.pid == os.getpid() or not claim.is_at_work:
            return
        manifest = run_prefix(source, scope, claim.run_id, root) + MANIFEST
        try:
            store.get(manifest)
        except StoreError:
            raise BusyError(f"scope {scope} of {source}: run {claim.run_id} is at work (process {claim.pid})") from None
        return
