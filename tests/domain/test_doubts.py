"""A run that sees far less than the runs before it is doubted, until it is what is usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.doubts import Measure, doubts

WHOLE = {"list_price": 95, "city": 100, "year_built": 30}


def seen(unique, **filled):
    return Measure(unique, 100, {**WHOLE, **filled})


def told(uniques):
    """For each run, oldest first, whether it is doubted; doubted runs are measures as well."""
    past, found = [], []
    for unique in uniques:
        found.append(bool(doubts(Measure(unique), past)))
        past.insert(0, Measure(unique))
    return found


@pytest.mark.fault("F16", "one result page")
def test_far_fewer_than_usual_is_doubted_in_words_with_numbers():
    assert doubts(Measure(37), [Measure(2_103), Measure(2_100), Measure(2_090)]) == [
        "37 listings were seen, 2100 are usual here"
    ]


def test_a_tenth_or_ten_fewer_is_no_doubt_and_a_first_run_has_nothing_to_be_compared_with():
    assert told([1000, 900, 1000, 899]) == [False, False, False, True]
    assert told([60, 50, 60, 49]) == [False, False, False, True]
    assert doubts(Measure(0), []) == []


def test_result_pages_that_are_lost_in_silence_are_doubted_one_after_the_other():
    assert told([91, 91, 78, 91, 88, 77, 63, 67]) == [False, False, True, False, False, True, True, False]


def test_a_lasting_shrink_is_believed_with_its_third_run():
    assert told([1000, 1000, 1000, 400, 400, 400, 400]) == [False, False, False, True, True, False, False]
    assert told([1000, 400, 400, 400]) == [False, True, True, False]


def test_one_bad_run_leaves_no_trace():
    assert told([1000, 1000, 10, 1000, 990]) == [False, False, True, False, False]


def test_a_small_scope_may_shrink_as_it_likes():
    assert told([10, 10, 10, 1, 0]) == [False] * 5
    assert told([20, 20, 20, 9]) == [False, False, False, True]


def test_a_growing_market_is_never_doubted():
    assert not any(told([10, 100, 1000, 100_000]))


@pytest.mark.fault("F16", "price empty in 80 %")
def test_a_field_that_most_had_and_few_have_now_is_doubted():
    past = [seen(100), seen(100), seen(100)]
    assert doubts(seen(100, list_price=40), past) == [
        "40 of 100 listings have a value of list_price, where 95% is usual"
    ]
    assert doubts(seen(100, list_price=48), past) == []
    assert doubts(seen(100, year_built=0), past) == [], "few had it before"


def test_a_lasting_loss_of_a_field_is_believed_with_its_third_run():
    lost = seen(100, list_price=0)
    assert doubts(lost, [seen(100), seen(100), seen(100)])
    assert doubts(lost, [lost, seen(100), seen(100)])
    assert not doubts(lost, [lost, lost, seen(100)])


def test_result_cards_say_nothing_of_fields():
    assert doubts(Measure(1000, 5, {}), [seen(1000)] * 3) == []
    assert doubts(seen(1000, list_price=0), [Measure(1000, 5, {})] * 3) == []


@given(st.lists(st.integers(0, 500), max_size=12))
def test_whatever_came_before_the_third_equal_run_is_believed(uniques):
    assert not told([*uniques, 300, 300, 300])[-1]
