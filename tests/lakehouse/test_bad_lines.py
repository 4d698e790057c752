"""Feeds with bad lines and with values that no column can hold: F26, F27 and F35 at the door of the lake."""

import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.logic.observed import ColumnTypeError, exact, read_schema
from orchestration.logic.salvage import UnfitError, fit, salvage
from orchestration.logic.schemas import FEEDS, ITEM_SCHEMA, LISTINGS, UTC
from orchestration.resources.landing import DamagedFeedError
from tests.faults.table import claims, marked
from tests.graph_fixtures.feeds import deliver, landing_at
from tests.graph_fixtures.tables import lake_at, listings_by_key, refresh
from tests.lakehouse.conftest import home
from tests.lakehouse.test_landing_reader import recompressed


def homes(count):
    return [home(f"{number:04}", 1000 + number) for number in range(count)]


def damage(root, ref, where):
    """Makes some lines unreadable: number of the line → what it is replaced with."""

    def change(text):
        lines = text.splitlines(keepends=True)
        for number, put in where.items():
            lines[number] = put(lines[number])
        return b"".join(lines)

    recompressed(root, ref, change)


def cut(line):
    return line[:20] + b"\n"


def feeds_row(root):
    return lake_at(root).read(FEEDS).sort("run_seq").row(-1, named=True)


@pytest.mark.parametrize("at", claims("F26", {0: "first", 100: "middle", 199: "last"}))
def test_a_bad_line_among_many_is_put_aside_with_its_number_and_the_rest_is_applied(tmp_path, at):
    """F26: at most 1 % bad lines: quarantined with number, the rest applied, never complete."""
    deliver(tmp_path, homes(201), run_seq=1)
    ref = deliver(tmp_path, homes(200), run_seq=2)
    damage(tmp_path, ref, {at: cut})
    refresh(tmp_path)
    row = feeds_row(tmp_path)
    assert (row["complete"], row["quarantined"], row["unchanged"]) == (False, 1, 199)
    assert row["reasons"][0].startswith(f"1 lines cannot be read: part-00001.jsonl.gz line {at + 1}: ")
    assert {one["presence"] for one in listings_by_key(tmp_path).values()} == {"present"}, "nothing is missed by it"


@pytest.mark.parametrize(
    ("bad", "refused"),
    [
        pytest.param(1, False, marks=pytest.mark.fault("F26", "0.5 %")),
        pytest.param(10, True, marks=pytest.mark.fault("F26", "5 %")),
    ],
)
def test_a_feed_with_more_bad_lines_is_refused_as_a_whole(tmp_path, bad, refused):
    """F26: above 1 % the feed is rejected: its scope waits, and the message names the lines."""
    ref = deliver(tmp_path, homes(200), run_seq=1)
    damage(tmp_path, ref, {number * 7: cut for number in range(bad)})
    landing = landing_at(tmp_path)
    if not refused:
        assert landing.read(ref, landing.manifest(ref)).height == 199
        return
    with pytest.raises(
        DamagedFeedError, match=r"10 lines cannot be read: part-00001\.jsonl\.gz line 1: .*more than 1%"
    ):
        landing.read(ref, landing.manifest(ref))
    assert refresh(tmp_path) == []


def with_value(name, value):
    """A line that says something else of one field."""

    def put(line):
        record = json.loads(line)
        record.pop(name, None)
        told = json.dumps(record, ensure_ascii=False)[1:-1]
        return f'{{"{name}":{value},{told}}}\n'.encode()

    return put


UNFIT = {
    "F27-number-to-words": ("list_price", '"on request"', None, "on request"),
    "F27-whole-to-fraction": ("bedrooms_total", "1.5", None, 1.5),
    "F27-30-digits": ("list_price", "1" * 30, None, int("1" * 30)),
    "F27-30-digit-count": ("bedrooms_total", "1" * 30, None, int("1" * 30)),
    "F27-struct-for-number": ("list_price", '{"amount": 5}', None, {"amount": 5}),
    "F35-float-to-int": ("bedrooms_total", "2.5", None, 2.5),
    "F35-text-to-int": ("bedrooms_total", '"12"', None, "12"),
    "F35-bool-to-int": ("bedrooms_total", "true", None, True),
    "F35-1e300": ("list_price", "1e300", None, 10**300),
    "F35-amount-of-a-trillion": ("list_price", "1000000000000", None, 10**12),
    "F35-local-time": ("modification_timestamp", '"2026-03-01T10:00:00"', None, "2026-03-01T10:00:00"),
    "F35-words-to-time": ("modification_timestamp", '"last week"', None, "last week"),
    "F35-words-to-date": ("on_market_date", '"1 March"', None, "1 March"),
    "F35-time-to-date": ("on_market_date", '"2026-03-01T10:00:00Z"', None, "2026-03-01T10:00:00Z"),
    "F35-digits-cut-off": ("list_price", "12.345", Decimal("12.34"), 12.345),
    "F35-area-digits": ("living_area", "52.12345", Decimal("52.1234"), 52.12345),
}


