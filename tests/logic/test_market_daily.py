"""The daily market agrees with a slow, obvious count, and says what its columns promise."""

import datetime as dt
import statistics
from collections import defaultdict
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.logic.market import AREA, COUNTS, MEDIANS, market_daily

BY = (*AREA, "offer", "property_type", "currency")
START = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
TIME = pl.Datetime("us", "UTC")
TEXTS = ("source", "listing_key", *BY)
HISTORY = pl.Schema(
    {name: pl.String() for name in TEXTS}
    | {"list_price": pl.Decimal(14, 2), "price_per_sqm": pl.Float64()}
    | dict.fromkeys(("first_seen_at", "valid_from", "valid_to"), TIME)
)
CHANGES = pl.Schema(
    {name: pl.String() for name in ("source", "listing_key", "scope", "run_id")}
    | {"observed_at": TIME}
    | {name: pl.String() for name in ("change_type", "field_name", "previous_value", "new_value")}
)


def version(**values):
    told = {"source": "s", "listing_key": "1", "country": "DK", "city": "Aarhus", "offer": "sale", "currency": "DKK"}
    times = {"first_seen_at": START, "valid_from": START}
    return dict.fromkeys(HISTORY) | told | times | values


def change(kind, at, field=None, old=None, new=None, key="1", run="r"):
    told = {"source": "s", "listing_key": key, "scope": "c", "run_id": run, "observed_at": at, "change_type": kind}
    return told | {"field_name": field, "previous_value": old, "new_value": new}


def daily(versions, events, days, by=BY):
    history, changes = pl.DataFrame(versions, schema=HISTORY), pl.DataFrame(events, schema=CHANGES)
    return market_daily(history, changes, days=days, by=by)


def day(number):
    return START.date() + dt.timedelta(days=number)


def at(number, hours=0):
    return START + dt.timedelta(days=number, hours=hours)


def slow(versions, events, days, by):
    """What market_daily says, counted one by one."""
    rows = defaultdict(lambda: dict.fromkeys(COUNTS, 0) | dict.fromkeys(MEDIANS))
    members = defaultdict(list)
    for date in set(days):
        last = dt.datetime.combine(date, dt.time.max, tzinfo=dt.UTC)
        for v in versions:
            if v["valid_from"] <= last and (v["valid_to"] is None or last < v["valid_to"]):
                members[date, *(v[name] for name in by)].append(v)
    for group, inside in members.items():
        waits = [float((group[0] - v["first_seen_at"].date()).days) for v in inside]
        for name, values in zip(
            MEDIANS,
            (
                [float(v["list_price"]) for v in inside if v["list_price"] is not None],
                [v["price_per_sqm"] for v in inside if v["price_per_sqm"] is not None],
                waits,
            ),
            strict=True,
        ):
            rows[group][name] = statistics.median(values) if values else None
        rows[group]["supply"] = len(inside)
    for event in events:
        column = counted(event, events)
        if column and event["observed_at"].date() in days:
            own = [v for v in versions if (v["source"], v["listing_key"]) == (event["source"], event["listing_key"])]
            own.sort(key=lambda v: v["valid_from"])
            moment = event["observed_at"]
            begun = [v for v in own if v["valid_from"] < moment or (v["valid_from"] == moment and column != COUNTS[2])]
            about = begun[-1] if begun else own[0] if own else dict.fromkeys(by)
            rows[event["observed_at"].date(), *(about[name] for name in by)][column] += 1
    return {group: tuple(row[name] for name in (*COUNTS, *MEDIANS)) for group, row in rows.items()}


def counted(event, events):
    if event["change_type"] in ("new", "removed", "relisted"):
        return f"{event['change_type']}_listings"
    if event["field_name"] != "list_price" or event["previous_value"] is None or event["new_value"] is None:
        return None
    together = [e["field_name"] for e in events if all(e[k] == event[k] for k in ("listing_key", "observed_at"))]
    if {"currency", "offer", "price_period"} & set(together):
        return None
    old, new = Decimal(event["previous_value"]), Decimal(event["new_value"])
    return None if old == new else "price_cuts" if new < old else "price_rises"


