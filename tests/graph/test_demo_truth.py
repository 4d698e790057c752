"""What the tables say after seven days of the demo market is what really happened in it."""

import datetime as dt
import json

import dagster as dg
import polars as pl
import pytest

from orchestration.logic.field_changes import COMPARED
from orchestration.logic.schemas import LISTING_HISTORY, LISTINGS, TABLES
from realestate_crawler.contracts.feed import plain
from realestate_crawler.demo_market.advert import item_fields
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.truth import expected_changes
from realestate_crawler.items import PERSONAL_FIELDS
from tests.graph.conftest import DAYS, SEED, SIZE

KINDS = ("new", "missing", "removed", "relisted")


def as_told(value):
    """A value of the market as the tables write it."""
    value = plain(value)
    return str(int(value) if isinstance(value, float) and value.is_integer() else value) if value is not None else None


@pytest.fixture(scope="module")
def truth():
    return expected_changes(Market(SEED, SIZE), range(1, DAYS + 1))


def found_on(changes, market_day):
    return changes.filter(pl.col("observed_at").dt.date() == market_day)


@pytest.mark.parametrize("until", [3, DAYS])
def test_every_event_and_every_changed_field_is_there_and_no_other(demo, truth, until):
    market = Market(SEED, SIZE)
    told = demo.changes[until]
    for crawl in truth[:until]:
        found = found_on(told, market.date(crawl.day))
        events = {kind: set(found.filter(pl.col("change_type") == kind)["listing_key"]) for kind in KINDS}
        assert events == {kind: set(getattr(crawl, kind)) for kind in KINDS}, f"day {crawl.day}"
        fields = found.filter(pl.col("change_type") == "changed")
        rows = fields.select("listing_key", "field_name", "previous_value", "new_value").rows()
        expected = [
            (key, name, as_told(old), as_told(new))
            for key, changed in crawl.changed.items()
            for name, (old, new) in changed.items()
            if name not in PERSONAL_FIELDS
        ]
        assert sorted(rows, key=repr) == sorted(expected, key=repr), f"day {crawl.day}"
    assert told.height == sum(found_on(told, market.date(day)).height for day in range(1, until + 1))


def test_something_of_every_kind_happened(demo, truth):
    assert all(any(getattr(crawl, kind) for crawl in truth) for kind in (*KINDS, "changed"))
    assert set(demo.changes[DAYS]["change_type"]) == {*KINDS, "changed"}


def test_the_listings_are_the_market_of_the_last_day(demo, truth):
    market = Market(SEED, SIZE)
    adverts = {advert.key: advert for advert in market.adverts(DAYS)}
    present = demo.lake.read(LISTINGS).filter(pl.col("presence") == "present")
    assert set(present["listing_key"]) == set(adverts)
    for row in present.iter_rows(named=True):
        fields = item_fields(adverts[row["listing_key"]])
        for name in set(COMPARED) - PERSONAL_FIELDS:
            wanted = fields.get(name)
            assert row[name] == (str(wanted) if isinstance(wanted, str) else wanted), (row["listing_key"], name)


@pytest.mark.parametrize("day", range(1, DAYS + 1))
def test_the_history_shows_the_market_as_it_was_on_any_day(demo, day):
    """As of a day: every listing of that day, with its price then; what is missing but not removed may be there too."""
    market = Market(SEED, SIZE)
    moment = dt.datetime.combine(market.date(day), dt.time(12), tzinfo=dt.UTC)
    valid = pl.col("valid_from") <= moment, pl.col("valid_to").is_null() | (pl.col("valid_to") > moment)
    as_of = demo.lake.read(LISTING_HISTORY).filter(*valid)
    assert as_of["listing_key"].is_unique().all()
    prices = dict(as_of.select("listing_key", "list_price").rows())
    adverts = {advert.key: advert.price for advert in market.adverts(day)}
    assert {key: prices[key] for key in adverts} == adverts
    before = {advert.key for advert in market.adverts(day - 1)} if day > 1 else set()
    assert set(prices) - set(adverts) <= before


def test_the_crawls_of_a_run_overlap_in_time(demo):
    spans = {}
    for path in (demo.folder / "landing").rglob("run=*-000002/manifest.json"):
        told = json.loads(path.read_text())
        spans[told["scope"]] = (told["started_at"], told["finished_at"])
    (start_a, end_a), (start_b, end_b) = spans.values()
    assert start_a < end_b
    assert start_b < end_a


def test_every_asset_tells_its_rows_and_tables_their_version(demo):
    with dg.DagsterInstance.from_config(str(demo.folder / "dagster")) as instance:
        for table in TABLES:
            event = instance.get_latest_materialization_event(dg.AssetKey(table.name))
            told = event.asset_materialization.metadata
            assert told["dagster/row_count"].value == demo.lake.read(table).height, table.name
            assert told["delta_version"].value == demo.lake.version(table), table.name
        for name in ("search_criteria", "crawled_feeds", "staged_changes"):
            event = instance.get_latest_materialization_event(dg.AssetKey(name))
            assert "dagster/row_count" in event.asset_materialization.metadata
        report = instance.get_latest_materialization_event(dg.AssetKey("data_exploration"))
        assert report.asset_materialization.metadata["bytes"].value > 100_000
