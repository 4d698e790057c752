"""The ten invariants, decided over what lies in landing zone and lake. Numbers as in the table of `BrokenError`s below.

What belongs here: comparing. What does not: what must be there (`model`), reading (`delta`, `bronze`).
"""

import collections
import datetime as dt
from typing import Any

from tests.crash.bronze import Bronze, Place, UnverifiedError
from tests.crash.delta import Table, UnreadableError, Version
from tests.crash.model import COUNTS, Limits, Model
from tests.crash.objects import Objects

LISTINGS, CHANGES, HISTORY, FEEDS, MARKET = (
    "silver/listings",
    "silver/listing_changes",
    "silver/listing_history",
    "silver/feeds",
    "gold/market_daily",
)
NAMES = {
    1: "whole feeds only",
    2: "exactly once",
    3: "no removal without proof",
    4: "a run changes its own scope only",
    5: "visible means verified",
    6: "nothing observed is lost",
    7: "one current row a key",
    8: "monotone and reproducible",
    9: "derived equals source",
    10: "fails closed and tells",
}


class BrokenError(AssertionError):
    """An invariant does not hold."""

    def __init__(self, number: int, told: str) -> None:
        super().__init__(f"invariant {number} ({NAMES[number]}): {told}")


class Auditor:
    """Looks at one lake and landing zone again and again; each version of each table is judged once."""

    def __init__(self, landing: str, lake: str, limits: Limits | None = None) -> None:
        self.lake = Objects(lake)
        self.bronze = Bronze(Objects(landing))
        self.tables = {path: Table(self.lake, path) for path in (LISTINGS, CHANGES, HISTORY, FEEDS, MARKET)}
        self.states: list[Model] = []  # what must be true at each version of listings
        self._start = Model(limits)
        self._whole: dict[tuple[str, str], str] = {}  # key → its row in the newest version that was judged

    @property
    def applied(self) -> dict[tuple[str, str], int]:
        """Scope → number of its newest applied run."""
        reached = self.listings[-1].reached if self.listings else {}
        scopes = {place[:2] for place in self.bronze.feeds}
        return {scope: reached.get(f"feed/{scope[0]}/{scope[1]}", 0) for scope in scopes}

    @property
    def listings(self) -> list[Version]:
        """All versions of listings."""
        return self.tables[LISTINGS].versions

    @property
    def now(self) -> Model:
        """What must be true now."""
        return self.states[-1] if self.states else self._start

    def check(self) -> None:
        """Judges everything that is new.

        Raises:
            BrokenError: for the first invariant that does not hold.
        """
        # Tables before feeds: a feed that a commit names was sealed before it.
        try:
            new = {path: table.catch_up() for path, table in self.tables.items()}
        except UnreadableError as error:
            raise BrokenError(8, str(error)) from error
        try:
            self.bronze.catch_up()
        except UnverifiedError as error:
            raise BrokenError(5, str(error)) from error
        for version in new[LISTINGS]:
            self._listings(version)
        self._nothing_lost()
        for path, judge in ((CHANGES, self._changes), (HISTORY, self._history), (FEEDS, self._feeds)):
            for version in new[path]:
                reached = version.reached.get("listings", -1)
                judge(path, version, self.states[reached] if reached >= 0 else self._start)
        for version in new[MARKET]:
            self._market(version)

    def check_all_feeds(self) -> None:
        """Hashes every feed anew."""
        try:
            self.bronze.verify_all()
        except UnverifiedError as error:
            raise BrokenError(5, str(error)) from error

    def _listings(self, version: Version) -> None:
        table = self.tables[LISTINGS]
        before = self.states[-1] if self.states else self._start
        rows = table.rows(version)
        whole = {(row["source"], row["listing_key"]): repr(sorted(row.items())) for row in rows}
        if version.restored_to is not None:
            after = self.states[version.restored_to]
        elif version.feed is None:
            after = before
        else:
            after = self._one_feed(version, before, whole)
        self.states.append(after)
        self._whole = whole
        where = f"{LISTINGS} version {version.number} ({version.operation})"
        _same(1, where, (_row(row) for row in rows), (_expected(*each) for each in after.known.items()))
        _one_row_a_key(where, rows)

    def _one_feed(self, version: Version, before: Model, whole: dict[tuple[str, str], str]) -> Model:
        told = version.feed
        assert told is not None
        place: Place = told["source"], told["scope"], told["run_seq"]
        where = f"{LISTINGS} version {version.number}"
        feed = self.bronze.feeds.get(place)
        if feed is None:
            raise BrokenError(1, f"{where} applies {place}, which was never sealed")
        app = f"feed/{place[0]}/{place[1]}"
        if version.own != {app: place[2]}:
            raise BrokenError(2, f"{where} applies {place}, and its transactions are {version.own}")
        earlier = self.listings[version.number - 1].reached.get(app, 0) if version.number else 0
        if earlier >= place[2]:
            raise BrokenError(2, f"{where} applies {place} after run {earlier}")
        after = before.after(feed)
        concerned = {(feed.source, key) for key in feed.lines}
        concerned |= {key for key, one in before.known.items() if feed.scope in one.seen | one.missed}
        for key in self._whole.keys() | whole.keys():
            if (key not in concerned or key[0] != feed.source) and self._whole.get(key) != whole.get(key):
                raise BrokenError(4, f"{where}: {place} changes {key}")
        self._proved(where, before, after)
        return after

    def _proved(self, where: str, before: Model, after: Model) -> None:
        complete = {(f.source, f.scope, f.run_id): f for f in self.bronze.feeds.values() if f.complete}
        for source, key, scope, run_id, _, what, _, _ in after.events[len(before.events) :]:
            if what not in ("missing", "removed"):
                continue
            run = self._held_by(source, scope, run_id)
            proof = complete.get((source, scope, run))
            if proof is None or key in proof.lines:
                raise BrokenError(3, f"{where}: {key} is {what} by run {run}, which does not prove it")
            first = [f for f in complete.values() if f.place[:2] == (source, scope) and f.run_seq < proof.run_seq]
            if what == "removed" and not any(key not in f.lines for f in first):
                raise BrokenError(3, f"{where}: {key} is removed after one miss")

    def _held_by(self, source: str, scope: str, run_id: str) -> str:
        """The run itself; the one that was held, when the run only lets its removals pass."""
        for feed in self.bronze.feeds.values():
            if (feed.source, feed.scope, feed.run_id) == (source, scope, run_id) and feed.accepts:
                return str(feed.accepts["run_id"])
        return run_id

    def _nothing_lost(self) -> None:
        """A sealed feed is applied, waits, or was overtaken by a later run of its scope."""
        there = {place[:3] for place in self.now.feeds}
        for scope, reached in self.applied.items():
            claimed = [seq for source, name, seq in there if (source, name) == scope]
            if reached != max(claimed, default=0):
                raise BrokenError(6, f"{scope}: run {reached} counts as applied, applied is {max(claimed, default=0)}")

    def _changes(self, path: str, version: Version, state: Model) -> None:
        # Of other fields than the price the model knows only that something changed.
        rows = [row for row in self.tables[path].rows(version) if row["field_name"] in (None, "list_price")]
        found = (
            (
                *(row[name] for name in ("source", "listing_key", "scope", "run_id", "observed_at", "change_type")),
                _number(row["previous_value"]),
                _number(row["new_value"]),
            )
            for row in rows
        )
        _same(9, f"{path} version {version.number}", found, state.events)
        once = collections.Counter((*row[:4], row[5]) for row in state.events)
        if max(once.values(), default=1) > 1:
            raise BrokenError(2, f"{path} version {version.number}: {once.most_common(1)}")

    def _history(self, path: str, version: Version, state: Model) -> None:
        rows = self.tables[path].rows(version)
        names = ("source", "listing_key", "valid_from", "valid_to", "list_price", "run_id")
        found = ([_number(row[n]) if n == "list_price" else row[n] for n in names] for row in rows)
        _same(9, f"{path} version {version.number}", found, state.history)
        wrong = [row["listing_key"] for row in rows if row["is_current"] != (row["valid_to"] is None)]
        if wrong:
            raise BrokenError(7, f"{path} version {version.number}: is_current is wrong for {wrong[:3]}")

    def _feeds(self, path: str, version: Version, state: Model) -> None:
        names = ("source", "scope", "run_seq", *COUNTS)
        found = (tuple(row[name] for name in names) for row in self.tables[path].rows(version))
        _same(9, f"{path} version {version.number}", found, state.feeds)

    def _market(self, version: Version) -> None:
        """Supply and events of each day, over all areas."""
        reached = version.reached.get("listings", -1)
        state = self.states[reached] if reached >= 0 else self._start
        found: dict[dt.date, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for row in self.tables[MARKET].rows(version):
            for name in ("supply", "new_listings", "removed_listings", "relisted_listings"):
                found[row["date"]][name] += row[name]
        for date, counts in found.items():
            end = dt.datetime.combine(date + dt.timedelta(days=1), dt.time(), dt.UTC)
            wanted = collections.Counter(f"{e[5]}_listings" for e in state.events if e[4].date() == date)
            wanted["supply"] = sum(v[2] < end and (v[3] is None or v[3] >= end) for v in state.history)
            _same(9, f"{MARKET} version {version.number}, {date}", counts.items(), ((n, wanted[n]) for n in counts))
        days = {event[4].date() for event in state.events}
        if days - set(found):
            raise BrokenError(9, f"{MARKET} version {version.number}: no row for {min(days - set(found))}")


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    change = (row[f"last_change_{name}"] for name in ("type", "at", "scope", "run_id"))
    return (
        *(row[name] for name in ("source", "listing_key", "presence")),
        _number(row["list_price"]),
        *(tuple(row[name]) for name in ("present_in", "missing_in")),
        *(row[name] for name in ("first_seen_at", "last_seen_at", "removed_at")),
        *change,
    )


def _expected(key: tuple[str, str], one: Any) -> tuple[Any, ...]:
    lists = tuple(sorted(one.seen)), tuple(sorted(one.missed))
    return (*key, one.presence, one.price, *lists, one.first, one.last, one.removed_at, *one.change)


def _one_row_a_key(where: str, rows: list[dict[str, Any]]) -> None:
    keys = collections.Counter((row["source"], row["listing_key"]) for row in rows)
    bad = [key for key, count in keys.items() if count > 1 or None in key]
    now = dt.datetime.now(dt.UTC)
    for row in rows:
        removed = row["presence"] == "removed"
        fits = removed == (row["removed_at"] is not None) == (not row["is_active"])
        if not fits or not row["first_seen_at"] <= row["last_seen_at"] <= now:
            bad.append((row["source"], row["listing_key"]))
    if bad:
        raise BrokenError(7, f"{where}: {sorted(bad, key=repr)[:5]}")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _same(number: int, where: str, found: Any, wanted: Any) -> None:
    has, needs = collections.Counter(map(tuple, found)), collections.Counter(map(tuple, wanted))
    if has != needs:
        more, less = list((has - needs).elements()), list((needs - has).elements())
        told = [f"{len(more)} too many, {len(less)} lacking"]
        told += [f"  is      {row}" for row in sorted(more, key=repr)[:5]]
        told += [f"  must be {row}" for row in sorted(less, key=repr)[:5]]
        raise BrokenError(number, f"{where}: " + "\n".join(told))
