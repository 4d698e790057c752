"""F38: a feed changes the listings of its own scope; every other row is the same to the byte before and after."""

import polars as pl
import pytest

from orchestration.logic.digests import digest
from orchestration.logic.schemas import LISTINGS
from tests.graph_fixtures.feeds import deliver
from tests.graph_fixtures.tables import lake_at, listings_by_key, refresh, stage_all
from tests.lakehouse.conftest import home


def others(root, *keys):
    """Digest of all rows but those of the keys."""
    return digest(lake_at(root).read(LISTINGS).filter(~pl.col("listing_key").is_in(keys)))


@pytest.fixture
def town(tmp_path):
    deliver(tmp_path, [home("a", 1), home("b", 2), home("both", 3)], run_seq=1, scope="north")
    deliver(tmp_path, [home("c", 4), home("both", 3)], run_seq=1, scope="south")
    deliver(tmp_path, [home("a", 9)], run_seq=1, scope="all", source="village")
    refresh(tmp_path)
    return tmp_path


@pytest.mark.fault("F38", "other source")
def test_lines_of_another_source_stop_their_scope_only(town):
    """F38: source of site A in a feed of site B."""
    before = others(town)
    ref = deliver(town, [home("a", 100)], run_seq=2, scope="north")
    path = town / "landing" / ref.key
    text = path.read_text().replace('"source": "town"', '"source": "village"')
    path.write_text(text)
    [staged] = stage_all(town)
    assert staged.damaged
    assert refresh(town) == []
    assert others(town) == before


@pytest.mark.parametrize("complete", [True, False], ids=["F38-said-to-be-complete", "F38-not-complete"])
@pytest.mark.fault("F38", "empty source")
def test_an_empty_feed_removes_nothing_of_others(town, complete):
    """F38: empty source. The crawler never calls an empty crawl complete; were it so, only its own scope is missed."""
    before = others(town, "a", "b")
    deliver(town, [], run_seq=2, scope="north", complete=complete)
    refresh(town)
    rows = lake_at(town).read(LISTINGS).filter(pl.col("source") == "town")
    presence = dict(rows.select("listing_key", "presence").iter_rows())
    assert presence["c"] == presence["both"] == "present"
    assert (presence["a"] == "present") is not complete
    if not complete:
        assert others(town, "a", "b") == before


@pytest.mark.fault("F38", "unknown scope")
def test_an_unknown_scope_only_adds(town):
    """F38: unknown scope."""
    before = others(town, "new")
    deliver(town, [home("new", 1)], run_seq=1, scope="nobody-knows")
    refresh(town)
    assert others(town, "new") == before
    assert listings_by_key(town)["new"]["present_in"] == ["nobody-knows"]


@pytest.mark.fault("F38", "renamed scope")
def test_a_scope_that_is_renamed_takes_nothing_away(town):
    """F38: scope renamed: the old one still holds its listings, and nothing is removed by the new one."""
    for run_seq in (1, 2, 3):
        deliver(town, [home("a", 1)], run_seq=run_seq, scope="north-2")
    refresh(town)
    rows = lake_at(town).read(LISTINGS).filter(pl.col("source") == "town")
    assert set(rows["presence"]) == {"present"}
    assert rows.filter(pl.col("listing_key") == "a")["present_in"].to_list() == [["north", "north-2"]]


@pytest.mark.fault("F38", "listing in two scopes")
def test_a_listing_in_two_scopes_stays_while_one_sees_it(town):
    """F38: listing present in two scopes."""
    before = others(town, "a", "b", "both")
    for run_seq in (2, 3):
        deliver(town, [home("a", 1), home("b", 2)], run_seq=run_seq, scope="north")
    refresh(town)
    assert listings_by_key(town)["both"]["presence"] == "present"
    assert others(town, "a", "b", "both") == before
