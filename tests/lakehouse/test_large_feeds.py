"""More rows than a writer's batch, and as many as a large market has."""

from decimal import Decimal

import polars as pl

from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import lake_at, refresh


def market(count, *, cheaper_by=0, step=1, without=()):
    gone = set(without)
    return [
        listing(str(n), list_price=Decimal(1000 + n - (cheaper_by if n % step == 0 else 0)), city=f"Town {n % 9}")
        for n in range(count)
        if n not in gone
    ]


def counts(root, table, column):
    found = lake_at(root).read(table).group_by(column).len()
    return dict(found.rows())


def test_more_than_8192_rows_are_merged_right(tmp_path):
    deliver(tmp_path, market(10_000), run_seq=1)
    deliver(tmp_path, market(10_000, cheaper_by=5), run_seq=2)
    deliver(tmp_path, market(10_000, cheaper_by=5, without=range(950)), run_seq=3)
    deliver(tmp_path, market(10_000, cheaper_by=5, without=range(950)), run_seq=4)
    refresh(tmp_path, Guard(at_once_share=1, near_share=1))  # that all prices change at once is what this test is about
    assert counts(tmp_path, LISTINGS, "presence") == {"present": 9_050, "removed": 950}
    changes = {"new": 10_000, "changed": 10_000, "missing": 950, "removed": 950}
    assert counts(tmp_path, LISTING_CHANGES, "change_type") == changes
    assert counts(tmp_path, LISTING_HISTORY, "is_current") == {True: 9_050, False: 10_950}
    listings = lake_at(tmp_path).read(LISTINGS)
    assert listings["listing_key"].is_unique().all()
    assert listings.select((pl.col("list_price") - 995 == pl.col("listing_key").cast(pl.Int64)).all()).item()


def test_a_hundred_thousand_listings_pass(tmp_path):
    items = market(100_000)
    deliver(tmp_path, items, run_seq=1)
    refresh(tmp_path)
    for number in range(0, 100_000, 100):
        items[number] = listing(str(number), list_price=Decimal(1), city="Town")
    deliver(tmp_path, items, run_seq=2)
    [applied] = refresh(tmp_path)
    assert (applied.feed.counts.changed, applied.feed.counts.unchanged) == (1000, 99_000)
    assert lake_at(tmp_path).scan(LISTINGS).select(pl.len()).collect().item() == 100_000
