"""What a staged feed says of itself: for the diff, for the commit, and for a row of `feeds`."""

from collections import Counter

import polars as pl
import pytest

from orchestration.ingest.stage import StagedScope, look_of, read_staged, staged_feed, told
from orchestration.logic.diff import Counts, Diff
from orchestration.logic.salvage import BadLine
from orchestration.logic.schemas import LISTINGS
from orchestration.resources import staging
from orchestration.resources.landing import FeedRef, Flaws
from realestate_crawler.contracts.manifest import Absence, Accepted, Retried
from tests.graph_fixtures.feeds import day, deliver, landing_at
from tests.graph_fixtures.tables import lake_at
from tests.lakehouse.conftest import home

REF = FeedRef("town", "all", 3, "key")


@pytest.fixture
def manifest(tmp_path):
    """`manifest(**more)`: what a crawl of one home would say."""

    def made(**more):
        ref = deliver(tmp_path, [home("a", 1)], run_seq=3, **more)
        return landing_at(tmp_path).manifest(ref)

    return made


def flaws(bad=0, **emptied):
    return Flaws([("part-1", BadLine(n + 1, "no JSON", "{")) for n in range(bad)], Counter(emptied))


DIFF = Diff(LISTINGS.empty(), Counts(observed=1, new=1), ["n"], ["g"], ["too many"], ["odd"])


def test_the_diff_knows_whose_look_it_is(manifest):
    look = look_of(manifest(volatile=["views", "title"]), flaws())
    assert (look.source, look.scope, look.observed_at) == ("town", "all", day(3))
    assert (look.run_id, look.volatile) == ("20260304T060000Z-000003", {"views", "title"})
    assert (look.complete, look.partial, look.accepts) == (True, False, None)


@pytest.mark.parametrize(
    ("more", "bad", "complete", "partial"),
    [
        ({}, 1, False, False),
        ({"complete": False}, 0, False, False),
        ({"absence": Absence.PARTIAL, "complete": False}, 0, False, True),
        ({"absence": Absence.WINDOW, "complete": False}, 0, False, False),
    ],
)
def test_absence_proves_something_only_where_every_line_was_read(manifest, more, bad, complete, partial):
    look = look_of(manifest(**more), flaws(bad))
    assert (look.complete, look.partial) == (complete, partial)


def test_a_staged_feed_says_what_was_found_and_what_was_not_read(manifest):
    found = staged_feed(REF, manifest(), DIFF, flaws(2, list_price=7))
    assert (found.ref, found.observed_at, found.counts) == (REF, day(3), DIFF.counts)
    assert (found.new_columns, found.gone_columns, found.holds) == (["n"], ["g"], ["too many"])
    assert found.flags == ["odd", "list_price: 7 values do not fit their column, kept raw"]
    assert found.unread == 2
    assert found.reasons == ["2 lines cannot be read: part-1 line 1: no JSON; part-1 line 2: no JSON"]


def test_the_commit_tells_all_of_it(manifest):
    said = manifest(claimed_total=9, result_pages=2, quarantined=3, drops={"outside": 4, "twice": 1}, unique_listings=6)
    of = told(said, staged_feed(REF, said, DIFF, flaws()))
    assert of == {
        "source": "town",
        "scope": "all",
        "run_id": said.run_id,
        "run_seq": 3,
        "observed_at": "2026-03-04T06:00:00+00:00",
        "complete": True,
        "reasons": [],
        "claimed_total": 9,
        "result_pages": 2,
        "items": 1,
        "unique_listings": 6,
        "quarantined": 3,
        "dropped": 5,
        "accepts_run": None,
        "retries_run": None,
        "new_columns": ["n"],
        "gone_columns": ["g"],
        "holds": ["too many"],
        "flags": ["odd"],
        "counts": of["counts"],
    }
    assert (of["counts"]["observed"], of["counts"]["new"], of["counts"]["missing"]) == (1, 1, 0)


def test_lines_that_were_not_read_are_told_beside_the_reasons_of_the_crawl(manifest):
    said = manifest(complete=False, quarantined=3)
    of = told(said, staged_feed(REF, said, DIFF, flaws(2)))
    assert (of["complete"], of["quarantined"]) == (False, 5)
    assert [reason.split(":")[0] for reason in of["reasons"]] == ["stopped", "2 lines cannot be read"]


def test_a_complete_crawl_with_unread_lines_is_told_as_not_complete(manifest):
    said = manifest()
    assert told(said, staged_feed(REF, said, DIFF, flaws(1)))["complete"] is False


def test_an_acceptance_names_the_run(manifest):
    said = manifest(accepts=Accepted(run_id="r-2", by="somebody"), complete=False)
    assert look_of(said, flaws()).accepts.run_id == "r-2"
    assert told(said, staged_feed(REF, said, DIFF, flaws()))["accepts_run"] == "r-2"


def test_lines_that_were_tried_again_name_the_run(manifest):
    said = manifest(retries=Retried(run_id="r-2", lines=["l"]), complete=False)
    assert told(said, staged_feed(REF, said, DIFF, flaws()))["retries_run"] == "r-2"


def test_the_rows_of_one_run_are_read_from_those_of_all(tmp_path):
    lake = lake_at(tmp_path)
    rows = pl.concat([LISTINGS.empty(), LISTINGS.empty()]).with_columns(run_seq=pl.lit(1, pl.Int64))
    one = pl.DataFrame({name: [None, None] for name in LISTINGS.columns}, schema=LISTINGS.columns).with_columns(
        listing_key=pl.Series(["a", "b"]), run_seq=pl.Series([3, 4], dtype=pl.Int64)
    )
    key = staging.write(lake.root, "town", "all", pl.concat([rows, one]))
    scope = StagedScope("town", "all", 0, staged=key)
    assert read_staged(lake, scope, 3)["listing_key"].to_list() == ["a"]
    assert read_staged(lake, scope, 3).columns == list(LISTINGS.columns)
    staging.discard(lake.root, key)
    assert read_staged(lake, scope, 3) is None
