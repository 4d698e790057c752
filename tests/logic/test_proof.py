"""Which losses nothing proves."""

import polars as pl

from orchestration.logic.proof import unproven

LOSS = ("source", "listing_key", "scope", "run_id", "change_type")
FEED = ("source", "scope", "run_id", "run_seq", "complete", "accepts_run")


def runs(*complete, scope="all", accepts=None):
    """Runs 1, 2, 3 … of a scope; `accepts`: run → the run that it lets pass."""
    rows = [("town", scope, f"{scope}-{n}", n, told, (accepts or {}).get(n)) for n, told in enumerate(complete, 1)]
    return pl.DataFrame(rows, schema=list(FEED), orient="row", infer_schema_length=None).with_columns(
        pl.col("accepts_run").cast(pl.String)
    )


def loss(kind, run, key="a", scope="all"):
    return pl.DataFrame([("town", key, scope, run, kind)], schema=list(LOSS), orient="row")


def bad(losses, feeds):
    return unproven(losses, feeds)["listing_key"].to_list()


def test_a_complete_run_proves_a_first_miss():
    assert bad(loss("missing", "all-1"), runs(True)) == []
    assert bad(loss("missing", "all-2"), runs(True, True)) == []


def test_a_removal_needs_a_complete_run_before_it():
    assert bad(loss("removed", "all-2"), runs(True, True)) == []
    assert bad(loss("removed", "all-3"), runs(True, False, True)) == []
    assert bad(loss("removed", "all-1"), runs(True)) == ["a"]
    assert bad(loss("removed", "all-2"), runs(False, True)) == ["a"]


def test_a_run_that_is_not_complete_proves_nothing():
    assert bad(loss("missing", "all-1"), runs(False)) == ["a"]
    assert bad(loss("removed", "all-3"), runs(True, True, False)) == ["a"]


def test_a_run_that_nobody_knows_proves_nothing():
    assert bad(loss("missing", "all-9"), runs(True, True)) == ["a"]


def test_another_scope_proves_nothing():
    feeds = pl.concat([runs(True, True, scope="south"), runs(False, True)])
    assert bad(loss("removed", "all-2"), feeds) == ["a"]
    assert bad(loss("removed", "south-2", scope="south"), feeds) == []


def test_an_acceptance_is_proven_by_the_run_that_held_it():
    accepted = {4: "all-3"}
    assert bad(loss("removed", "all-4"), runs(True, True, True, False, accepts=accepted)) == []
    assert bad(loss("removed", "all-4"), runs(True, True, False, False, accepts=accepted)) == ["a"]
    assert bad(loss("removed", "all-4"), runs(False, False, True, False, accepts=accepted)) == ["a"]


def test_only_the_unproven_are_named_with_their_own_columns():
    losses = pl.concat([loss("missing", "all-1", "good"), loss("missing", "all-2", "bad")])
    found = unproven(losses, runs(True, False))
    assert found.rows() == [("town", "bad", "all", "all-2", "missing")]
    assert found.columns == losses.columns
