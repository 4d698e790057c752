"""The market is the same everywhere, and everything that can happen to a listing happens early."""

import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate_crawler.demo_market.advert import index_of, key_of
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.truth import day_truth
from realestate_crawler.vocabulary import Offer, PropertyType, StandardStatus

ROOT = Path(__file__).parents[2]
KNOWN_DIGEST = "a67d9288f2edf90117a6fb76da28fcaf5875670bac9a10e8a657f4c29d6747a9"

markets = st.builds(Market, st.integers(0, 10**6), st.integers(50, 120))

DIGEST = """
import hashlib
from realestate_crawler.demo_market.market import Market
market = Market(7, 60)
told = repr([market.adverts(day) for day in (8, 1, 3)])
print(hashlib.sha256(told.encode()).hexdigest())
"""


def digest(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return (
        subprocess.run([sys.executable, "-c", DIGEST], env=environment, cwd=ROOT, check=True, capture_output=True)
        .stdout.decode()
        .strip()
    )


def test_every_machine_and_process_builds_the_same_market():
    """The digest was made once; whoever changes the market on purpose writes the new one here."""
    assert digest("1") == digest("2") == KNOWN_DIGEST


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(50, 120), st.permutations(range(1, 9)))
def test_the_order_in_which_days_are_looked_at_does_not_matter(seed, size, days):
    forwards, mixed = Market(seed, size), Market(seed, size)
    in_order = {day: forwards.adverts(day) for day in range(1, 9)}
    assert {day: mixed.adverts(day) for day in days} == in_order


def test_another_seed_is_another_market():
    assert Market(7, 50).adverts(1) != Market(8, 50).adverts(1)


@pytest.mark.parametrize("size", [49, 0, -1, 100_001])
def test_an_impossible_size_is_refused_with_a_sentence(size):
    with pytest.raises(ValueError, match="50 to 100000 listings"):
        Market(7, size)


@pytest.mark.parametrize("day", [0, -3, 3651])
def test_an_impossible_day_is_refused_with_a_sentence(day):
    with pytest.raises(ValueError, match="days 1 to 3650"):
        Market(7, 50).adverts(day)


@settings(max_examples=25, deadline=None)
@given(markets)
def test_every_kind_of_event_happens_within_eight_days(market):
    assert len(market.adverts(1)) == market.size
    there = {day: {advert.key: advert for advert in market.adverts(day)} for day in range(1, 15)}
    seen = Counter()
    for day in range(2, 9):
        truth = day_truth(market, day)
        for key in truth.gone:
            returns = next((later for later in range(day + 1, 15) if key in there[later]), None)
            seen["flap" if returns == day + 1 else "gone for good" if returns is None else "relist"] += 1
            assert returns is None or returns == day + 1 or 3 <= returns - day <= 5
        assert truth.new
        for changes in truth.changed.values():
            for name, (old, new) in changes.items():
                seen[name] += 1
                if name == "list_price":
                    seen["cut" if new < old else "rise"] += 1
                if name == "standard_status" and new is StandardStatus.PENDING:
                    seen["pending"] += 1
    wanted = {"flap", "gone for good", "relist", "title", "bedrooms_total", "living_area", "pending", "cut", "rise"}
    assert wanted - set(seen) == set()


@settings(max_examples=25, deadline=None)
@given(markets, st.sampled_from([2, 3]))
def test_days_two_and_three_have_a_cut_an_edit_a_new_and_a_removed_listing(market, day):
    truth = day_truth(market, day)
    fields = [(name, old, new) for changes in truth.changed.values() for name, (old, new) in changes.items()]
    assert any(name == "list_price" and new < old for name, old, new in fields)
    assert any(name != "list_price" for name, _, _ in fields)
    assert truth.new
    tomorrow = {advert.key for advert in market.adverts(day + 1)}
    assert any(key not in tomorrow for key in truth.gone)


@settings(max_examples=15, deadline=None)
@given(markets, st.integers(2, 30))
def test_prices_move_as_people_move_them(market, day):
    for key, changes in day_truth(market, day).changed.items():
        if "list_price" in changes and key not in day_truth(market, day).back:
            old, new = changes["list_price"]
            assert Decimal("-0.12") <= (new - old) / old <= Decimal("0.09"), (key, old, new)


@settings(max_examples=10, deadline=None)
@given(markets, st.integers(1, 60))
def test_every_advert_makes_sense(market, day):
    adverts = market.adverts(day)
    keys = [advert.key for advert in adverts]
    assert keys == sorted(set(keys), key=index_of)
    for advert in adverts:
        assert advert.price is None or advert.price > 0
        assert (advert.price_period is not None) == (advert.offer is Offer.RENT and advert.price is not None)
        assert (advert.lot_size is None) == (advert.lot_size_units is None)
        assert (advert.latitude is None) == (advert.longitude is None) == (advert.street_address is None)
        assert advert.latitude is None or (39.9 < advert.latitude < 40.3 and -9 < advert.longitude < -8.1)
        assert advert.days_on_market >= 0
        assert advert == market.advert(advert.key, day)


def test_the_size_of_the_market_stays_in_bounds():
    market = Market(7, 50)
    assert all(45 <= len(market.adverts(day)) <= 120 for day in range(1, 400, 7))


def test_the_view_counter_of_every_listing_grows_every_day():
    market = Market(7, 200)
    today, tomorrow = ({a.key: a.views for a in market.adverts(day)} for day in (5, 6))
    assert all(tomorrow[key] > views for key, views in today.items() if key in tomorrow)


def test_median_prices_follow_the_level_of_the_town_and_the_energy_class():
    adverts = [
        a
        for a in Market(7, 3000).adverts(1)
        if a.offer is Offer.SALE and a.property_type is PropertyType.APARTMENT and a.price
    ]

    def level(group):
        return median(float(a.price / a.living_area) for a in group)

    towns = ["Porto Sereno", "Vila Aurora", "São Telmo", "Ribeira Alta", "Monte Claro"]
    levels = [level([a for a in adverts if a.city == town]) for town in towns]
    assert levels == sorted(levels, reverse=True)
    assert level([a for a in adverts if a.energy_class in ("A+", "A")]) > level(
        [a for a in adverts if a.energy_class in ("F", "G")]
    )


def test_odd_but_real_values_occur_at_the_default_size():
    adverts = Market().adverts(1)
    assert any(a.price is None for a in adverts)
    assert any(a.rooms is not None and a.rooms % 1 for a in adverts)
    assert any(a.lot_size is not None and a.lot_size % 1 for a in adverts)
    assert any(a.bedrooms == 0 for a in adverts)
    assert any(a.latitude is None for a in adverts)
    assert any(a.owner_name for a in adverts)
    assert any(a.status is StandardStatus.PENDING for a in Market().adverts(9))


@given(st.integers(0, 10**9))
def test_keys_and_numbers_belong_together(index):
    assert index_of(key_of(index)) == index


@given(st.text(max_size=12))
def test_no_other_text_is_a_key(text):
    index = index_of(text)
    assert index is None or key_of(index) == text
