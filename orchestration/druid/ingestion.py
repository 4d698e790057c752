"""One ingestion from submission to its true end.

The statement alone does not tell it: when the process that works on it dies, the statement goes on saying RUNNING
until it is gone (404), and never says FAILED. So the overlord, which knows the task, is asked too, and a deadline of
our own ends it.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orchestration.druid.client import DruidClient, DruidError

STATEMENTS = "/druid/v2/sql/statements"
TASKS = "/druid/indexer/v1"
POLL_SECONDS = 0.5

Say = Callable[[str], None]


class IngestionError(RuntimeError):
    """An ingestion did not succeed. What was served before is served still."""


def ingest(client: DruidClient, sql: str, *, seconds: float, say: Say) -> None:
    """Runs a REPLACE to its end; taken back when it does not end in time or we are stopped.

    Args:
        client: the Druid.
        sql: the statement.
        seconds: how long it may take.
        say: told of progress.

    Raises:
        IngestionError: when it failed, vanished, or took too long.
        DruidError: when Druid refuses the statement.
    """
    # Druid names the task after the query, so it can be found even when the answer to the submission is lost.
    query_id = uuid.uuid4().hex
    task = f"query-{query_id}"
    with _taken_back_unless_done(client, task):
        _submit(client, sql, query_id, task)
        say(f"ingestion {task} submitted")
        _await_end(client, task, seconds=seconds, say=say)


def end_left_overs(client: DruidClient, datasource: str, say: Say) -> None:
    """Ends ingestions that a killed run left behind, so that an older one cannot overwrite a newer one.

    Callers hold the only right to write to the datasource.
    """
    # The worker of an ingestion whose process died waits for its leader, and holds a place, until it is ended.
    found = client.get(f"{TASKS}/tasks?datasource={datasource}") or []
    for task in found:
        if task.get("statusCode") == "RUNNING" and task.get("type") in ("query_controller", "query_worker"):
            say(f"ending {task['id']}, left by an earlier run")
            client.post(f"{TASKS}/task/{task['id']}/shutdown")


def _submit(client: DruidClient, sql: str, query_id: str, task: str) -> None:
    # maxNumTasks: one that leads and one that works.
    context = {"executionMode": "ASYNC", "maxNumTasks": 2, "sqlQueryId": query_id}
    try:
        client.post(STATEMENTS, {"query": sql, "context": context})
    except DruidError as error:
        # Was it the answer that got lost, or the order? The task says.
        if error.status or _task_state(client, task) is None:
            raise


def _await_end(client: DruidClient, task: str, *, seconds: float, say: Say) -> None:
    end, told = time.monotonic() + seconds, ""
    while time.monotonic() < end:
        try:
            state, reason = _state(client, task)
        except DruidError as error:
            state, reason = "no answer", str(error)
        if state == "SUCCESS":
            say(f"{task}: SUCCESS")
            return
        if state in ("FAILED", "VANISHED"):
            raise IngestionError(f"{task} {state.lower()}: {reason}")
        progress = f"{task}: {state}{_rows_read(client, task)}"
        if progress != told:
            say(progress)
            told = progress
        time.sleep(POLL_SECONDS)
    raise IngestionError(f"{task} did not end within {seconds:g} s and was cancelled")


def _state(client: DruidClient, task: str) -> tuple[str, str]:
    """The state of the statement, or what the overlord says where the statement does not know."""
    statement = client.get(f"{STATEMENTS}/{task}")
    if statement is not None and statement["state"] in ("SUCCESS", "FAILED"):
        return statement["state"], str(statement.get("errorDetails", {}).get("errorMessage", "no explanation"))
    overlord = _task_state(client, task)
    if overlord is None:
        return "VANISHED", "neither the statement nor its task is known any more"
    if overlord["statusCode"] == "FAILED":
        return "FAILED", str(overlord.get("errorMsg") or "no explanation")
    if statement is None and overlord["statusCode"] == "SUCCESS":
        return "SUCCESS", ""
    return "RUNNING", ""


def _task_state(client: DruidClient, task: str) -> dict[str, Any] | None:
    answer = client.get(f"{TASKS}/task/{task}/status")
    status: dict[str, Any] | None = (answer or {}).get("status")
    return status


def _rows_read(client: DruidClient, task: str) -> str:
    """How far it is, in words; nothing where it does not say."""
    try:
        report = client.get(f"{TASKS}/task/{task}/reports")
    except DruidError:
        return ""
    payload = ((report or {}).get("multiStageQuery") or {}).get("payload") or {}
    stages = payload.get("stages") or []
    running = sum(1 for stage in stages if stage.get("phase") == "FINISHED")
    read = sum(
        sum(counter.get("rows") or [0])
        for worker in (payload.get("counters") or {}).get("0", {}).values()
        for name, counter in worker.items()
        if name.startswith("input")
    )
    return f", {running} of {len(stages)} stages done, {read} rows read" if stages else ""


@contextmanager
def _taken_back_unless_done(client: DruidClient, task: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for take_back in (
            lambda: client.delete(f"{STATEMENTS}/{task}"),
            lambda: client.post(f"{TASKS}/task/{task}/shutdown"),
        ):
            try:
                take_back()
            except DruidError:
                continue  # the first failure is what matters, and there may be nothing to take back
        raise
