"""A run that dies between two writes: the next one ends where an undisturbed one would."""

import pytest
from deltalake.exceptions import CommitFailedError

from orchestration.ingest import derive, merge, stage
from tests.graph_fixtures.tables import contents, derive_all, merge_all, refresh, stage_all
from tests.lakehouse.conftest import deliver_day


class CrashError(Exception):
    """Stands for a process that dies here."""


def crash_at(monkeypatch, module, name, *, call, after=False):
    """Lets the n-th call of a function die, before or after it did its work; says whether it came to that."""
    real, calls = getattr(module, name), []

    def dying(*args, **kwargs):
        calls.append(name)
        if len(calls) != call:
            return real(*args, **kwargs)
        if after:
            real(*args, **kwargs)
        raise CrashError(name)

    monkeypatch.setattr(module, name, dying)
    return calls


POINTS = [
    (stage, "_write", 2, True),
    (merge, "_commit", 1, False),
    (merge, "_commit", 3, True),
    (derive, "_append", 2, True),
    (derive, "_append", 8, False),
    (derive, "_merge_history", 1, True),
    (derive, "_merge_history", 4, False),
]


@pytest.mark.parametrize(("module", "name", "call", "after"), POINTS)
def test_a_run_that_dies_is_finished_by_the_next(monkeypatch, tmp_path, undisturbed_three, module, name, call, after):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    with monkeypatch.context() as patch:
        crash_at(patch, module, name, call=call, after=after)
        with pytest.raises(CrashError):
            refresh(tmp_path)
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_commit_that_arrived_although_its_answer_was_lost_is_recognised(monkeypatch, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    real = merge._commit

    def answer_lost(*args):
        real(*args)
        raise CommitFailedError("the answer was lost")

    monkeypatch.setattr(merge, "_commit", answer_lost)
    applied = merge_all(tmp_path, stage_all(tmp_path))
    assert len(applied) == 6
    assert len({feed.version for feed in applied}) == 6
    derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_commit_conflict_is_tried_again(monkeypatch, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    real, calls = merge._commit, []

    def sometimes(*args):
        calls.append(1)
        if len(calls) % 2:
            raise CommitFailedError("somebody else was faster")
        real(*args)

    monkeypatch.setattr(merge, "_commit", sometimes)
    assert len(merge_all(tmp_path, stage_all(tmp_path))) == 6
    derive_all(tmp_path)
    assert contents(tmp_path) == undisturbed_three


def test_a_feed_that_never_gets_through_says_so_and_waits(monkeypatch, tmp_path, undisturbed_three):
    for number in range(1, 4):
        deliver_day(tmp_path, number)

    def never(*_args):
        raise CommitFailedError("somebody else was faster")

    staged = stage_all(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(merge, "_commit", never)
        with pytest.raises(RuntimeError, match=r"scope=north.*run again"):
            merge_all(tmp_path, staged)
    refresh(tmp_path)
    assert contents(tmp_path) == undisturbed_three
