"""What of earlier runs is ended before an ingestion, and what is left alone."""

import pytest

from orchestration.druid.client import DruidClient
from orchestration.druid.settings import DruidSettings
from orchestration.druid.tasks import WORKS, end_left_overs, query_id, task_name
from tests.druid.overlord import Overlord, task

OURS = ("listings", "market_daily")


@pytest.fixture
def end(serve):
    def ended(*tasks, name="listings", run="run-2", phases=None):
        overlord = Overlord(tasks=list(tasks), phases=phases or {})
        client = DruidClient(DruidSettings(url=serve(overlord.answer).url))
        undead = end_left_overs(client, name, OURS, run, lambda message: None)
        return overlord.ended, [each.name for each in undead]

    return ended


def submitted(run: str) -> str:
    return task_name(query_id(run))


def test_an_earlier_runs_ingestions_are_ended_whatever_they_write(end):
    one, other = submitted("run-1"), submitted("run-1")
    assert end(task(one), task(other, datasource="market_daily", place="WAITING")) == ([one, other], [])


def test_what_is_queued_is_never_ended(end):
    one, other, sibling = submitted("run-1"), submitted("run-1"), submitted("run-2")
    tasks = [
        task(one, place="PENDING"),
        task(f"{one}-worker0_0", kind=WORKS, place="PENDING"),
        task(other, place="PENDING", datasource="market_daily"),
        task(sibling, place="PENDING", datasource="market_daily"),
    ]
    assert end(*tasks) == ([], [one, other])


def test_what_is_about_to_end_is_left_to_end_with_its_worker(end):
    one, other = submitted("run-1"), submitted("run-1")
    tasks = [task(one), task(f"{one}-worker0_0", kind=WORKS), task(other)]
    phases = {one: ("FINISHED", "RESULTS_READY"), other: ("FINISHED", "READING_INPUT")}
    assert end(*tasks, phases=phases) == ([other], [one])


def test_what_the_same_run_writes_elsewhere_is_left_alone(end):
    sibling, retried = submitted("run-2"), submitted("run-2")
    assert end(task(sibling, datasource="market_daily"), task(retried)) == ([retried], [])


def test_tables_and_tasks_of_others_are_left_alone(end):
    assert end(task("query-x", datasource="clicks"), task("compact-y", kind="compact")) == ([], [])


def test_a_worker_whose_leader_died_is_ended(end):
    name = f"{submitted('run-1')}-worker0_0"
    assert end(task(name, kind=WORKS)) == ([name], [])


def test_what_was_cancelled_and_has_not_gone_is_found(end):
    queued, held, gone, done = (submitted("run-1") for _ in range(4))
    found = end(
        task(queued, status="FAILED", place="PENDING"),
        task(held, status="FAILED", datasource="market_daily"),
        task(gone, status="FAILED", place="WAITING"),
        task(done, status="SUCCESS", place="NONE"),
    )
    assert found == ([], [queued, held])


def test_an_ingestion_is_named_after_its_run():
    assert submitted("0123456789").startswith("query-realestate-01234567-")
    assert submitted("a") != submitted("a")
