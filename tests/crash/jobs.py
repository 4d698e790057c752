"""What writers do: crawl, deliver, materialize, operate. Each says why it was refused, or nothing when it was done.

The work is the project's own, without Dagster where it makes no difference, so that a life takes no second.
"""

import contextlib
import datetime as dt
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.__main__ import main
from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.merge import merge_staged
from orchestration.ingest.stage import stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from orchestration.resources.lake import Lake, done
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.feed import MANIFEST, part_name, to_line
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.items import Listing
from realestate_crawler.landing.delivery import deliver, keep_sealed, undelivered
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.runs import BusyError, claim_run
from tests.crash import town

LINES_PER_PART = 20


@dataclass(frozen=True)
class Job:
    """One piece of work.

    Attributes:
        about: source and scope, or the number of versions to go back.
    """

    kind: str
    about: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.kind, *self.about))


class UnexpectedError(AssertionError):
    """A command ended as none may end."""


def crawl(seed: int, job: Job, *, outage: bool = False) -> str:
    """Delivers one feed as a crawl does; in an outage nothing arrives, and the sealed feed waits in the spool."""
    source, scope = job.about
    places = Places()
    store = open_store(places.landing)
    now = dt.datetime.now(dt.UTC)
    try:
        run = claim_run(store, source, scope, now)
    except BusyError as error:
        return str(error)
    look = town.look(seed, source, scope, run.run_seq)
    folder = places.spool / source / scope / run.run_id
    writer = FeedWriter(store, run.prefix, folder, part_name, LINES_PER_PART)
    for key, price in look.prices.items():
        item = Listing(source=source, listing_key=key, scope=scope, run_id=run.run_id, observed_at=look.at)
        item.list_price, item.currency, item.city, item.title = price, "EUR", f"City {key[-1]}", f"Home {key}"
        item.content_hash = content_hash(item, ())
        sealed = writer.write(to_line(item))
        if sealed and not outage:
            writer.deliver(sealed)
    sealed = writer.seal()
    if sealed and not outage:
        writer.deliver(sealed)
    manifest = Manifest(
        source=source,
        scope=scope,
        run_id=run.run_id,
        run_seq=run.run_seq,
        observed_at=look.at,
        started_at=now,
        finished_at=now,
        finish_reason="finished",
        spider="town",
        criterion={"id": scope, "source": source},
        versions={},
        requests={"ok": len(look.prices)},
        items=len(look.prices),
        unique_listings=len(look.prices),
        parts=writer.parts,
        complete=look.complete,
        reasons=[] if look.complete else ["half of the pages failed"],
    )
    data = manifest.model_dump_json(indent=1).encode()
    if outage:
        keep_sealed(folder, data)
        return ""
    assert store.put_if_absent(run.prefix + MANIFEST, data)
    shutil.rmtree(folder, ignore_errors=True)
    return ""


def outage(seed: int, job: Job) -> str:
    """A crawl whose upload fails, and its delivery when the store is back."""
    return crawl(seed, job, outage=True) or late_delivery(seed, job)


def late_delivery(_seed: int, _job: Job) -> str:
    """What `scrapy deliver` does."""
    places = Places()
    for run in undelivered(places.spool):
        deliver(open_store(places.landing), run)
    return ""


def refresh(_seed: int, _job: Job) -> str:
    """What the asset graph does with the feeds that wait, without Dagster."""
    places = Places()
    lake, landing, guard = Lake(root=places.lake_root), Landing(root=places.landing), Guard()
    try:
        listings = lake.open(LISTINGS)
        waiting = landing.waiting({feed.app: done(listings, feed.app) for feed in landing.feeds()})
        scopes = dict.fromkeys((feed.source, feed.scope) for feed in waiting)
        staged = [stage_waiting(lake, landing, *scope, guard) for scope in scopes]
        damaged = [scope.damaged for scope in staged if scope.damaged]
        if damaged:
            raise UnexpectedError(f"nobody damaged a feed: {damaged}")
        merge_staged(lake, landing, staged, guard)
        derive_changes(lake)
        derive_history(lake)
        derive_feeds(lake)
        refresh_market_daily(lake)
    except RuntimeError as error:
        if "run again" not in str(error):
            raise
        return str(error)
    return ""


def command(*words: str, may: tuple[int, ...] = (), tell: bool = False) -> str:
    """Runs `python -m orchestration WORDS`; what it said where it was refused.

    Raises:
        UnexpectedError: when it ended with another code than 0 and `may`.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(list(words))
    if code not in (0, *may):
        raise UnexpectedError(f"{' '.join(words)} ended with {code}:\n{said.getvalue()}")
    if tell:
        print(said.getvalue())
    return said.getvalue().strip() if code else ""


def materialize(_seed: int, _job: Job) -> str:
    """The graph itself, report included."""
    return command("materialize", "--no-crawl", may=(5,))


def accept(_seed: int, job: Job) -> str:
    """Lets what a scope holds pass; refused where nothing is held."""
    return command("accept", "/".join(job.about), "--by", "the loop", may=(2, 6))


def restore(_seed: int, job: Job) -> str:
    """Goes some versions back."""
    newest = Lake(root=Places().lake_root).version(LISTINGS)
    return command("restore", str(max(newest - int(job.about[0]), 0)), "--yes", may=(2, 5))


def optimize(_seed: int, _job: Job) -> str:
    """Compacts, drops, writes checkpoints."""
    return command("optimize", may=(5, 6))


def clean(_seed: int, _job: Job) -> str:
    """Removes what dead runs left; what is under way may look like a problem meanwhile."""
    return command("doctor", "--clean", may=(5,), tell=True)


def doctor(_seed: int, _job: Job) -> str:
    """Looks at everything."""
    return command("doctor", "--deep", tell=True)


def replay(_seed: int, _job: Job) -> str:
    """Rebuilds all tables from the feeds and compares."""
    return command("replay", tell=True)


JOBS: dict[str, Callable[[int, Job], str]] = {
    "crawl": crawl,
    "outage": outage,
    "deliver": late_delivery,
    "refresh": refresh,
    "materialize": materialize,
    "accept": accept,
    "restore": restore,
    "optimize": optimize,
    "clean": clean,
    "doctor": doctor,
    "replay": replay,
}

# Commands that are run as a process of their own, by the name of their job, and the exit codes that they may end with
# beside 0: a crawl that is told to stop is partial, has delivered nothing when told twice, dies when it has hardly
# begun, and is refused while another one of the scope is at work.
COMMANDS: dict[str, tuple[str, ...]] = {
    "real crawl": ("scrapy", "crawl", "demo_market", "-a", "city=Porto Sereno", "-a", "offer=sale"),
    "real materialize": ("orchestration", "materialize", "--no-crawl"),
}
CODES: dict[str, tuple[int, ...]] = {"real crawl": (3, 5, 6, -15), "real materialize": ()}