@st.composite
def markets(draw):
    """Listings with their versions in a row, gaps between them, and any events."""
    hours = st.integers(0, 24 * 5)
    versions, events = [], []
    for number in range(draw(st.integers(0, 6))):
        key = str(number)
        moments = sorted(draw(st.lists(hours, min_size=1, max_size=6, unique=True)))
        spans = list(zip(moments[::2], [*moments[1::2], None], strict=False))
        for begin, end in spans:
            values = {
                "city": draw(st.sampled_from(["Aarhus", "Odense", None])),
                "currency": draw(st.sampled_from(["DKK", "EUR"])),
                "offer": draw(st.sampled_from(["sale", "rent"])),
                "list_price": draw(st.none() | st.integers(0, 9).map(Decimal)),
                "price_per_sqm": draw(st.none() | st.integers(4, 36).map(lambda quarters: quarters / 4)),
            }
            ends = None if end is None else at(0, end)
            span = {"valid_from": at(0, begin), "valid_to": ends, "first_seen_at": at(0, moments[0])}
            versions.append(version(listing_key=key, **values, **span))
    price = st.none() | st.integers(0, 3).map(str)
    for number, hour in draw(st.lists(st.tuples(st.integers(0, 7), hours), max_size=12, unique=True)):
        kind = draw(st.sampled_from(["new", "missing", "removed", "relisted", "price", "price and currency", "title"]))
        moment, key = at(0, hour), str(number)
        if "price" in kind:
            events.append(change("changed", moment, "list_price", draw(price), draw(price), key=key))
        if "currency" in kind:
            events.append(change("changed", moment, "currency", "DKK", "EUR", key=key))
        elif kind == "title":
            events.append(change("changed", moment, "title", "a", "b", key=key))
        elif kind != "price":
            events.append(change(kind, moment, key=key))
    return versions, events


@settings(max_examples=150, deadline=None)
@given(markets(), st.lists(st.integers(-1, 7), max_size=6), st.sampled_from([BY, ("city",), ("offer", "currency")]))
def test_every_number_equals_the_slow_count(market, numbers, by):
    versions, events = market
    days = [day(number) for number in numbers]
    found = daily(versions, events, days, by)
    assert {tuple(row[: 1 + len(by)]): tuple(row[1 + len(by) :]) for row in found.iter_rows()} == slow(
        versions, events, days, by
    )
    assert found.columns == ["date", *by, *COUNTS, *MEDIANS]
    assert found.rows() == found.sort("date", *by, nulls_last=True).rows()


def test_supply_is_what_is_valid_in_the_last_moment_of_the_day():
    until_midnight, from_midnight = version(valid_to=at(1)), version(listing_key="2", valid_from=at(1))
    found = daily([until_midnight, from_midnight], [], [day(0), day(1)])
    assert found.select("date", "supply").rows() == [(day(0), 1), (day(1), 1)]
    assert daily([until_midnight], [], [day(1)]).is_empty()


def test_a_removal_counts_where_the_listing_was_last_and_a_relisting_where_it_is_now():
    moved = [version(valid_to=at(0, 12)), version(city="Odense", valid_from=at(0, 12))]
    events = [change("removed", at(0, 12)), change("relisted", at(0, 12))]
    found = daily(moved, events, [day(0)], by=["city"])
    assert found.select("city", "supply", "removed_listings", "relisted_listings").rows() == [
        ("Aarhus", 0, 1, 0),
        ("Odense", 1, 0, 1),
    ]


def test_a_price_in_another_currency_is_neither_cut_nor_rise():
    events = [change("changed", at(0, 1), "list_price", "100", "25"), change("changed", at(0, 1), "currency")]
    assert daily([version()], events, [day(0)])["price_cuts"].to_list() == [0]
    assert daily([version()], events[:1], [day(0)])["price_cuts"].to_list() == [1]


def test_an_event_of_an_unknown_listing_is_counted_in_the_group_of_nulls():
    found = daily([], [change("new", at(0, 1))], [day(0)], by=["city"])
    assert found.select("city", "new_listings").rows() == [(None, 1)]


def test_a_number_that_is_not_finite_does_not_spoil_the_median():
    prices = [1.0, float("nan"), float("inf"), 3.0]
    versions = [version(listing_key=str(n), price_per_sqm=price) for n, price in enumerate(prices)]
    assert daily(versions, [], [day(0)])["median_price_per_sqm"].to_list() == [2.0]


def test_nothing_gives_an_empty_frame_with_all_columns():
    found = daily([], [], [day(0)])
    assert found.is_empty()
    assert [str(kind) for kind in found.select(*COUNTS, *MEDIANS).dtypes] == ["Int64"] * 6 + ["Float64"] * 3


def test_a_missing_column_and_a_time_without_a_zone_are_named():
    history, changes = HISTORY.to_frame(), CHANGES.to_frame()
    with pytest.raises(ValueError, match="history lacks the columns list_price"):
        market_daily(history.drop("list_price"), changes, days=[day(0)])
    with pytest.raises(ValueError, match=r"changes\.observed_at must be a time with a zone"):
        market_daily(history, changes.with_columns(pl.col("observed_at").dt.replace_time_zone(None)), days=[day(0)])
