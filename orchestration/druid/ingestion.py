"""One ingestion from submission to its true end.

The statement alone does not tell it: when the process that works on it dies, the statement goes on saying RUNNING
until it is gone (404), and never says FAILED. So the overlord, which knows the task, is asked too, and a deadline of
our own ends it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from orchestration.druid.client import DruidClient, DruidError, Say
from orchestration.druid.tasks import end, look_up, progress, publishing, query_id, task_name

STATEMENTS = "/druid/v2/sql/statements"
POLL_SECONDS = 0.5
# What has done its work when its time is over has so much more to make it known.
PUBLISH_SECONDS = 60


class IngestionError(RuntimeError):
    """An ingestion did not succeed. What was served before is served still."""


def ingest(client: DruidClient, sql: str, *, run: str, seconds: float, say: Say) -> None:
    """Runs a REPLACE to its end; taken back, where Druid can, when it does not end in time or we are stopped.

    Args:
        client: the Druid.
        sql: the statement.
        run: which run of ours submits it.
        seconds: how long it may take.
        say: told of progress.

    Raises:
        IngestionError: when it failed, vanished, or took too long.
        DruidError: when Druid refuses the statement.
    """
    query = query_id(run)
    task = task_name(query)
    with _taken_back_unless_done(client, task, say):
        _submit(client, sql, query, task)
        say(f"ingestion {task} submitted")
        _await_end(client, task, seconds=seconds, say=say)


def _submit(client: DruidClient, sql: str, query: str, task: str) -> None:
    # maxNumTasks: one that leads and one that works.
    context = {"executionMode": "ASYNC", "maxNumTasks": 2, "sqlQueryId": query}
    try:
        client.post(STATEMENTS, {"query": sql, "context": context})
    except DruidError as error:
        # Was it the answer that got lost, or the order? The task says.
        if error.status or look_up(client, task) is None:
            raise


def _await_end(client: DruidClient, task: str, *, seconds: float, say: Say) -> None:
    until, told = time.monotonic() + seconds, ""
    while (over := time.monotonic() - until) < 0 or (over < PUBLISH_SECONDS and publishing(client, task)):
        try:
            state, reason = _state(client, task)
        except DruidError as error:
            state, reason = "no answer", str(error)
        if state == "SUCCESS":
            say(f"{task}: SUCCESS")
            return
        if state in ("FAILED", "VANISHED"):
            raise IngestionError(f"{task} {state.lower()}: {reason}")
        now = f"{state}{progress(client, task)}"
        if now != told:
            say(f"{task}: {now}")
            told = now
        time.sleep(POLL_SECONDS)
    raise IngestionError(
        f"{task} did not end within {seconds:g} s (REALESTATE_DRUID_DEADLINE); last seen: {told}. "
        "The next run tries again"
    )


def _state(client: DruidClient, task: str) -> tuple[str, str]:
    """The state of the statement, or what the overlord says where the statement does not know."""
    statement = client.get(f"{STATEMENTS}/{task}")
    if statement is not None and statement["state"] in ("SUCCESS", "FAILED"):
        return statement["state"], str(statement.get("errorDetails", {}).get("errorMessage", "no explanation"))
    overlord = look_up(client, task)
    if overlord is None:
        return "VANISHED", "neither the statement nor its task is known any more"
    if overlord.status == "FAILED":
        return "FAILED", overlord.reason or "no explanation"
    if statement is None and overlord.status == "SUCCESS":
        return "SUCCESS", ""
    return ("PENDING" if overlord.queued else "RUNNING"), ""


@contextmanager
def _taken_back_unless_done(client: DruidClient, task: str, say: Say) -> Iterator[None]:
    try:
        yield
    except BaseException:
        _take_back(client, task, say)
        raise


def _take_back(client: DruidClient, task: str, say: Say) -> None:
    """What fails here is not told: something failed before, and there may be nothing to take back."""
    with suppress(DruidError):
        if (there := look_up(client, task)) and there.queued:
            say(f"{task} stays in Druid's queue, which takes nothing back; the next run waits for it")
            return
    if publishing(client, task):
        say(f"{task} has done its work and is left to end; the next run sees what came of it")
        return
    with suppress(DruidError):
        client.delete(f"{STATEMENTS}/{task}")
    with suppress(DruidError):
        end(client, task)
