"""When a listing's absence proves something: every reason why it does not, one by one."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.domain.account import Account, Ending
from realestate_crawler.domain.completeness import Ledger, Outcome, failures, judge
from realestate_crawler.domain.searches import Search, Searches


def ledger(**told):
    """A crawl of a hundred listings on three pages; `ended` says how they ended, `pages` which pages were read."""
    account = Account(ended=Counter({Ending.ITEM: 100, **told.pop("ended", {})}), **told.pop("account", {}))
    search = Search(pages=told.pop("pages", {1, 2, 3}), capped=told.pop("capped", False))
    book = Ledger(**{"claimed_total": 100, "account": account, **told})
    search.claimed_total = book.claimed_total
    book.searches = Searches(read=[search], pages=3)
    return book


def outcome(**told):
    return Outcome(**{"unique": 100, "items": 100, "quarantined": 0, "errors": 0, **told})


def test_listings_that_all_lie_elsewhere_prove_nothing():
    left_out = {"drops": Counter({"outside the criterion: city": 99, "outside the criterion: list_price": 1})}
    book = ledger(ended={Ending.ITEM: 0, Ending.DROPPED: 100}, **left_out)
    complete, reasons, failed = judge(book, outcome(items=0), "finished", Absence.COMPLETE)
    told = "all 99 listings that were seen lie elsewhere: was another place asked for than is meant?"
    assert (complete, reasons, failed) == (False, [told], True)
    book = ledger(ended={Ending.ITEM: 1, Ending.DROPPED: 99}, **left_out)
    assert judge(book, outcome(items=1), "finished", Absence.COMPLETE) == (True, [], False)
    book = ledger(
        ended={Ending.ITEM: 0, Ending.DROPPED: 100}, drops=Counter({"outside the criterion: list_price": 100})
    )
    assert judge(book, outcome(items=0), "finished", Absence.COMPLETE) == (True, [], False)


def test_a_crawl_that_did_all_it_set_out_to_do_is_complete():
    assert judge(ledger(), outcome(), "finished", Absence.COMPLETE) == (True, [], False)


@pytest.mark.parametrize(
    ("book", "end", "finish", "reason"),
    [
        ({}, {}, "shutdown", "the crawl was stopped: shutdown"),
        ({}, {}, "start_error", "the crawl was stopped: start_error"),
        ({"requests": Counter({"ok": 9, "failed: HTTP 503": 2})}, {}, "finished", "2 requests failed: HTTP 503"),
        ({}, {"errors": 1}, "finished", "1 errors while reading pages or items"),
        (
            {"ended": {Ending.ITEM: 99, Ending.QUARANTINED: 1}},
            {"items": 99, "quarantined": 1},
            "finished",
            "1 listings in quarantine",
        ),
        (
            {"ended": {Ending.FAILED: 1}, "account": {"failed": ["k"]}},
            {},
            "finished",
            "1 listings could not be read: k",
        ),
        (
            {"account": {"waiting": {"a": 1, "": 2}}},
            {},
            "finished",
            "3 listings were to be read and never ended: a, (without a key)",
        ),
        ({"account": {"announced": 2}}, {}, "finished", "2 rows were never read"),
        (
            {"account": {"strays": ["x"], "stray_count": 2}},
            {},
            "finished",
            "2 listings came unasked or twice: x",
        ),
        ({}, {"items": 99}, "finished", "99 lines were written, not one for each listing"),
        ({"pages": {1, 2, 5}}, {}, "finished", "result pages 3, 4 were not read"),
        ({"pages": {2}}, {}, "finished", "result pages 1 were not read"),
        ({"capped": True}, {}, "finished", "the source shows only part of its 100 results: narrow the criterion"),
        (
            {"capped": True, "claimed_total": None},
            {},
            "finished",
            "the source shows only part of its many results: narrow the criterion",
        ),
        ({"claimed_total": 103}, {}, "finished", "the source claims 103 listings, 100 were seen"),
        ({"claimed_total": 98}, {}, "finished", "the source claims 98 listings, 100 were seen"),
        ({"claimed_total": 0}, {}, "finished", "the source claims 0 listings, 100 were seen"),
        ({"asked": 7, "requests": Counter({"ok": 4, "gone": 1})}, {}, "finished", "2 requests never ended"),
        (
            {"ended": {Ending.ITEM: 98, Ending.QUARANTINED: 1}, "account": {"announced": 0}},
            {"items": 98, "quarantined": 0},
            "finished",
            "98 lines were written, not one for each listing",
        ),
        ({"claimed_rows": 103}, {}, "finished", "the table claims 103 rows, it has 100"),
        ({"claimed_rows": 98}, {}, "finished", "the table claims 98 rows, it has 100"),
        ({"claimed_rows": 0}, {}, "finished", "the table claims 0 rows, it has 100"),
        ({"gaps": ["page x could not be read"]}, {}, "finished", "page x could not be read"),
        (
            {"ended": {Ending.ITEM: 0}, "claimed_total": 0},
            {"unique": 0, "items": 0},
            "finished",
            "no listing at all was seen: an empty crawl proves nothing",
        ),
    ],
)
def test_each_reason_alone_is_enough(book, end, finish, reason):
    assert judge(ledger(**book), outcome(**end), finish, Absence.COMPLETE) == (False, [reason], True)


@pytest.mark.parametrize(
    ("absence", "word"), [(Absence.PARTIAL, "declared partial"), (Absence.WINDOW, "only its newest listings")]
)
def test_what_is_declared_is_no_failure_and_still_not_complete(absence, word):
    complete, reasons, failed = judge(ledger(), outcome(), "finished", absence)
    assert (complete, failed) == (False, False)
    assert len(reasons) == 1
    assert word in reasons[0]


@pytest.mark.parametrize(
    ("book", "end"),
    [
        ({"claimed_total": None}, {}),
        ({"claimed_total": 102}, {}),
        ({"claimed_rows": 102}, {}),
        ({"claimed_rows": 100, "ended": {Ending.GONE: 2}}, {}),
        ({"asked": 5, "requests": Counter({"ok": 4, "gone": 1})}, {}),
        ({"asked": 4, "requests": Counter({"ok": 4, "gone": 1})}, {}),
        ({"pages": set()}, {}),
        ({"ended": {Ending.ITEM: 90, Ending.DROPPED: 10}}, {"items": 90}),
        ({"claimed_total": 103, "ended": {Ending.GONE: 1}}, {}),
        ({"requests": Counter({"ok": 105, "gone": 1}), "ended": {Ending.GONE: 1}}, {}),
    ],
)
def test_what_is_accounted_for_is_no_reason(book, end):
    assert failures(ledger(**book), outcome(**end), "finished") == []


def test_a_thousand_gaps_are_told_in_a_few_lines():
    reasons = failures(ledger(gaps=[f"page {n}" for n in range(1000)]), outcome(), "finished")
    assert reasons[:2] == ["page 0", "page 1"]
    assert reasons[-1] == "980 more of this kind"
    assert len(reasons) == 21


@pytest.mark.parametrize(("count", "last"), [(20, "page 19"), (21, "1 more of this kind"), (22, "2 more of this kind")])
def test_gaps_are_told_one_by_one_up_to_twenty(count, last):
    reasons = failures(ledger(gaps=[f"page {n}" for n in range(count)]), outcome(), "finished")
    assert (reasons[-1], len(reasons)) == (last, min(count, 21))


def test_lines_are_told_with_those_in_quarantine():
    book, end = ledger(ended={Ending.ITEM: 90}), outcome(items=89, quarantined=2)
    assert "91 lines were written, not one for each listing" in failures(book, end, "finished")


@pytest.mark.parametrize(
    ("absence", "claimed", "failed"),
    [
        (Absence.PARTIAL, 0, False),
        (Absence.WINDOW, 0, False),
        (Absence.PARTIAL, None, True),
        (Absence.COMPLETE, 0, True),
    ],
)
def test_a_part_of_which_nothing_changed_is_no_failure(absence, claimed, failed):
    book = ledger(ended={Ending.ITEM: 0}, claimed_total=claimed)
    complete, reasons, told = judge(book, outcome(unique=0, items=0), "finished", absence)
    assert (complete, told) == (False, failed)
    assert ("no listing at all was seen: an empty crawl proves nothing" in reasons) == failed


COUNT = st.integers(0, 200)


@given(
    st.builds(
        ledger,
        requests=st.dictionaries(st.sampled_from(["ok", "gone", "failed: x"]), COUNT).map(Counter),
        ended=st.dictionaries(st.sampled_from(Ending), COUNT),
        account=st.fixed_dictionaries({"waiting": st.dictionaries(st.sampled_from("ab"), st.just(1))}),
        pages=st.sets(st.integers(1, 6)),
        claimed_total=st.none() | COUNT,
        capped=st.booleans(),
        gaps=st.lists(st.just("gap")),
    ),
    st.builds(Outcome, unique=COUNT, items=COUNT, quarantined=COUNT, errors=st.integers(0, 2)),
    st.sampled_from(["finished", "shutdown"]),
    st.sampled_from(Absence),
)
def test_complete_needs_everything(book, end, finish, absence):
    complete, reasons, failed = judge(book, end, finish, absence)
    assert complete == (not reasons)
    assert not (complete and failed)
    if complete:
        assert finish == "finished"
        assert absence is Absence.COMPLETE
        assert end.items == book.account.ended[Ending.ITEM]
        assert not book.account.ended[Ending.FAILED]
        assert (end.errors, end.quarantined, book.account.waiting, book.gaps) == (0, 0, {}, [])
        assert not book.searches.capped
        assert end.unique > 0
        assert not book.requests["failed: x"]


def test_a_drop_without_a_key_is_counted_and_is_no_listing():
    book = Ledger()
    book.drop("", "no key")
    book.drop("k", "outside")
    book.drop("l", "outside")
    assert (book.seen, book.drops) == ({"k", "l"}, {"no key": 1, "outside": 2})
