"""What of a market is known from earlier feeds: the pages that need not be fetched again. Nothing is guessed."""

import gzip
import hashlib
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realestate_crawler.contracts.manifest import Accepted
from realestate_crawler.domain.cards import card_hash
from realestate_crawler.domain.refresh import UNCHANGED, Why, young
from realestate_crawler.items import Listing
from realestate_crawler.landing.known import Look, known_pages
from realestate_crawler.landing.opening import open_store
from realestate_crawler.vocabulary import Kind
from tests.graph_fixtures.feeds import SOURCE, day, deliver, listing, sighting

AGE = 6
SCOPE = {"id": "all", "source": SOURCE}


def card(key, price=100, **told):
    """What a result card shows."""
    return Listing(
        listing_key=key, kind=Kind.SIGHTING, list_price=Decimal(price), listing_url=f"http://x/{key}", **told
    )


def page(key, price=100, shown=None, **told):
    """The line of a listing's page, with the digest of the card that led there."""
    digest = card_hash(shown or card(key, price), ())
    return listing(key, list_price=Decimal(price), listing_url=f"http://x/{key}", card_hash=digest, **told)


def again(key, price=100):
    """The line of a listing whose card was as before."""
    return sighting(key, card_hash=card_hash(card(key, price), ()))


def look(root, at, criterion=SCOPE, **versions):
    wanted = Look(criterion=criterion, versions=versions, now=day(at), most_days=AGE)
    return known_pages(open_store(str(root / "landing")), SOURCE, "all", wanted)


def why(known, shown):
    """Why the page of a card is fetched; None where it is not."""
    before = known.counts.copy()
    seen = known.seen(shown, card_hash(shown, ()))
    (reason,) = known.counts - before
    assert (reason == UNCHANGED) == (seen is not None)
    return None if seen else Why(reason)


def test_a_card_that_is_as_it_was_is_a_sighting_and_any_other_is_fetched(tmp_path):
    deliver(tmp_path, [page("a"), page("b", 200)], run_seq=1)
    known = look(tmp_path, 2)
    seen = known.seen(card("a"), card_hash(card("a"), ()))
    assert (seen.kind, seen.listing_key, seen.list_price, seen.listing_url) == (Kind.SIGHTING, "a", 100, "http://x/a")
    assert seen.card_hash == card_hash(card("a"), ())
    assert (seen.title, seen.raw, seen.extra) == (None, {}, {})
    assert why(known, card("b", 190)) is Why.CHANGED
    assert why(known, card("b", 200, title="Now with a pool")) is Why.CHANGED
    assert why(known, card("c")) is Why.NEW


def test_a_card_that_says_nothing_or_names_nobody_is_always_fetched(tmp_path):
    mute = Listing(listing_key="a", kind=Kind.SIGHTING, listing_url="http://x/a")
    deliver(
        tmp_path, [listing("a", list_price=Decimal(1)), listing("b", card_hash=card_hash(card("b"), ()))], run_seq=1
    )
    known = look(tmp_path, 2)
    assert why(known, mute) is Why.MUTE
    assert why(known, card("")) is Why.MUTE
    assert why(known, card("a", 1)) is Why.OLD  # its line has no digest: it was read by its page alone


def test_a_price_that_the_card_rounds_is_never_told_as_the_listings_price(tmp_path):
    deliver(tmp_path, [page("a", 248_750, shown=card("a", 249_000))], run_seq=1)
    shown = card("a", 249_000)
    seen = look(tmp_path, 2).seen(shown, card_hash(shown, ()))
    assert (seen.kind, seen.list_price, seen.currency) == (Kind.SIGHTING, None, None)


def test_an_address_that_differs_from_the_pages_own_is_not_told(tmp_path):
    deliver(tmp_path, [page("a")], run_seq=1)
    shown = card("a")
    shown.listing_url = "http://x/a?from=search"
    assert look(tmp_path, 2).seen(shown, card_hash(shown, ())).listing_url is None


def test_sightings_keep_a_page_known_until_it_is_too_old(tmp_path):
    deliver(tmp_path, [page("a")], run_seq=1, at=day(1))
    for n in range(2, 12):
        due = why(look(tmp_path, n), card("a"))
        assert due in (None, Why.OLD)
        assert (due is None) == young("a", day(1), day(n), AGE)
        deliver(tmp_path, [again("a")], run_seq=n, at=day(n))
    assert why(look(tmp_path, 1 + AGE), card("a")) is Why.OLD


