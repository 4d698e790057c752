"""Anything that may happen to feeds and tables, in any order, as rules for Hypothesis; the oracle looks after each.

What belongs here: what can happen. What does not: what must hold (`invariants`).
"""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, precondition, rule

from orchestration.assets.market import refresh_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.merge import merge_staged
from orchestration.ingest.stage import stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.held import HeldKind
from orchestration.logic.schemas import LISTING_HISTORY, LISTINGS
from orchestration.operations.accepting import NothingHeldError, accept, held
from orchestration.operations.restoring import RefusedError, plan, restore
from orchestration.operations.upkeep import optimize
from orchestration.resources.lake import done
from tests.crash.invariants import Auditor
from tests.crash.model import Limits
from tests.crash.points import NAMED, OPERATORS, REFRESH, armed
from tests.graph_fixtures.feeds import START, deliver, landing_at, listing, sighting
from tests.graph_fixtures.tables import lake_at

KEYS, SCOPES = "abcdef", ("north", "south")
GUARD = Guard(least=2, share=0.4, least_changes=3)
LIMITS = Limits(removals=(2, 0.4), at_once=(3, 0.5), factor=(3, 0.1), near_factor=(3, 0.25))
REFRESHING = [point.name for point in REFRESH]
RESTORING = [point.name for point in OPERATORS if point.job == "restore"]
ACCEPTING = [point.name for point in OPERATORS if point.job == "accept"]

scopes = st.sampled_from(SCOPES)
prices = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3), max_size=len(KEYS))
# Clocks may stand still, jump and go back.
hours = st.sampled_from([6, 6, 6, 0, 30, -9])


class DeathError(BaseException):
    """Stands for a process that dies here: nobody catches it."""