@pytest.mark.parametrize(
    ("name", "value", "stored", "raw"),
    marked(
        UNFIT,
        {
            "F27-number-to-words": ("F27", "integer to words"),
            "F27-whole-to-fraction": ("F27", "integer to fraction"),
            "F27-30-digits": ("F27", "30 digits"),
            "F27-30-digit-count": ("F27", "30 digits"),
            "F27-struct-for-number": ("F27", "object against value"),
            "F35-float-to-int": ("F35", "float to integer"),
            "F35-text-to-int": ("F35", "text to integer"),
            "F35-bool-to-int": ("F35", "boolean to integer"),
            "F35-1e300": ("F35", "out of range"),
            "F35-amount-of-a-trillion": ("F35", "out of range"),
            "F35-local-time": ("F35", "local time"),
            "F35-words-to-time": ("F35", "date as text"),
            "F35-words-to-date": ("F35", "date as text"),
        },
    ),
)
def test_a_value_that_its_column_cannot_hold_is_kept_raw_and_the_feed_goes_on(tmp_path, name, value, stored, raw):
    """F27, F35: quarantined by field; nothing is cast in silence; every other value of the feed is as it was."""
    ref = deliver(tmp_path, homes(3), run_seq=1)
    damage(tmp_path, ref, {1: with_value(name, value)})
    refresh(tmp_path)
    rows = listings_by_key(tmp_path)
    assert rows["0001"][name] == stored
    assert json.loads(rows["0001"]["raw"])[name] == raw
    assert [rows[key]["list_price"] for key in ("0000", "0002")] == [1000, 1002]
    row = feeds_row(tmp_path)
    assert (row["complete"], row["new"], row["flags"]) == (
        True,
        3,
        [f"{name}: 1 values do not fit their column, kept raw"],
    )


WIDENED = {
    "F35-int-to-text": ("city", "12", "12"),
    "F35-bool-to-text": ("city", "true", "true"),
    "F27-struct-for-text": ("city", '{"name": "Graz", "zip": [1, 2.5]}', '{"name": "Graz", "zip": [1, 2.5]}'),
    "F35-nested": ("extra", '{"a": {"b": [1, {"c": null}]}}', '{"a": {"b": [1, {"c": null}]}}'),
    "F35-offset-to-utc": ("modification_timestamp", '"2026-03-01T10:00:00+02:00"', "2026-03-01 08:00:00+00:00"),
    "F35-text-to-amount": ("list_price", '"12.50"', "12.50"),
    "F35-whole-float-to-amount": ("list_price", "12.0", "12.00"),
}


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    marked(
        WIDENED,
        {
            "F35-int-to-text": ("F35", "integer to text"),
            "F27-struct-for-text": ("F27", "object against value"),
            "F35-nested": ("F35", "nested"),
            "F35-offset-to-utc": ("F35", "local time"),
        },
    ),
)
@pytest.mark.parametrize("slowly", [False, True], ids=["at-once", "line-by-line"])
def test_what_a_column_can_hold_is_widened_on_purpose_and_says_the_same(tmp_path, name, value, stored, slowly):
    """F35: a text column holds numbers and objects as JSON writes them; amounts and times are what they were."""
    ref = deliver(tmp_path, homes(200), run_seq=1)
    damage(tmp_path, ref, {1: with_value(name, value)} | ({7: cut} if slowly else {}))
    refresh(tmp_path)
    assert str(listings_by_key(tmp_path)["0001"][name]) == stored