def test_the_newest_line_counts_a_card_that_changed_back_is_fetched(tmp_path):
    deliver(tmp_path, [page("a", 100)], run_seq=1, at=day(1))
    deliver(tmp_path, [page("a", 90)], run_seq=2, at=day(2))
    assert why(look(tmp_path, 3), card("a", 100)) is Why.CHANGED
    assert why(look(tmp_path, 3), card("a", 90)) is None


def test_a_sighting_beside_another_card_makes_its_page_uncertain(tmp_path):
    deliver(tmp_path, [page("a", 100)], run_seq=1, at=day(1))
    deliver(tmp_path, [again("a", 90)], run_seq=2, at=day(2))
    assert why(look(tmp_path, 3), card("a", 100)) is Why.OLD


def test_a_listing_that_a_complete_crawl_missed_is_fetched_when_it_is_back(tmp_path):
    deliver(tmp_path, [page("a"), page("b")], run_seq=1, at=day(1))
    deliver(tmp_path, [page("b")], run_seq=2, at=day(2), complete=False)
    assert why(look(tmp_path, 3), card("a")) is None
    deliver(tmp_path, [page("b")], run_seq=3, at=day(2.5))
    assert why(look(tmp_path, 3), card("a")) is Why.AWAY
    assert why(look(tmp_path, 3), card("b")) is None


def test_another_criterion_and_another_reader_know_nothing(tmp_path):
    deliver(tmp_path, [page("a")], run_seq=1, versions={"profile": "1"})
    assert look(tmp_path, 2, profile="1").all_why == ""
    for known in (
        look(tmp_path, 2, profile="2"),
        look(tmp_path, 2, {**SCOPE, "city": "Lund"}, profile="1"),
        look(tmp_path, 2, {**SCOPE, "options": {"url": "http://elsewhere/"}}, profile="1"),
    ):
        assert "has changed since the last crawl" in known.all_why
        assert why(known, card("a")) is Why.ALL
    assert look(tmp_path, 2, {**SCOPE, "options": {"detail_max_age_days": 3}}, profile="1").all_why == ""


def test_what_was_read_before_the_criterion_changed_does_not_count(tmp_path):
    old = {**SCOPE, "city": "Lund"}
    deliver(tmp_path, [page("a"), page("b")], run_seq=1, at=day(1), criterion=old)
    deliver(tmp_path, [again("a"), page("c")], run_seq=2, at=day(2), complete=False)
    known = look(tmp_path, 3)
    assert [why(known, card(key)) for key in "abc"] == [Why.OLD, Why.NEW, None]


def test_nothing_is_known_without_a_feed_or_with_old_ones_only(tmp_path):
    assert why(look(tmp_path, 1), card("a")) is Why.NEW
    deliver(tmp_path, [page("a")], run_seq=1, at=day(1))
    assert look(tmp_path, 9).pages == {}


def test_a_feed_of_the_future_makes_no_page_known(tmp_path):
    deliver(tmp_path, [page("a")], run_seq=1, at=day(5000))
    assert why(look(tmp_path, 2), card("a")) is Why.OLD


def test_an_old_look_that_comes_late_makes_what_it_saw_uncertain(tmp_path):
    """A quarantined line that went through later is in a newer run, but was seen before the older one."""
    deliver(tmp_path, [page("a", 100)], run_seq=1, at=day(3))
    deliver(tmp_path, [page("a", 90)], run_seq=2, at=day(2), complete=False)
    assert why(look(tmp_path, 4), card("a", 90)) is Why.OLD
    assert why(look(tmp_path, 4), card("a", 100)) is Why.OLD


def test_a_run_that_was_delivered_after_a_later_one_began_does_not_count(tmp_path):
    """Its feed is never applied to the tables, so nothing may rest on it."""
    deliver(tmp_path, [page("a", 100)], run_seq=1, at=day(1))
    deliver(tmp_path, [page("a", 90), page("b")], run_seq=2, at=day(2))
    deliver(tmp_path, [page("c")], run_seq=3, at=day(3), follows=1, complete=False)
    known = look(tmp_path, 4)
    assert [why(known, shown) for shown in (card("a", 90), card("a", 100), card("b"), card("c"))] == [
        Why.CHANGED,
        None,
        Why.NEW,
        None,
    ]
    assert known.follows == 3


