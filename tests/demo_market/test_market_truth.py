"""The truth that crawls are compared with says what the adverts themselves show."""

from hypothesis import given, settings
from hypothesis import strategies as st

from realestate_crawler.demo_market.advert import item_fields
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.truth import day_truth, expected_changes
from realestate_crawler.items import MEANINGS
from realestate_crawler.vocabulary import Offer

markets = st.builds(Market, st.integers(0, 10**6), st.integers(50, 120))


def compared(advert):
    return {name: value for name, value in item_fields(advert).items() if MEANINGS[name].compared}


def by_key(market, day):
    return {advert.key: advert for advert in market.adverts(day)}


@settings(max_examples=30, deadline=None)
@given(markets, st.integers(2, 12))
def test_a_days_truth_is_the_difference_of_what_the_portal_shows(market, day):
    shown = {earlier: by_key(market, earlier) for earlier in range(1, day + 1)}
    before = set().union(*(shown[earlier].keys() for earlier in range(1, day)))
    truth = day_truth(market, day)
    assert truth.listings == len(shown[day])
    assert truth.new == shown[day].keys() - before
    assert truth.gone == shown[day - 1].keys() - shown[day].keys()
    assert truth.back == (shown[day].keys() & before) - shown[day - 1].keys()
    changed = {}
    for key in shown[day].keys() & before:
        last = max(earlier for earlier in range(1, day) if key in shown[earlier])
        old, new = compared(shown[last][key]), compared(shown[day][key])
        differing = {name: (old.get(name), new.get(name)) for name in old.keys() | new.keys()}
        differing = {name: pair for name, pair in differing.items() if pair[0] != pair[1]}
        if differing:
            changed[key] = differing
    assert truth.changed == changed


def test_on_the_first_day_everything_is_new():
    market = Market(3, 50)
    truth = day_truth(market, 1)
    assert truth.new == by_key(market, 1).keys()
    assert not truth.gone
    assert not truth.back
    assert not truth.changed


@settings(max_examples=40, deadline=None)
@given(
    markets,
    st.lists(st.integers(1, 14), min_size=1, max_size=8, unique=True).map(sorted),
    st.sampled_from([lambda _: True, lambda a: a.offer is Offer.RENT, lambda a: (a.price or 0) > 150_000]),
)
def test_crawls_find_what_each_listings_own_story_says(market, days, matches):
    seen = [{a.key: a for a in market.adverts(day) if matches(a)} for day in days]
    stories = {key: "".join("x" if key in crawl else "." for crawl in seen) for key in set().union(*seen)}
    found = expected_changes(market, days, matches)
    for number, truth in enumerate(found):
        told = {key: story[: number + 1] for key, story in stories.items() if "x" in story[: number + 1]}
        assert truth.seen == seen[number].keys()
        assert truth.new == {key for key, story in told.items() if story.strip(".") == "x" and story.endswith("x")}
        assert truth.missing == {key for key, story in told.items() if story.endswith("x.")}
        assert truth.relisted == {key for key, story in told.items() if story.endswith("..x") and "x.." in story}
        assert truth.removed == {key for key, story in told.items() if story.endswith("x..")}
        assert not truth.held
        for key, changes in truth.changed.items():
            last = told[key].rindex("x", 0, number)
            old, new = compared(seen[last][key]), compared(seen[number][key])
            assert changes == {n: (old.get(n), new.get(n)) for n in MEANINGS if old.get(n) != new.get(n)}
        silent = {key for key in seen[number] if key not in truth.new and key not in truth.changed}
        for key in silent:
            last = told[key].rindex("x", 0, number)
            assert compared(seen[last][key]) == compared(seen[number][key])


def test_too_many_removals_at_once_are_held_and_let_go_when_they_are_few():
    market = Market(7, 600)
    _, gap, held, still = expected_changes(market, [1, 20, 21, 22])
    assert len(gap.missing) > 60
    assert held.held == gap.missing - held.seen
    assert len(held.held) > 60
    assert not held.removed
    assert not still.removed
    assert still.held >= {key for key in held.held if key not in still.seen}


def test_what_is_held_is_removed_when_the_next_crawl_finds_most_of_it_again():
    market = Market(7, 600)
    _, _, held, after = expected_changes(market, [1, 9, 10, 5])
    assert held.held
    assert not held.removed
    assert after.removed == (held.held | held.missing) - after.seen
    assert held.held - after.seen
    assert not after.held
    assert not after.relisted
