"""A run of an operator's own among the runs of a scope: after all that are there, and never before one at work."""

import datetime
import json
import re
import socket

from orchestration.resources.landing import Landing
from realestate_crawler.contracts.feed import FEEDS, MANIFEST, ROOTS, run_prefix, scope_prefix
from realestate_crawler.landing.runs import BusyError, Run, claim_run, refuse_if_busy

# A claim of another machine that is younger than this may still become a feed.
MAY_BE_ALIVE = datetime.timedelta(days=1)
_CLAIM = re.compile(r"[^/]+/source=(?P<source>[^/]+)/scope=(?P<scope>[^/]+)/claims/\d+\.json")


def claim_after(landing: Landing, source: str, scope: str, least: int, now: datetime.datetime) -> Run:
    """Takes the next sequence number of a scope, at least `least`.

    Raises:
        BusyError: when a crawl of the scope is, or may be, at work: its feed would come too late.
        StoreError: when the landing zone cannot be used.
    """
    refuse_if_claimed_elsewhere(landing, source, scope, now)
    run = claim_run(landing.store, source, scope, now)
    while run.run_seq < least:  # claims were lost
        run = claim_run(landing.store, source, scope, now)
    return run


def refuse_if_claimed_elsewhere(
    landing: Landing, source: str, scope: str, now: datetime.datetime, root: str = FEEDS
) -> None:
    """A run of another machine that has claimed an earlier number must not come too late because of ours.

    Raises:
        BusyError: naming it.
    """
    claims = list(landing.store.keys(f"{scope_prefix(source, scope, root)}claims/"))
    for key in claims[-1:]:
        claim = json.loads(landing.store.get(key))
        begun = datetime.datetime.fromisoformat(claim["claimed_at"])
        prefix = run_prefix(source, scope, claim["run_id"], root)
        unfinished = prefix + MANIFEST not in set(landing.store.keys(prefix))
        if unfinished and claim["host"] != socket.gethostname() and now - begun < MAY_BE_ALIVE:
            raise BusyError(f"{source}/{scope}: run {claim['run_id']} may be at work on {claim['host']}")


def refuse_if_at_work(landing: Landing, now: datetime.datetime) -> None:
    """Whoever changes feeds that are there waits for all crawls.

    Raises:
        BusyError: naming a run that is, or may be, at work.
    """
    claims: dict[tuple[str, str, str], str] = {}
    for root in ROOTS.values():
        for key in landing.store.keys(f"{root}/"):
            if found := _CLAIM.fullmatch(key):
                claims[root, found["source"], found["scope"]] = key  # in order: the newest stays
    for (root, source, scope), key in claims.items():
        refuse_if_busy(landing.store, source, scope, key, root)
        refuse_if_claimed_elsewhere(landing, source, scope, now, root)
