"""A run of an operator's own among the runs of a scope: after all that are there, and never before one at work.

Its lines come first and its manifest last, as those of a crawl do; it is applied like one, and proves no absence.
"""

import datetime
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from orchestration.resources.landing import Landing
from realestate_crawler.contracts.feed import FEEDS, MANIFEST, ROOTS, run_prefix, scope_prefix
from realestate_crawler.contracts.manifest import Absence, Manifest, Part
from realestate_crawler.landing.claims import newest_claims
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.runs import BusyError, Run, claim_run, refuse_if_busy
from realestate_crawler.landing.store import StoreError

# A claim of another machine that is younger than this may still become a feed.
MAY_BE_ALIVE = datetime.timedelta(days=1)
LINES_PER_PART = 5000
_CLAIM = re.compile(r"[^/]+/source=(?P<source>[^/]+)/scope=(?P<scope>[^/]+)/claims/\d+\.json")


def claim_after(
    landing: Landing, source: str, scope: str, least: int, now: datetime.datetime, *, root: str = FEEDS
) -> Run:
    """Takes the next sequence number of a scope, at least `least`.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work: its feed would come too late.
        StoreError: when the landing zone cannot be used.
    """
    claims = list(landing.store.keys(f"{scope_prefix(source, scope, root)}claims/"))
    refuse_if_claimed_elsewhere(landing, source, scope, claims, now, root=root)
    run = claim_run(landing.store, source, scope, now, root)
    while run.run_seq < least:  # claims were lost
        run = claim_run(landing.store, source, scope, now, root)
    return run


def deliver_lines(landing: Landing, run: Run, name: Callable[[int], str], lines: Iterable[bytes]) -> list[Part]:
    """Writes lines into parts of a run, `name` naming the n-th; they are visible when the manifest is.

    Raises:
        StoreError: when a part could not be stored.
    """
    with tempfile.TemporaryDirectory() as folder:
        writer = FeedWriter(landing.store, run.prefix, Path(folder), name, LINES_PER_PART)
        for line in lines:
            if (full := writer.write(line)) is not None:
                writer.deliver(full)
        if (last := writer.seal()) is not None:
            writer.deliver(last)
        return writer.parts


def publish(landing: Landing, run: Run, of: Manifest, now: datetime.datetime, **facts: Any) -> str:
    """Writes the manifest of a run that is about an earlier one, and as old as that; its key.

    Args:
        landing: where.
        run: that was claimed.
        of: the manifest of the run that it is about.
        now: when it is written.
        facts: what the manifest says beside.

    Raises:
        StoreError: when it could not be stored; nothing of the run is visible then.
    """
    manifest = Manifest(
        source=run.source,
        scope=run.scope,
        run_id=run.run_id,
        run_seq=run.run_seq,
        observed_at=of.observed_at,
        started_at=now,
        finished_at=now,
        criterion=of.criterion,
        versions={},
        requests={},
        volatile=of.volatile,
        absence=Absence.PARTIAL,
        complete=False,
        **facts,
    )
    key = run.prefix + MANIFEST
    if not landing.store.put_if_absent(key, manifest.model_dump_json(indent=1).encode()):
        raise StoreError(f"{key}: is there already")
    return key


def refuse_if_claimed_elsewhere(
    landing: Landing, source: str, scope: str, claims: Sequence[str], now: datetime.datetime, *, root: str = FEEDS
) -> None:
    """A run of another machine that has claimed an earlier number must not come too late because of ours.

    `claims` are the keys of the scope's claims, in the order of their numbers.

    Raises:
        BusyError: naming it.
    """
    for claim in newest_claims(landing.store, claims):
        if claim.is_of_this_machine or now - claim.claimed_at >= MAY_BE_ALIVE:
            continue
        prefix = run_prefix(source, scope, claim.run_id, root)
        if prefix + MANIFEST not in set(landing.store.keys(prefix)):
            raise BusyError(f"{source}/{scope}: run {claim.run_id} may be at work on {claim.host}")


def refuse_if_at_work(landing: Landing, now: datetime.datetime) -> None:
    """Whoever changes feeds that are there waits for all crawls.

    Raises:
        BusyError: naming a run that is, or may be, at work.
    """
    claims: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for root in ROOTS.values():
        for key in landing.store.keys(f"{root}/"):
            if found := _CLAIM.fullmatch(key):
                claims[root, found["source"], found["scope"]].append(key)
    for (root, source, scope), keys in claims.items():
        refuse_if_busy(landing.store, source, scope, keys, root)
        refuse_if_claimed_elsewhere(landing, source, scope, keys, now, root=root)
