"""Each listing that is to be read ends once, in one way; two mistakes never make up for each other."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.domain.account import NAMED, Account, Ending


def account(*names):
    book = Account()
    for name in names:
        book.schedule(name)
    return book


def test_what_ends_well_needs_no_words():
    book = account("a", "b", "c", "d")
    for name, ending in zip("abcd", (Ending.ITEM, Ending.DROPPED, Ending.GONE, Ending.QUARANTINED), strict=True):
        book.end(name, ending)
    assert (book.reasons(), book.waiting) == ([], {})
    assert book.told() == {"item": 1, "dropped": 1, "quarantined": 1, "gone": 1}


def test_a_page_that_gives_two_listings_does_not_make_up_for_one_that_gives_none():
    book = account("a", "b")
    book.end("a", Ending.ITEM)
    book.end("a", Ending.DROPPED)
    assert book.reasons() == ["1 listings were to be read and never ended: b", "1 listings came unasked or twice: a"]
    assert book.told() == {"item": 1, "never ended": 1}


def test_a_page_that_leads_to_another_listing_does_not_make_up_for_that_one():
    book = account("a", "b")
    book.rename("a", "b")  # the page of a shows b
    book.end("b", Ending.ITEM)
    assert book.waits("b")
    book.end("b", Ending.DROPPED)  # b's own page: a duplicate
    assert book.reasons() == []


def test_the_same_key_in_two_rows_ends_twice():
    book = Account()
    book.announce(3)
    for name in ("a", "a", "b"):
        book.schedule(name, announced=True)
        book.end(name, Ending.ITEM)
    assert book.reasons() == []


def test_rows_that_were_counted_and_never_read_are_missed():
    book = Account()
    book.announce(3)
    book.schedule("a", announced=True)
    book.end("a", Ending.ITEM)
    assert book.reasons() == ["2 rows were never read"]
    assert book.told() == {"item": 1, "never ended": 2}


def test_the_first_few_are_named_and_all_are_counted():
    book = account(*(f"k{n}" for n in range(40)), "x" * 9999)
    for n in range(20):
        book.end(f"k{n}", Ending.FAILED)
    failed, lost = book.reasons()
    assert failed == "20 listings could not be read: k0, k1, k2, k3, k4 …"
    assert lost == "21 listings were to be read and never ended: k20, k21, k22, k23, k24 …"


NAMES = st.sampled_from(["a", "b", "c", ""])


@given(st.lists(NAMES), st.lists(st.tuples(NAMES, st.sampled_from(Ending))))
def test_no_reason_means_each_was_asked_and_ended_once(asked, ended):
    book = account(*asked)
    for name, ending in ended:
        book.end(name, ending)
    fine = Counter(asked) == Counter(name for name, _ in ended)
    assert (not book.reasons()) == (fine and not any(ending is Ending.FAILED for _, ending in ended))
    assert sum(book.told().values()) == max(len(asked), sum(book.told().values()))
    assert len(book.strays) <= NAMED + 1
