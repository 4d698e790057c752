"""Random feeds over two overlapping scopes against a model that fits on one screen, and the history that follows."""

import datetime as dt
import itertools
from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.logic.diff import Look, diff
from orchestration.logic.events import change_events, history_steps
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTING_HISTORY, LISTINGS
from tests.graph_fixtures.feeds import SOURCE, START, day, frame, listing

KEYS = "abcdef"
SCOPES = ("north", "south")

prices = st.one_of(st.none(), st.integers(1, 4))
feeds = st.lists(
    st.tuples(
        st.sampled_from(SCOPES),
        st.sampled_from([True, True, False]),
        st.dictionaries(st.sampled_from(KEYS), prices, max_size=len(KEYS)),
        st.integers(-1, 2),
    ),
    max_size=14,
)
guards = st.sampled_from([Guard(), Guard(least=1, share=0.5)])


class Model:
    """Contract 3 as a dict of listings."""

    def __init__(self, guard):
        self.guard = guard
        self.known = {}  # key → [price, scopes that see it, scopes that missed it once, removed]
        self.events = []

    def presence(self, key):
        _, seen, missed, _ = self.known[key]
        return "present" if seen else "missing" if missed else "removed"

    def feed(self, scope, complete, shown):
        mine = [k for k, one in self.known.items() if scope in one[1] | one[2]]
        for key, price in shown.items():
            if key not in self.known:
                self.known[key] = [price, {scope}, set(), False]
                self.events.append((key, "new", None, None))
                continue
            one = self.known[key]
            if one[3]:
                self.events.append((key, "relisted", None, None))
            if one[0] != price:
                self.events.append((key, "changed", _text(one[0]), _text(price)))
            one[0], one[3] = price, False
            one[1].add(scope)
            one[2].discard(scope)
        if not complete:
            return
        due = [k for k in mine if k not in shown and scope in self.known[k][2]]
        first = [k for k in mine if k not in shown and scope in self.known[k][1]]
        before = {k: self.presence(k) for k in mine}
        for key in first:
            self.known[key][1].discard(scope)
            self.known[key][2].add(scope)
        if len(due) <= max(self.guard.least, int(self.guard.share * len(mine))):
            for key in due:
                self.known[key][2].discard(scope)
        for key in first + due:
            now = self.presence(key)
            self.known[key][3] = now == "removed"
            if now != before[key]:
                self.events.append((key, now, None, None))


def _text(price):
    return None if price is None else str(price)


def item(key, price):
    return listing(key, list_price=None if price is None else Decimal(price))


@settings(max_examples=60, deadline=None)
@given(feeds, guards)
def test_state_events_and_history_are_those_of_the_model(sequence, guard):
    model, state, told = Model(guard), LISTINGS.empty(), []
    history = LISTING_HISTORY.empty()
    at, last_at = START, {}
    for number, (scope, complete, shown, hours) in enumerate(sequence):
        at += dt.timedelta(hours=hours)  # clocks may stand still or go back
        look = Look(source=SOURCE, scope=scope, run_id=str(number), observed_at=at, complete=complete)
        found = diff(frame(*(item(k, p) for k, p in shown.items()), at=at), state, look, guard)
        assert found.counts.reconciles()
        model.feed(scope, complete, shown)
        state = pl.concat([state.join(found.rows, on="listing_key", how="anti"), found.rows])
        made = found.rows.filter((pl.col("last_change_run_id") == str(number)) & (pl.col("last_change_scope") == scope))
        rows = change_events(made)
        told += rows.select("listing_key", "change_type", "previous_value", "new_value").rows()
        for key, moment in rows.select("listing_key", "observed_at").rows():
            assert moment >= last_at.get(key, moment), "the changes of a listing never run backwards"
            last_at[key] = moment
        history = applied(history, history_steps(made))
        assert {k: model.presence(k) for k in model.known} == dict(state.select("listing_key", "presence").rows())
        assert {k: one[0] for k, one in model.known.items()} == dict(state.select("listing_key", "list_price").rows())
        check_history(history, state)
    assert sorted(told, key=repr) == sorted(model.events, key=repr)


def applied(history, steps):
    """The steps as the table takes them: close what is current, then add."""
    closing = steps.filter(pl.col("closes").is_not_null()).select(listing_key="closes", closed_at="valid_from")
    assert closing["listing_key"].is_unique().all()
    closed = history.join(closing, on="listing_key", how="left").with_columns(
        valid_to=pl.when(pl.col("is_current")).then(pl.coalesce("closed_at", "valid_to")).otherwise("valid_to"),
        is_current=pl.col("is_current") & pl.col("closed_at").is_null(),
    )
    opened = steps.filter(pl.col("closes").is_null()).drop("closes")
    return pl.concat([closed.drop("closed_at").select(opened.columns), opened])


def check_history(history, state):
    """One current version per active listing, saying what the listing says; no version overlaps another."""
    current = history.filter(pl.col("valid_to").is_null())
    active = state.filter(pl.col("is_active"))
    as_told = ["listing_key", "list_price"]
    assert sorted(current.select(as_told).rows(), key=repr) == sorted(active.select(as_told).rows(), key=repr)
    assert (history["is_current"] == history["valid_to"].is_null()).all()
    for versions in history.partition_by("listing_key"):
        spans = sorted(versions.select("valid_from", "valid_to").rows(), key=lambda s: (s[0], s[1] or day(10_000)))
        assert all(end is None or begin <= end for begin, end in spans)
        assert all(earlier[1] is not None and earlier[1] <= later[0] for earlier, later in itertools.pairwise(spans))
