"""When an ingestion is submitted, what is waited for, and what an operator reads when there is no room."""

import re

import pytest

from orchestration.druid.client import DruidClient, DruidError
from orchestration.druid.settings import DruidSettings
from orchestration.druid.slots import NoSlotsError, await_end, await_slots
from orchestration.druid.tasks import WORKS, Task, active
from tests.druid.overlord import Overlord, task, worker


@pytest.fixture
def wait(serve):
    def waited(overlord, *undead, seconds=0.0, change=None):
        """What was said until there was room."""
        said = []

        def say(message):
            said.append(message)
            if change:
                change()

        client = DruidClient(DruidSettings(url=serve(overlord.answer).url))
        tasks = [Task(t["id"], t["type"], t["dataSource"], t["statusCode"], t["runnerStatusCode"]) for t in undead]
        await_slots(client, tasks, seconds=seconds, say=say)
        return said

    return waited


def refused(wait, overlord, *undead):
    with pytest.raises(NoSlotsError, match="nothing was submitted") as caught:
        wait(overlord, *undead)
    return str(caught.value)


def test_room_is_taken_at_once(wait):
    assert wait(Overlord([worker()])) == []
    assert wait(Overlord([worker("a", capacity=3)])) == []
    assert wait(Overlord([worker(capacity=1), worker("a", capacity=2)])) == []


def test_no_worker(wait):
    assert "start an indexer or a middle manager" in refused(wait, Overlord([]))


@pytest.mark.parametrize("other", [worker(version=""), worker(blacklisted="2026-01-01T00:00:00.000Z")])
def test_a_worker_that_takes_no_tasks_is_none(wait, other):
    assert "no worker" in refused(wait, Overlord([other]))


def test_workers_that_are_too_small_for_ever(wait):
    assert "have 1 task slots: raise druid.worker.capacity" in refused(wait, Overlord([worker(capacity=1)]))


def test_what_holds_the_slots_is_named(wait):
    theirs = task("index_kafka_x", kind="index_kafka", datasource="clicks")
    why = refused(wait, Overlord([worker("index_kafka_x")], [theirs]))
    assert "1 of 2 are free, index_kafka_x (clicks) hold the others: wait for them" in why
    assert "unknown to the overlord" in refused(wait, Overlord([worker("index_kafka_x")]))


def test_many_holders_are_counted(wait):
    full = worker(*(f"t{n}" for n in range(8)), capacity=8)
    assert re.search(r"t4 \(.*\) and 3 more hold", refused(wait, Overlord([full])))


def test_a_cancelled_task_that_holds_a_slot_is_told_apart(wait):
    dead = task("query-1", status="FAILED")
    why = refused(wait, Overlord([worker("query-1")], [dead]), dead)
    assert "query-1 (listings, cancelled and not gone)" in why
    assert "if those that were cancelled do not go, restart the indexer or middle manager" in why


@pytest.mark.parametrize("status", ["RUNNING", "FAILED"])
def test_what_is_in_the_queue_goes_first(wait, status):
    before = task("query-1", status=status, place="PENDING")
    assert "2 of 2 are free, but query-1 is in Druid's queue before us" in refused(
        wait, Overlord([worker()], [before]), before
    )
    assert wait(Overlord([worker(capacity=4)], [before]), before) == []
    gone = task("query-1", status=status, place="WAITING")
    assert wait(Overlord([worker()], [gone]), before) == []


def test_a_worker_in_the_queue_needs_one_slot(wait):
    before = task("query-1-worker0_0", kind=WORKS, place="PENDING", datasource="somebody's")
    assert "query-1-worker0_0 is in Druid's queue" in refused(wait, Overlord([worker()], [before]))
    assert wait(Overlord([worker(capacity=3)], [before])) == []
    other = task("index_kafka_x", kind="index_kafka", place="PENDING", datasource="somebody's")
    assert wait(Overlord([worker()], [other])) == []


@pytest.mark.parametrize(
    ("workers", "why"),
    [([], "Druid has no worker"), ([worker("query-1")], "query-1, of an earlier run, has not ended")],
)
def test_what_an_earlier_run_left_in_the_queue_is_waited_for(serve, workers, why):
    overlord, said = Overlord(workers, [task("query-1", place="PENDING")]), []
    client = DruidClient(DruidSettings(url=serve(overlord.answer).url))
    left = active(client, "listings")
    with pytest.raises(NoSlotsError, match=why):
        await_end(client, left, seconds=0, say=said.append)

    def ends(message):
        said.append(message)
        overlord.tasks = [task("query-1", status="SUCCESS", place="NONE")]

    await_end(client, left, seconds=60, say=ends)
    assert len(said) == 1


def test_room_is_waited_for_and_that_is_said_once(wait):
    overlord = Overlord([worker("a", "b")])
    asked = []

    def leave_later(path):
        asked.append(path)
        if len(asked) > 12:
            overlord.workers = [worker()]
        return Overlord.answer(overlord, path)

    overlord.answer = leave_later
    (said,) = wait(overlord, seconds=60)
    assert said.startswith("waiting for 2 free task slots: 0 of 2 are free")


def test_a_druid_that_grows_is_not_waited_for(wait):
    assert wait(Overlord([], most=10)) == []
    assert "no worker" in refused(wait, Overlord([], most=0))


@pytest.mark.parametrize("told", [(403, "Unauthorized"), (500, "Task Runner does not support worker listing")])
def test_a_druid_that_does_not_tell_is_not_waited_for(wait, told):
    (said,) = wait(Overlord(told))
    assert "without looking for room" in said


def test_a_druid_that_has_no_leader_for_a_while_is_waited_for(wait):
    overlord = Overlord((503, "no leader"))

    def elected():
        overlord.workers = [worker()]

    (said,) = wait(overlord, seconds=60, change=elected)
    assert "503" in said
    assert "503" in refused(wait, Overlord((503, "no leader")))


def test_a_wrong_password_is_not_waited_for(wait):
    with pytest.raises(DruidError, match="401"):
        wait(Overlord((401, "who?")), seconds=60)
