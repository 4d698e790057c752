"""The rules of the sales diff, against a model that a person can read."""

import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.logic.guard import Guard
from orchestration.logic.sale_schemas import SALE_SCHEMA, SALES
from orchestration.logic.sales_diff import SaleLook, diff_sales

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
LENIENT = Guard(least=1000)


def day(number):
    return START + datetime.timedelta(days=number)


def records(told):
    """(key, status, price) … → the lines of a feed."""
    rows = [
        {"source": "r", "listing_key": k, "record": s, "line_number": n, "close_price": p, "country": "GB"}
        for n, (k, s, p) in enumerate(told)
    ]
    return pl.DataFrame(rows, schema={**SALE_SCHEMA, "close_price": pl.Int64()}).cast(
        {"close_price": pl.Decimal(14, 2)}
    )


def apply(state, told, at, *, full=False, scope="s", guard=LENIENT):
    look = SaleLook(scope=scope, run_id=f"run-{at}", observed_at=day(at), full=full, complete=full)
    found = diff_sales(records(told), state, look, guard)
    left = state.join(found.rows, on="listing_key", how="anti")
    return pl.concat([left, found.rows]), found.counts


def live(state):
    rows = state.filter(pl.col("deleted_at").is_null())
    return {k: int(p) for k, p in rows.select("listing_key", "close_price").iter_rows()}


def test_records_add_change_delete_and_restore():
    state, counts = apply(SALES.empty(), [("a", "A", 1), ("b", "A", 2), ("c", "A", 3)], 1)
    assert (counts.new, live(state)) == (3, {"a": 1, "b": 2, "c": 3})
    state, counts = apply(state, [("a", "C", 9), ("b", "D", 2), ("c", "A", 3)], 2)
    assert (counts.changed, counts.deleted, counts.unchanged) == (1, 1, 1)
    assert live(state) == {"a": 9, "c": 3}
    changed = state.filter(pl.col("listing_key") == "a").row(0, named=True)
    assert changed["last_changes"] == [{"field_name": "close_price", "previous_value": "1", "new_value": "9"}]
    assert state.filter(pl.col("listing_key") == "b")["deleted_at"].to_list() == [day(2)]
    state, counts = apply(state, [("b", "A", 2)], 3)
    assert (counts.restored, live(state)) == (1, {"a": 9, "b": 2, "c": 3})


def test_of_several_records_of_one_sale_the_last_holds():
    state, counts = apply(SALES.empty(), [("a", "A", 1), ("a", "D", 1), ("a", "A", 5), ("b", "A", 1), ("b", "D", 1)], 1)
    assert (counts.superseded, live(state)) == (3, {"a": 5})


def test_a_change_file_says_nothing_by_absence_and_a_full_file_deletes():
    state, _ = apply(SALES.empty(), [("a", "A", 1), ("b", "A", 2)], 1, full=True)
    state, counts = apply(state, [("c", "A", 3)], 2, scope="monthly")
    assert (counts.absent, set(live(state))) == (0, {"a", "b", "c"})
    state, counts = apply(state, [("a", "A", 1)], 3, full=True)
    assert (counts.absent, set(live(state))) == (1, {"a", "c"})


def test_an_old_full_file_does_not_undo_what_a_newer_file_said():
    state, _ = apply(SALES.empty(), [("a", "C", 9), ("b", "D", 2)], 5, scope="monthly")
    state, counts = apply(state, [("a", "A", 1), ("b", "A", 2), ("c", "A", 3)], 1, full=True)
    assert (counts.stale, counts.new, live(state)) == (2, 1, {"a": 9, "c": 3})


def test_a_sale_that_another_full_file_lists_stays():
    state, _ = apply(SALES.empty(), [("a", "A", 1)], 1, full=True, scope="north")
    state, _ = apply(state, [("a", "A", 1)], 1, full=True, scope="south")
    state, counts = apply(state, [("b", "A", 1)], 2, full=True, scope="north")
    assert (counts.absent, set(live(state))) == (0, {"a", "b"})
    state, counts = apply(state, [("b", "A", 1)], 3, full=True, scope="south")
    assert (counts.absent, set(live(state))) == (1, {"b"})


def test_too_many_deletions_at_once_are_held():
    everything = [(f"k{n}", "A", n) for n in range(100)]
    state, _ = apply(SALES.empty(), everything, 1, full=True)
    state, counts = apply(state, everything[:70], 2, full=True, guard=Guard())
    assert (counts.held, counts.absent, len(live(state))) == (30, 0, 100)
    state, counts = apply(state, everything[:85], 3, full=True, guard=Guard())
    assert (counts.held, counts.absent, len(live(state))) == (0, 15, 85)


FILES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("ACD"), st.integers(1, 3)), max_size=6),
        st.integers(0, 6),
        st.booleans(),
    ),
    max_size=6,
)


def model(files):
    """key → (price, seen at, deleted, listed by the full file): what a careful clerk would keep."""
    kept = {}
    for told, at, full in files:
        last = {k: (s, p) for k, s, p in told}
        for k, (s, p) in last.items():
            price, seen, _, listed = kept.get(k, (p, -1, False, False))
            if seen > at:
                continue
            kept[k] = (price, at, True, False) if s == "D" else (p, at, False, listed or full)
        for k, (price, seen, deleted, listed) in list(kept.items()) if full else []:
            if listed and not deleted and k not in last and seen <= at:
                kept[k] = (price, seen, True, False)
    return {k: price for k, (price, _, deleted, _) in kept.items() if not deleted}


@settings(deadline=None)
@given(FILES)
def test_whatever_the_files_say_in_whatever_order_the_clerk_agrees_and_every_record_is_counted(files):
    state = SALES.empty()
    for told, at, full in files:
        state, counts = apply(state, told, at, full=full)
        assert counts.reconciles()
        assert counts.records == len(told)
        again, repeated = apply(state, told, at, full=full)
        assert live(again) == live(state)
        assert repeated.new == repeated.changed == repeated.restored == repeated.absent == repeated.deleted == 0
    assert live(state) == model(files)
    assert state["listing_key"].is_unique().all()
