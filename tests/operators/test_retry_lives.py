"""Whatever has happened to a market, a retried quarantine undoes nothing newer, and a replay comes to the same."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.logic.schemas import LISTINGS
from tests.graph_fixtures.feeds import landing_at
from tests.graph_fixtures.tables import lake_at
from tests.operators.asides import fields, put_aside
from tests.operators.conftest import set_places, typed
from tests.operators.scenarios import WITHOUT_SHRINKING
from tests.operators.test_replay import refresh_all

lives = st.lists(
    st.tuples(
        st.sampled_from(["north", "south"]),
        st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4),
        st.dictionaries(st.sampled_from("abcd"), st.integers(4, 6), max_size=2),
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(life=lives, retried_after=st.integers(0, 5))
def test_whatever_happens_newer_knowledge_stands_and_a_replay_agrees(life, retried_after) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        set_places(root, patch)
        for number, (scope, seen, aside) in enumerate(life, start=1):
            lines = [("old", fields(key, price)) for key, price in aside.items() if key not in seen]
            run_seq = 1 + max((f.run_seq for f in landing_at(root).feeds() if f.scope == scope), default=0)
            put_aside(root, number, *lines, seen=seen, scope=scope, complete=not lines, run_seq=run_seq)
            if number == retried_after:
                assert typed("quarantine", "retry").code == 0
        refresh_all(root)
        before = {row["listing_key"]: row for row in lake_at(root).read(LISTINGS).to_dicts()}
        assert typed("quarantine", "retry").code == 0
        refresh_all(root)
        newest = {key: number for number, (_, seen, aside) in enumerate(life, start=1) for key in {**aside, **seen}}
        for row in lake_at(root).read(LISTINGS).to_dicts():
            was = before.get(row["listing_key"])
            at = newest[row["listing_key"]]
            seen = life[at - 1][1]
            if row["listing_key"] in seen and was is not None:
                assert row == was, "the newest sight was no line in quarantine"
            assert was is None or row["last_seen_at"] >= was["last_seen_at"]
            assert row["first_seen_at"] <= row["last_seen_at"]
        assert typed("replay").code == 0
        assert "0 can be used now" in typed("quarantine", "retry").out or "nothing" in typed("quarantine", "retry").out
        patch.chdir("/")
