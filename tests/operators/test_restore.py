"""`restore` goes back, and applying the later feeds again leads to the same tables."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.logic.lineage import Commit, continues, lineage, outstanding
from orchestration.logic.schemas import LISTINGS, MARKET_DAILY
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import contents, lake_at, refresh
from tests.operators.conftest import Operate, set_places, typed
from tests.operators.scenarios import WITHOUT_SHRINKING, Look, Market, looks
from tests.operators.test_replay import refresh_all

HOMES = [listing(f"h{n}", list_price=100, city="Lund", offer="sale") for n in range(4)]


def everything(root: Path) -> dict:
    return {**contents(root), "market_daily": sorted(map(repr, lake_at(root).read(MARKET_DAILY).rows()))}


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
@given(life=looks, places=st.lists(st.floats(0, 0.99), min_size=1, max_size=2))
def test_going_back_and_forth_again_changes_nothing(life: list[Look], places: list[float]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        set_places(root, patch)
        market = Market(root)
        for look in life:
            market.deliver(look)
            refresh_all(root)
        before = everything(root)
        for place in places:
            version = int(lake_at(root).version(LISTINGS) * place)
            answer = typed("restore", str(version), "--yes")
            assert answer.code == 0, answer.err
        refresh_all(root)
        assert everything(root) == before
        assert typed("doctor").code == 0
        patch.chdir("/")


@pytest.fixture
def days(tmp_path: Path) -> tuple[Path, list[dict]]:
    """Four feeds applied one by one (versions 1 to 4 of listings), and the tables after each."""
    states = [{}]
    for run_seq, items in enumerate([HOMES, HOMES[:3], HOMES[:3], HOMES], start=1):
        deliver(tmp_path, items, run_seq=run_seq)
        refresh_all(tmp_path)
        states.append(everything(tmp_path))
    return tmp_path, states


@pytest.mark.fault("F40", "restore and apply")
def test_all_tables_are_as_they_were(days, operate: Operate) -> None:
    root, states = days
    for version in (3, 1, 2):  # the last one lies on a branch that was left
        answer = operate("restore", str(version), "--yes")
        assert answer.code == 0, answer.err
        assert everything(root) == states[version]
        assert operate("doctor").code == 0
    refresh_all(root)
    assert everything(root) == states[4]
    assert operate("replay").code == 0


def test_without_yes_nothing_changes(days, operate: Operate) -> None:
    root, states = days
    answer = operate("restore", "2")
    assert answer.code == 0
    assert "town/all run 3" in answer.out
    assert "town/all run 4" in answer.out
    assert lake_at(root).version(LISTINGS) == 4
    assert everything(root) == states[4]


def test_a_crash_after_the_first_commit_is_finished_by_the_next_run(days, operate: Operate, monkeypatch) -> None:
    import orchestration.operations.restoring as restoring

    root, states = days

    def crash(*_words: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(restoring, "follow", crash)
    with pytest.raises(RuntimeError, match="killed"):
        operate("restore", "2", "--yes")
    assert lake_at(root).version(LISTINGS) == 5
    refresh_all(root)
    assert everything(root) == states[4]


@pytest.mark.parametrize("version", ["4", "99", "-1"])
def test_a_version_that_is_not_older_is_refused(days, operate: Operate, version: str) -> None:
    root, states = days
    assert operate("restore", version, "--yes").code == 2
    assert everything(root) == states[4]


def test_a_vacuumed_version_is_refused(days, operate: Operate) -> None:
    root, states = days
    lake_at(root).open(LISTINGS).vacuum(0, dry_run=False, enforce_retention_duration=False)
    answer = operate("restore", "1", "--yes")
    assert answer.code == 2
    assert "vacuum" in answer.err
    assert everything(root) == states[4]


def test_a_later_feed_that_is_lost_is_named_before_anything_is_done(days, operate: Operate) -> None:
    root, states = days
    next((root / "landing").rglob("run=*-000003/manifest.json")).unlink()
    answer = operate("restore", "1", "--yes")
    assert answer.code == 2
    assert "feed/town/all run 3" in answer.err
    assert everything(root) == states[4]
    assert not refresh(root)


def test_lineage_follows_restores() -> None:
    feeds = {1, 2, 3, 5, 7}
    commits = [Commit(n, {} if n in feeds else None, {4: 1, 6: 3}.get(n)) for n in range(8)]
    assert lineage(commits, 3) == [1, 2, 3]
    assert lineage(commits, 5) == [1, 5]
    assert lineage(commits, 7) == [1, 2, 3, 7]
    assert continues(commits, 7, 2)
    assert not continues(commits, 7, 5)
    assert outstanding(commits, 7, 4) == [2, 3, 7]
