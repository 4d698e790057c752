"""What was held or not compared when the listing was there is so without it: a replay comes to the same tables."""

import random

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from tests.erasing.town import KEY, canary, home
from tests.graph_fixtures.feeds import SOURCE, deliver, landing_at
from tests.graph_fixtures.tables import lake_at
from tests.operators.conftest import set_places, typed
from tests.operators.test_replay import refresh_all
from tests.traces import traces


@pytest.fixture
def place(tmp_path, monkeypatch):
    set_places(tmp_path, monkeypatch)
    return tmp_path


def erased_and_the_same(place, *keys):
    before = lake_at(place).read(LISTINGS).filter(~pl.col("listing_key").is_in(keys)).sort("listing_key")
    for key in keys:
        answer = typed("erase", "--listing", SOURCE, key, "--yes")
        assert answer.code == 0, answer.out + answer.err
        assert "otherwise than they are" not in answer.out
    after = lake_at(place).read(LISTINGS).sort("listing_key")
    assert after.select(before.columns).equals(before), "the others are as they were"
    again = typed("replay")
    assert again.code == 0, again.out + again.err


def row(place, key):
    return lake_at(place).read(LISTINGS).row(by_predicate=pl.col("listing_key") == key, named=True)


@pytest.mark.parametrize("others", [20, 22])
def test_held_changes_stay_held(place, others):
    for run_seq, factor in ((1, 100), (2, 1000), (3, 1000)):
        homes = [home(f"m{n:02}", factor * (10 + n)) for n in range(others)]
        deliver(place, [canary(factor * 7), *homes], run_seq=run_seq, scope="west")
    refresh_all(place)
    assert lake_at(place).read(FEEDS).sort("run_seq")["held_changes"].to_list() == [0, others + 1, others + 1]
    erased_and_the_same(place, KEY)
    assert float(row(place, "m00")["list_price"]) == 1000
    feeds = lake_at(place).read(FEEDS).sort("run_seq")
    assert feeds["held_changes"].to_list() == [0, others, others]
    assert feeds["holds"][1][0].startswith(f"list_price: {others} changed by the factor 10")
    assert traces(place, KEY) == {}
    told = typed("accept", "west", "--dry-run").out
    assert f"{others} changes" in told, told


def test_listings_under_another_key_stay_held(place):
    def town(prefix):
        return [
            home(f"{prefix}{n:02}", 100 + n, title=f"Flat {n}", unparsed_address=f"Street {n}", living_area=40 + n)
            for n in range(21)
        ]

    deliver(place, [canary(7), *town("old")], run_seq=1, scope="west")
    for run_seq in (2, 3):
        deliver(place, [canary(7), *town("new")], run_seq=run_seq, scope="west")
    refresh_all(place)
    assert lake_at(place).read(FEEDS).sort("run_seq")["rekeyed"].to_list() == [0, 21, 21]
    erased_and_the_same(place, KEY)
    assert lake_at(place).read(FEEDS).sort("run_seq")["rekeyed"].to_list() == [0, 21, 21]


def test_one_of_those_under_another_key_can_be_erased_with_both(place):
    def town(prefix):
        return [
            home(f"{prefix}{n:02}", 100 + n, title=f"Flat {n}", unparsed_address=f"Street {n}", living_area=40 + n)
            for n in range(22)
        ]

    for run_seq, prefix in ((1, "olden"), (2, "newer"), (3, "newer")):
        deliver(place, [home("s"), *town(prefix)], run_seq=run_seq, scope="west")
    refresh_all(place)
    answer = typed("erase", "--listing", SOURCE, "olden00", "--listing", SOURCE, "newer00", "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert traces(place, "olden00", "newer00") == {}
    assert lake_at(place).read(FEEDS).sort("run_seq")["rekeyed"].to_list() == [0, 21, 21]
    assert typed("replay").code == 0, typed("replay").out


def test_a_column_that_only_the_erased_listing_had_is_not_new_afterwards(place):
    deliver(place, [canary(1, extra={"view": "sea"}), home("a"), home("b")], run_seq=1)
    deliver(place, [canary(1, extra={"view": "sea"}), home("a", extra={"view": "park"}), home("b")], run_seq=2)
    deliver(place, [canary(1), home("a", extra={"view": "park"}), home("b", extra={"lift": "yes"})], run_seq=3)
    refresh_all(place)
    changes = lake_at(place).read(LISTING_CHANGES).filter(listing_key="a", change_type="changed")
    assert changes.height == 1
    erased_and_the_same(place, KEY)


def test_a_short_key_goes_from_the_words_of_manifests_and_runs(place):
    reasons = ["3 listings could not be read: 7, 17, 70", "7 requests failed: 503"]
    deliver(place, [home("7"), home("17"), home("x7")], run_seq=1, complete=False, reasons=reasons)
    refresh_all(place)
    erased_and_the_same(place, "7")
    (manifest,) = map(landing_at(place).manifest, landing_at(place).feeds())
    told = ["3 listings could not be read: [erased], 17, 70", "7 requests failed: 503"]
    assert manifest.reasons == told
    assert lake_at(place).read(FEEDS)["reasons"].to_list() == [told]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
def test_whatever_happened_without_it_a_replay_is_the_same(place, seed):
    chance = random.Random(seed)
    keys = [f"k{n:02}" for n in range(26)]
    prices = {key: 100 + n for n, key in enumerate(keys)}
    for run_seq in range(1, 8):
        for scope, share in (("west", 0.9), ("east", 0.5)):
            if chance.random() < 0.3:
                prices = {key: price * chance.choice((1, 10)) for key, price in prices.items()}
            seen = [key for key in keys if chance.random() < share] if chance.random() < 0.7 else keys[:3]
            extra = {column: str(chance.randrange(3)) for column in "ab" if chance.random() < 0.7}
            homes = [home(key, prices[key], extra=extra if chance.random() < 0.8 else {}) for key in seen]
            deliver(place, homes, run_seq=run_seq, scope=scope, complete=chance.random() < 0.8)
        if chance.random() < 0.6:
            refresh_all(place)
    refresh_all(place)
    erased_and_the_same(place, *chance.sample(keys, 3))