def test_an_accepted_removal_is_no_look_at_the_market(tmp_path):
    deliver(tmp_path, [page("a")], run_seq=1, at=day(1))
    accepts = Accepted(run_id="x", keys=["z"], by="me")
    deliver(tmp_path, [], run_seq=2, at=day(2), complete=False, accepts=accepts)
    assert why(look(tmp_path, 3), card("a")) is None


def damage(root, run_seq, how):
    (folder,) = (root / "landing").rglob(f"run=*-{run_seq:06d}")
    part, manifest = folder / "part-00001.jsonl.gz", folder / "manifest.json"
    if how == "absent":
        part.unlink()
    elif how == "cut":
        part.write_bytes(part.read_bytes()[:-9])
    elif how == "other content":
        part.write_bytes(gzip.compress(b'{"listing_key":"a"}\n'))
    elif how == "no manifest":
        manifest.write_text("{")
    elif how == "newer format":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    else:  # cut, and the manifest says so: what was written is damaged
        part.write_bytes(part.read_bytes()[:-9])
        told = json.loads(manifest.read_text())
        told["parts"][0]["sha256"] = hashlib.sha256(part.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(told))


@pytest.mark.parametrize("run_seq", [1, 2])
@pytest.mark.parametrize("how", ["absent", "cut", "other content", "no manifest", "newer format", "damaged as written"])
def test_a_feed_that_cannot_be_read_makes_everything_be_fetched_and_says_so(tmp_path, caplog, how, run_seq):
    deliver(tmp_path, [page("a")], run_seq=1, at=day(1))
    deliver(tmp_path, [again("a")], run_seq=2, at=day(2))
    damage(tmp_path, run_seq, how)
    known = look(tmp_path, 3)
    assert "an earlier feed cannot be read" in known.all_why
    assert f"{run_seq:06d}" in known.all_why
    assert why(known, card("a")) is Why.ALL
    assert "every listing's page is fetched" in caplog.text


def test_a_line_that_cannot_be_read_leaves_its_listing_unknown_and_the_others_known(tmp_path):
    deliver(tmp_path, [page("a"), page("b")], run_seq=1)
    (part,) = (tmp_path / "landing").rglob("part-*")
    first, second, _ = gzip.decompress(part.read_bytes()).split(b"\n")
    part.write_bytes(gzip.compress(b"\n".join([first[:40], second, b"[]", b'{"listing_key": 5}', b""])))
    (manifest,) = (tmp_path / "landing").rglob("manifest.json")
    told = json.loads(manifest.read_text())
    told["parts"][0]["sha256"] = hashlib.sha256(part.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told))
    known = look(tmp_path, 2)
    assert [why(known, card(key)) for key in "ab"] == [Why.NEW, None]


def test_an_erased_listing_is_not_known(tmp_path):
    deliver(tmp_path, [page("a"), page("b")], run_seq=1)
    erased = [page("b")]
    for path in (tmp_path / "landing").rglob("run=*/*"):
        path.unlink()
    deliver(tmp_path, erased, run_seq=1)
    assert [why(look(tmp_path, 2), card(key)) for key in "ab"] == [Why.NEW, None]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.booleans(), st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(1, 2), st.integers(1, 2)))
        ),
        max_size=6,
    ),
    st.integers(1, 2),
)
def test_a_sighting_always_rests_on_the_page_that_was_read_last(tmp_path_factory, runs, price):
    """Whatever was delivered: a card is a sighting only where the newest page was read beside the same card."""
    root = tmp_path_factory.mktemp("runs")
    pages = {}
    for number, (complete, seen) in enumerate(runs, start=1):
        known = look(root, number)
        items = []
        for key, (shown, hidden) in seen.items():
            item = known.seen(card(key, shown), card_hash(card(key, shown), ()))
            if item is None:
                item = page(key, shown, title=str(hidden))
                pages[key] = (shown, number)
            items.append(item)
        deliver(root, items, run_seq=number, at=day(number), complete=complete)
    known = look(root, len(runs) + 1)
    for key in "abc":
        if known.seen(card(key, price), card_hash(card(key, price), ())) is not None:
            assert pages[key][0] == price
            assert len(runs) + 1 - pages[key][1] < AGE