class Lakehouse(RuleBasedStateMachine):
    """One landing zone, one lake; whoever comes first."""

    late, damaged, staged = Bundle("late"), Bundle("damaged"), Bundle("staged")

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="lakehouse-"))
        self.lake, self.landing = lake_at(self.root), landing_at(self.root)
        self.auditor = Auditor(str(self.root / "landing"), self.lake.root, LIMITS)
        self.at = START
        self.claimed = dict.fromkeys(SCOPES, 0)
        self.broken: dict[tuple[str, int], tuple[Path, bytes]] = {}  # scope and run → a damaged part, as it was

    # Feeds arrive.

    @initialize(seen=prices)
    def first_crawl(self, seen: dict[str, int]) -> None:
        """Something to start from."""
        self.crawl("north", seen, complete=True, later=0)

    @rule(scope=scopes, seen=prices, complete=st.sampled_from([True, True, False]), later=hours)
    def crawl(self, scope: str, seen: dict[str, int], complete: bool, later: int) -> None:
        """A crawl delivers what it saw (key → price); an empty one is never complete."""
        self._deliver(scope, self._claim(scope), seen, complete=complete and bool(seen), later=later)

    @rule(scope=scopes, lacking=st.sets(st.sampled_from(KEYS), min_size=1), later=hours)
    def shrunk_crawl(self, scope: str, lacking: set[str], later: int) -> None:
        """A complete crawl sees what the scope has, but for some keys."""
        known = self.auditor.now.known.items()
        there = [(key[1], one) for key, one in known if scope in one.seen]
        seen = {key: _units(one.price or 100_000) for key, one in there if key not in lacking}
        self.crawl(scope, seen, complete=True, later=later)

    @rule(scope=scopes, cards=st.dictionaries(st.sampled_from(KEYS), st.none() | st.integers(1, 3)), later=hours)
    def crawl_of_cards(self, scope: str, cards: dict[str, int | None], later: int) -> None:
        """Result cards only, some without a price."""
        items = [sighting(key, **({} if price is None else _home(price))) for key, price in cards.items()]
        self._seal(scope, self._claim(scope), items, complete=bool(cards), later=later)

    @rule(target=late, scope=scopes, seen=prices, complete=st.booleans())
    def slow_crawl(self, scope: str, seen: dict[str, int], complete: bool) -> tuple[str, int, dict[str, int], bool]:
        """Takes its number now; its feed comes later, perhaps after those of later runs."""
        return scope, self._claim(scope), seen, complete and bool(seen)

    @rule(crawled=consumes(late), later=hours)
    def slow_crawl_ends(self, crawled: tuple[str, int, dict[str, int], bool], later: int) -> None:
        """The late feed is sealed."""
        scope, run_seq, seen, complete = crawled
        self._deliver(scope, run_seq, seen, complete=complete, later=later)

    @rule(scope=scopes)
    def same_feed_again(self, scope: str) -> None:
        """The newest feed of a scope comes once more, under a number of its own."""
        feeds = [feed for place, feed in self.auditor.bronze.feeds.items() if place[1] == scope and not feed.accepts]
        if feeds:
            newest = max(feeds, key=lambda feed: feed.run_seq)
            seen = {key: _units(line["list_price"]) for key, line in newest.lines.items() if "list_price" in line}
            self._deliver(scope, self._claim(scope), seen, complete=newest.complete and bool(seen), later=0)

    @rule(target=damaged, scope=scopes, seen=prices.filter(bool), cut=st.integers(0, 40), later=hours)
    def damaged_feed(self, scope: str, seen: dict[str, int], cut: int, later: int) -> tuple[str, int]:
        """A sealed feed whose part loses its end, or all of it."""
        run_seq = self._claim(scope)
        ref = self._deliver(scope, run_seq, seen, complete=True, later=later)
        self.auditor.bronze.catch_up()
        (part,) = (self.root / "landing" / ref.key).parent.glob("part-*")
        self.broken[scope, run_seq] = part, part.read_bytes()
        part.write_bytes(part.read_bytes()[:cut])
        return scope, run_seq

    @rule(which=consumes(damaged))
    def repair(self, which: tuple[str, int]) -> None:
        """The part is as it was."""
        part, data = self.broken.pop(which)
        part.write_bytes(data)

    # Tables follow.

    @rule()
    def refresh(self) -> None:
        """A run of the graph takes all that waits; what follows a damaged feed goes on waiting."""
        self._refresh()
        self.auditor.check()
        for (_, scope), reached in self.auditor.applied.items():
            stop = min((seq for where, seq in self.broken if where == scope and seq > reached), default=None)
            sealed = [seq for _, name, seq in self.auditor.bronze.feeds if name == scope and seq > reached]
            assert not sealed or stop == min(sealed), f"{scope}: runs {sealed} wait behind nothing"

    @rule(target=staged, scope=scopes)
    def stage(self, scope: str):
        """One run has diffed a scope, and takes its time."""
        return [stage_waiting(self.lake, self.landing, "town", scope, GUARD)]

    @rule(scopes=consumes(staged))
    def merge(self, scopes) -> None:
        """It merges what it staged, whatever has happened meanwhile."""
        self._allowing(lambda: merge_staged(self.lake, self.landing, scopes, GUARD))

    @rule(table=st.sampled_from([derive_changes, derive_history, derive_feeds, refresh_market_daily]))
    def derive_one_table(self, table) -> None:
        """One table is caught up, the others are not."""
        table(self.lake)

    @rule(point=st.sampled_from(REFRESHING), nth=st.integers(1, 3))
    def dies_refreshing(self, point: str, nth: int) -> None:
        """A run of the graph dies at a crash point."""
        self._dying(point, nth, self._refresh)

    # Operators act.

    @rule(back=st.integers(1, 6))
    def goes_back(self, back: int) -> None:
        """Listings are put back some versions."""
        self._restore(back)

    @rule(back=st.integers(1, 6), point=st.sampled_from(RESTORING))
    def dies_going_back(self, back: int, point: str) -> None:
        """The same, and it dies on the way."""
        self._dying(point, 1, lambda: self._restore(back))

    @rule(scope=scopes, point=st.none() | st.sampled_from(ACCEPTING))
    def accepts(self, scope: str, point: str | None) -> None:
        """A person lets held removals pass; the number of the run is taken even where it dies."""
        self._dying(point, 1, lambda: self._accept(scope)) if point else self._accept(scope)
        claims = list((self.root / f"landing/feeds/source=town/scope={scope}/claims").glob("*.json"))
        self.claimed[scope] = max([self.claimed[scope], *(int(claim.stem) for claim in claims)])

    @precondition(lambda self: len(self.auditor.states) > 3)
    @rule(table=st.sampled_from([LISTINGS, LISTING_HISTORY]))
    def optimizes(self, table) -> None:
        """A table is compacted."""
        if self.lake.exists(table):
            optimize(self.lake, table, 168)

    @invariant()
    def all_ten_hold(self) -> None:
        """After every step."""
        self.auditor.check()

    def teardown(self) -> None:
        """At the end everything is repaired and applied."""
        try:
            for part, data in self.broken.values():
                part.write_bytes(data)
            self.broken.clear()
            self.refresh()
            self.auditor.check_all_feeds()
            ever = {tuple(v.feed[n] for n in ("source", "scope", "run_seq")) for v in self.auditor.listings if v.feed}
            assert ever <= {feed[:3] for feed in self.auditor.now.feeds}, "put back, and never applied again"
        finally:
            shutil.rmtree(self.root)

    def _claim(self, scope: str) -> int:
        self.claimed[scope] += 1
        return self.claimed[scope]

    def _deliver(self, scope: str, run_seq: int, seen: dict[str, int], *, complete: bool, later: int):
        items = [listing(key, **_home(price)) for key, price in sorted(seen.items())]
        return self._seal(scope, run_seq, items, complete=complete, later=later)

    def _seal(self, scope: str, run_seq: int, items, *, complete: bool, later: int):
        self.at += dt.timedelta(hours=later)
        return deliver(self.root, items, run_seq=run_seq, at=self.at, scope=scope, complete=complete)

    def _refresh(self) -> None:
        listings = self.lake.open(LISTINGS)
        waiting = self.landing.waiting({feed.app: done(listings, feed.app) for feed in self.landing.feeds()})
        scopes = dict.fromkeys((feed.source, feed.scope) for feed in waiting)
        merge_staged(
            self.lake, self.landing, [stage_waiting(self.lake, self.landing, *s, GUARD) for s in scopes], GUARD
        )
        for table in (derive_changes, derive_history, derive_feeds, refresh_market_daily):
            table(self.lake)

    def _restore(self, back: int) -> None:
        try:
            found = plan(self.lake, self.landing, max(self.lake.version(LISTINGS) - back, 0))
        except RefusedError as error:
            note(str(error))
        else:
            restore(self.lake, found)

    def _accept(self, scope: str) -> None:
        try:
            found = held(self.lake, self.landing, "town", scope, list(HeldKind))
        except NothingHeldError as error:
            note(str(error))
        else:
            for each in found:
                accept(self.landing, each, "somebody", dt.datetime.now(dt.UTC))

    def _allowing(self, work) -> None:
        try:
            work()
        except RuntimeError as error:
            if "run again" not in str(error):
                raise
            note(str(error))

    def _dying(self, point: str, nth: int, work) -> None:
        def die() -> None:
            raise DeathError

        try:
            with armed(NAMED[point], nth, die):
                work()
        except DeathError:
            note(f"died: {point}")


def _home(price: int):
    return {"list_price": price * 100_000, "currency": "EUR", "city": "Lund"}


def _units(price: float) -> int:
    return int(price) // 100_000
