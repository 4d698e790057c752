"""What the searches of a crawl did not show, in words; nothing where they showed all."""

import pytest

from realestate_crawler.domain.searches import Search, Searches


def search(claimed=100, listings=None, **told):
    listings = claimed if listings is None else listings
    return Search(claimed_total=claimed, listings=listings, **{"pages": {1, 2, 3}, **told})


LOW, HIGH = {"list_price_max": "100"}, {"list_price_min": "101", "city": "Ulm"}


def test_searches_that_showed_all_need_no_words():
    assert Searches(read=[search()]).reasons() == []
    assert Searches(read=[search(words=LOW), search(0, words=HIGH, pages={1})], shown=200, unfound=6).reasons() == []


@pytest.mark.parametrize(
    ("searches", "reason"),
    [
        (
            Searches(read=[search(words=LOW, pages={1, 3})]),
            "result pages 2 of the search list_price_max=100 were not read",
        ),
        (
            Searches(read=[search(capped=True)]),
            "the source shows only part of its 100 results: narrow the criterion",
        ),
        (
            Searches(read=[search(words=LOW), search(700, 500, words=HIGH, capped=True)], limited=True),
            "the source shows only part of the results of 1 of 2 searches (the search list_price_min=101 city=Ulm: 700)"
            " (there would be too many narrower searches): narrow the criterion",
        ),
        (
            Searches(read=[search(words=LOW, listings=90)]),
            "the search list_price_max=100 claims 100 results and showed 90",
        ),
        (
            Searches(read=[search(words=LOW)], shown=100, unfound=5),
            "5 listings were shown by wider searches and by none of the narrower ones",
        ),
    ],
)
def test_each_lack_is_told(searches, reason):
    assert searches.reasons() == [reason]


def test_what_is_out_of_reach_is_told_with_what_to_do():
    (reason,) = Searches(read=[search(words=LOW)], unreached=40).reasons()
    assert reason.startswith("40 results are in none of the narrower searches")
    assert "narrow the criterion by something that they state" in reason
    (reason,) = Searches(read=[search(words=LOW)], unstated=1, unfound=1, shown=500).reasons()
    assert reason.startswith("1 listings do not state what the searches had to be narrowed by")


def test_a_search_that_goes_on_in_the_next_one_shows_its_part():
    assert Searches(read=[search(40, 10, words={"$filter": "k gt 1"}, goes_on=True)]).reasons() == []


def test_many_capped_searches_are_told_in_a_few_words():
    (reason,) = Searches(read=[search(9, 5, words={"city": str(n)}, capped=True) for n in range(50)]).reasons()
    assert "50 of 50 searches" in reason
    assert len(reason) < 250