@pytest.mark.fault("F27", "new column")
def test_a_column_that_nobody_knows_does_no_harm_wherever_it_begins(tmp_path):
    """F27: a new column after row 300 of a feed (in `extra` it is kept; beside it, it is none of the item's)."""
    items = homes(400)
    for number in range(320, 400):
        items[number] = home(f"{number:04}", 1000 + number, extra={"lift": "yes"})
    ref = deliver(tmp_path, items, run_seq=1)
    damage(tmp_path, ref, {399: with_value("unheard_of", "[1]")})
    refresh(tmp_path)
    rows = listings_by_key(tmp_path)
    assert rows["0399"]["extra"] == '{"lift": "yes"}'
    assert len(rows) == 400


@pytest.mark.fault("F27", "BOM")
def test_a_mark_of_byte_order_is_no_part_of_a_line(tmp_path):
    """F27: BOM."""
    ref = deliver(tmp_path, homes(3), run_seq=1)
    recompressed(tmp_path, ref, lambda text: b"\xef\xbb\xbf" + text)
    refresh(tmp_path)
    assert feeds_row(tmp_path)["complete"]
    assert len(listings_by_key(tmp_path)) == 3


@pytest.mark.parametrize(
    "text", ['"a\\u0000b"', '"\\ud800"', '"\\uD83D x"'], ids=["NUL", "half-a-letter", "half-an-emoji"]
)
def test_a_text_that_is_none_is_emptied_and_kept_as_it_was_written(tmp_path, text):
    ref = deliver(tmp_path, homes(3), run_seq=1)
    damage(tmp_path, ref, {1: with_value("title", text)})
    refresh(tmp_path)
    row = listings_by_key(tmp_path)["0001"]
    assert row["title"] is None
    assert "\\" in json.loads(row["raw"])["title"]


@pytest.mark.fault("F39", "all null")
def test_null_columns_keep_their_types(tmp_path):
    """F39: an all-null column is never void."""
    deliver(tmp_path, homes(2), run_seq=1)
    refresh(tmp_path)
    lake = lake_at(tmp_path)
    assert dict(lake.scan(LISTINGS).collect_schema()) == LISTINGS.columns


def test_quarantine_shows_the_lines_themselves(tmp_path, monkeypatch):
    from tests.operators.conftest import set_places, typed

    set_places(tmp_path, monkeypatch)
    ref = deliver(tmp_path, homes(200), run_seq=1)
    damage(tmp_path, ref, {6: cut})
    answer = typed("quarantine", "show", ref.run_id)
    told = json.loads(answer.out)
    assert told["reason"].startswith("part-00001.jsonl.gz line 7: ")
    assert told["line"].startswith('{"source":"town"')


SCHEMA = {"listing_key": pl.String(), "n": pl.Int64(), "d": pl.Decimal(6, 2), "t": UTC, "raw": pl.String()}
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
records = st.fixed_dictionaries({"listing_key": st.just("k"), "n": scalars, "d": scalars, "t": scalars})


@given(st.lists(records, min_size=1, max_size=5))
def test_both_ways_of_reading_agree_wherever_the_fast_one_reads_at_all(lines):
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in lines)
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return
    saved = salvage(data, SCHEMA)
    assert saved.records.height + len(saved.bad) == len(lines)
    try:
        found = exact(pl.read_ndjson(data, schema=read_schema(SCHEMA)), SCHEMA)
    except (pl.exceptions.PolarsError, ColumnTypeError):
        return
    if not saved.bad and not saved.emptied:
        assert found.equals(saved.records)


@given(scalars, st.sampled_from([pl.Int64(), pl.Decimal(6, 2), pl.String(), pl.Boolean(), UTC, pl.Date()]))
def test_what_fits_says_the_same_as_before(value, dtype):
    if value is None:
        return
    try:
        held = fit(Decimal(repr(value)) if isinstance(value, float) else value, dtype)
    except UnfitError:
        return
    if isinstance(dtype, pl.Int64 | pl.Decimal) and not isinstance(value, str):
        assert held == Decimal(repr(value))
    if isinstance(value, str) and isinstance(dtype, pl.String):
        assert held == value


def test_the_schema_of_the_item_is_read_whole():
    assert set(read_schema(ITEM_SCHEMA)) == set(ITEM_SCHEMA)
