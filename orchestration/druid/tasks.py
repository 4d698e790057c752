"""Druid's tasks, as its overlord tells them: those of our datasources, what became of one, ending one.

What belongs here: asking about tasks and ending them. What does not: starting them (`ingestion`), waiting for room
(`slots`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.druid.client import DruidClient, DruidError, Say

TASKS = "/druid/indexer/v1"
LEADS, WORKS = "query_controller", "query_worker"
# What the work of a stage is called when it is done; the name changed with the versions.
DONE = ("RESULTS_READY", "RESULTS_COMPLETE", "FINISHED")
# How many ended tasks of a datasource are looked at, the newest first.
ENDED = 20


@dataclass(frozen=True)
class Task:
    """One task of an SQL ingestion.

    Attributes:
        name: of the task; all tasks of an ingestion begin with the name of the one that leads.
        kind: `query_controller` leads, `query_worker` works.
        datasource: what it writes to.
        status: RUNNING until the overlord holds it for ended: SUCCESS or FAILED.
        place: where it really is: PENDING in the queue, RUNNING on a worker; anything else when it is in neither.
        reason: why it failed, in Druid's words.
    """

    name: str
    kind: str
    datasource: str
    status: str
    place: str
    reason: str = ""

    @property
    def queued(self) -> bool:
        """Whether it waits for a slot. One that is ended there is started all the same (apache/druid#20298)."""
        return self.place == "PENDING"

    @property
    def undead(self) -> bool:
        """Whether it was ended by name only, and is still there."""
        return self.status != "RUNNING" and self.place in ("PENDING", "RUNNING")


def query_id(run: str) -> str:
    """A new name for an ingestion of a run; Druid's console shows whose it is."""
    return f"{_mark(run)}{uuid.uuid4().hex[:12]}"


def task_name(query: str) -> str:
    """Druid names the leading task after the query: it can be found even when the answer to the order is lost."""
    return f"query-{query}"


def of_run(task: Task, run: str) -> bool:
    """Whether an ingestion was submitted by that run."""
    return task.name.startswith(task_name(_mark(run)))


def active(client: DruidClient, datasource: str) -> list[Task]:
    """The ingestions of a datasource that the overlord holds for active."""
    found = client.get(f"{TASKS}/tasks?datasource={datasource}") or []
    return [_task(told) for told in found if told.get("statusCode") == "RUNNING" and told.get("type") in (LEADS, WORKS)]


def queued(client: DruidClient) -> list[Task]:
    """The ingestions in Druid's queue, whoever's they are, as far as we may see them."""
    found = client.get(f"{TASKS}/tasks?state=pending") or []
    return [_task(told) for told in found if told.get("type") in (LEADS, WORKS)]


def undead(client: DruidClient, datasource: str) -> list[Task]:
    """The ingestions of a datasource that were ended and have not gone; the list of tasks hides them."""
    found = client.get(f"{TASKS}/tasks?state=complete&max={ENDED}&datasource={datasource}") or []
    failed = [told["id"] for told in found if told.get("statusCode") == "FAILED" and told.get("type") == LEADS]
    return [task for name in failed if (task := look_up(client, name)) and task.undead]


def look_up(client: DruidClient, name: str) -> Task | None:
    """One task; None when the overlord does not know it (any more)."""
    answer = client.get(f"{TASKS}/task/{name}/status")
    status: dict[str, Any] | None = (answer or {}).get("status")
    return _task(status) if status else None


def end(client: DruidClient, name: str) -> None:
    """Tells the overlord to end a task."""
    client.post(f"{TASKS}/task/{name}/shutdown")


def progress(client: DruidClient, name: str) -> str:
    """How far an ingestion is, in words; nothing where it does not say."""
    payload = _report(client, name)
    stages = payload.get("stages") or []
    finished = sum(1 for stage in stages if stage.get("phase") == "FINISHED")
    read = sum(
        sum(counter.get("rows") or [0])
        for worker in (payload.get("counters") or {}).get("0", {}).values()
        for channel, counter in worker.items()
        if channel.startswith("input")
    )
    return f", {finished} of {len(stages)} stages done, {read} rows read" if stages else ""


def publishing(client: DruidClient, name: str) -> bool:
    """Whether all of an ingestion's work is done and its segments are being made known, which takes moments.

    When it is ended then, its leader does not go: it asks the overlord, which refuses, again and again for about an
    hour, and holds its slot (seen in 27.0.0).
    """
    stages = _report(client, name).get("stages") or []
    return bool(stages) and all(stage.get("phase") in DONE for stage in stages)


def end_left_overs(client: DruidClient, name: str, ours: Sequence[str], run: str, say: Say) -> list[Task]:
    """Ends what killed runs left behind: an older ingestion must not overwrite a newer one, nor hold its slots.

    What is still queued is left alone. Druid starts it in any case; when it was ended before, its leader waits for a
    worker that never comes, and holds a slot until its process is restarted. So is what is about to end by itself.

    Args:
        client: the Druid.
        name: of the datasource that the caller is about to write; nobody else writes to it.
        ours: all our datasources in this Druid; the others may be written by the same run, by another one never.
        run: which run this is.
        say: told of what is ended.

    Returns:
        Those that lead and are still there: queued, publishing, or ended by name only.
    """
    still: list[Task] = []
    for datasource in ours:
        tasks = [task for task in active(client, datasource) if datasource == name or not of_run(task, run)]
        leaders = [task.name for task in tasks if task.kind == LEADS and not task.queued]
        publish = tuple(leader for leader in leaders if publishing(client, leader))
        for task in tasks:
            if not task.queued and not task.name.startswith(publish):
                say(f"ending {task.name} ({datasource}), left by an earlier run")
                end(client, task.name)
            elif task.kind == LEADS:
                still.append(task)
        still += undead(client, datasource)
    return still


def _report(client: DruidClient, name: str) -> dict[str, Any]:
    """What an ingestion tells of itself; nothing where it does not."""
    try:
        report = client.get(f"{TASKS}/task/{name}/reports")
    except DruidError:
        return {}
    payload: dict[str, Any] | None = ((report or {}).get("multiStageQuery") or {}).get("payload")
    return payload or {}


def _mark(run: str) -> str:
    return f"realestate-{run[:8]}-"


def _task(told: dict[str, Any]) -> Task:
    return Task(
        name=told["id"],
        kind=told.get("type") or "",
        datasource=told.get("dataSource") or "",
        status=told.get("statusCode") or "",
        place=told.get("runnerStatusCode") or "NONE",
        reason=told.get("errorMsg") or "",
    )
