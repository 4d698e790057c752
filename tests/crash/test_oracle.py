"""The oracle can say no: each invariant is broken on purpose, and it is that one which is named."""

import datetime as dt
from decimal import Decimal

import polars as pl
import pytest
from deltalake import write_deltalake

from orchestration.ingest.stage import stage_waiting
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import commit_properties
from realestate_crawler.contracts.manifest import Accepted
from tests.crash.invariants import Auditor, BrokenError
from tests.graph_fixtures.feeds import deliver, landing_at, listing
from tests.graph_fixtures.tables import lake_at, refresh


def see(root, number, *keys, scope="all", price=100, **more):
    items = [listing(key, list_price=Decimal(price), currency="EUR") for key in keys]
    return deliver(root, items, run_seq=number, scope=scope, **more)


@pytest.fixture
def auditor(tmp_path):
    see(tmp_path, 1, "a", "b")
    see(tmp_path, 1, "b", "c", scope="south")
    refresh(tmp_path)
    see(tmp_path, 2, "a")
    refresh(tmp_path)
    found = Auditor(str(tmp_path / "landing"), str(tmp_path / "lake"))
    found.check()
    return found


def breaks(number, auditor, look="check"):
    with pytest.raises(BrokenError, match=rf"^invariant {number} \("):
        getattr(auditor, look)()


def told_of(root, number, scope="all"):
    """What a commit tells that applies a feed, and its transaction."""
    (feed,) = (f for f in landing_at(root).feeds() if (f.scope, f.run_seq) == (scope, number))
    manifest = landing_at(root).manifest(feed)
    told = {"source": "town", "scope": scope, "run_id": manifest.run_id, "run_seq": number, "counts": {}}
    return commit_properties(feed.app, number, told | {"observed_at": manifest.observed_at.isoformat()})


def test_a_calm_lake_breaks_nothing(auditor, tmp_path):
    see(tmp_path, 3, "a", price=90)
    refresh(tmp_path)
    auditor.check()
    auditor.check_all_feeds()
    assert {key: one.presence for (_, key), one in auditor.now.known.items()} == dict.fromkeys("abc", "present")
    assert [feed[:3] for feed in auditor.now.feeds] == [
        ("town", "all", 1),
        ("town", "south", 1),
        ("town", "all", 2),
        ("town", "all", 3),
    ]


def test_1_rows_that_no_feed_explains(auditor, tmp_path):
    lake_at(tmp_path).open(LISTINGS).update({"list_price": "1"}, predicate="listing_key = 'a'")
    breaks(1, auditor)


def test_1_a_feed_that_was_never_sealed(auditor, tmp_path):
    ref = see(tmp_path, 3, "a")
    refresh(tmp_path)
    (tmp_path / "landing" / ref.key).unlink()
    breaks(1, auditor)


def test_2_a_feed_that_is_applied_once_more(auditor, tmp_path):
    write_deltalake(
        lake_at(tmp_path).open(LISTINGS), LISTINGS.empty(), mode="append", commit_properties=told_of(tmp_path, 2)
    )
    breaks(2, auditor)


def test_3_a_removal_after_a_run_that_is_not_complete(tmp_path):
    see(tmp_path, 1, "a", "b")
    see(tmp_path, 2, "a")
    run = see(tmp_path, 3, "a", complete=False)
    see(tmp_path, 4, complete=False, accepts=Accepted(run_id=run.run_id, keys=["b"], by="nobody"))
    refresh(tmp_path)
    breaks(3, Auditor(str(tmp_path / "landing"), str(tmp_path / "lake")))


def test_4_a_run_that_touches_another_scope(auditor, tmp_path):
    see(tmp_path, 3, "a")
    lake = lake_at(tmp_path)
    rows = lake.read(LISTINGS).filter(pl.col("listing_key") == "c").with_columns(title=pl.lit("other"))
    (
        lake.open(LISTINGS)
        .merge(
            rows,
            predicate="t.source = 'town' AND s.listing_key = t.listing_key",
            source_alias="s",
            target_alias="t",
            commit_properties=told_of(tmp_path, 3),
        )
        .when_matched_update_all()
        .execute()
    )
    breaks(4, auditor)


@pytest.mark.parametrize("known", [True, False])
def test_5_a_part_that_is_not_what_its_manifest_says(auditor, tmp_path, known):
    ref = see(tmp_path, 3, "a")
    if known:
        auditor.check()
    (part,) = (tmp_path / "landing" / ref.key).parent.glob("part-*")
    part.write_bytes(part.read_bytes()[:-1] + b"x")
    breaks(5, auditor, "check_all_feeds" if known else "check")


def test_5_a_feed_that_is_gone(auditor, tmp_path):
    ref = see(tmp_path, 3, "a")
    auditor.check()
    (tmp_path / "landing" / ref.key).unlink()
    breaks(5, auditor, "check_all_feeds")


def test_6_a_number_that_counts_as_applied_and_is_not(auditor, tmp_path):
    write_deltalake(
        lake_at(tmp_path).open(LISTINGS),
        LISTINGS.empty(),
        mode="append",
        commit_properties=commit_properties("feed/town/all", 7),
    )
    breaks(6, auditor)


def test_7_a_row_that_was_seen_in_the_future(auditor, tmp_path):
    see(tmp_path, 3, "a", at=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    refresh(tmp_path)
    breaks(7, auditor)


def test_8_a_commit_that_is_lost(auditor, tmp_path):
    see(tmp_path, 3, "a", price=90)
    refresh(tmp_path)
    log = tmp_path / "lake/silver/listings/_delta_log"
    sorted(log.glob("*.json"))[-2].unlink()
    breaks(8, auditor)


def test_8_a_commit_that_is_cut(auditor, tmp_path):
    see(tmp_path, 3, "a", price=90)
    refresh(tmp_path)
    newest = max((tmp_path / "lake/silver/listings/_delta_log").glob("*.json"))
    newest.write_bytes(newest.read_bytes()[:50])
    breaks(8, auditor)


def test_9_an_event_that_never_happened(auditor, tmp_path):
    table = lake_at(tmp_path).open(LISTING_CHANGES)
    write_deltalake(table, lake_at(tmp_path).read(LISTING_CHANGES).head(1), mode="append")
    breaks(9, auditor)


def test_9_an_event_that_is_lacking(auditor, tmp_path):
    see(tmp_path, 3, "a", price=90)
    refresh(tmp_path)
    lake_at(tmp_path).open(LISTING_CHANGES).delete("change_type = 'changed'")
    breaks(9, auditor)


def test_a_second_look_costs_nothing_and_finds_nothing(auditor):
    auditor.check()
    auditor.check()


def test_the_model_needs_two_complete_misses_to_remove(tmp_path):
    for number, complete in ((1, True), (2, True), (3, False), (4, True)):
        see(tmp_path, number, *("ab" if number == 1 else "a"), complete=complete)
        refresh(tmp_path)
        auditor = Auditor(str(tmp_path / "landing"), str(tmp_path / "lake"))
        auditor.check()
        presence = auditor.now.known["town", "b"].presence
        assert presence == {1: "present", 2: "missing", 3: "missing", 4: "removed"}[number]


def test_what_is_staged_and_not_merged_is_no_version(auditor, tmp_path):
    see(tmp_path, 3, "a")
    stage_waiting(lake_at(tmp_path), landing_at(tmp_path), "town", "all", Guard())
    auditor.check()
    assert auditor.applied["town", "all"] == 2
    assert ("town", "all", 3) in auditor.bronze.feeds
