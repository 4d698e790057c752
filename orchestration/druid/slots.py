"""Waits until Druid has the task slots that an ingestion needs, and says what holds them.

Nothing is submitted before. What lies in Druid's queue cannot be taken back, and of two ingestions that lead and have
no slot left for their workers, neither gets on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestration.druid.client import DruidClient, DruidError, Say
from orchestration.druid.tasks import LEADS, TASKS, Task, look_up, queued
from orchestration.druid.waiting import wait

# One leads and one works.
NEEDED = 2
NO_WORKER = "Druid has no worker: start an indexer or a middle manager, or see its log"
# So many of the tasks that hold slots are named.
NAMED = 5


class NoSlotsError(RuntimeError):
    """Druid had no room for an ingestion. Nothing was submitted; what was served before is served still."""


@dataclass(frozen=True)
class Slots:
    """The task slots of a Druid.

    Attributes:
        workers: how many indexers and middle managers take tasks.
        total: slots of all of them.
        free: slots.
        holders: names of the tasks in the others.
        growing: whether Druid starts more workers when tasks wait.
    """

    workers: int
    total: int
    free: int
    holders: tuple[str, ...]
    growing: bool


def await_end(client: DruidClient, tasks: Sequence[Task], *, seconds: float, say: Say) -> None:
    """Waits until ingestions that an earlier run left in the queue have run to their end, whichever it is.

    Raises:
        NoSlotsError: when one is still there when the time is over.
        DruidError: when we are not let in.
    """

    def why() -> str:
        left = [task.name for each in tasks if (task := look_up(client, each.name)) and task.status == "RUNNING"]
        if not left:
            return ""
        slots = look(client)
        return NO_WORKER if slots and not slots.workers else f"{', '.join(left)}, of an earlier run, has not ended"

    _wait(why, "an earlier run's ingestion", seconds=seconds, say=say)


def await_slots(client: DruidClient, undead: Sequence[Task], *, seconds: float, say: Say) -> None:
    """Waits until an ingestion can be submitted; not at all where Druid does not tell its workers.

    Args:
        client: the Druid.
        undead: tasks that were ended and may still be queued: Druid's own list hides them.
        seconds: how long.
        say: told of what is waited for.

    Raises:
        NoSlotsError: when there was no room within the time; says what held the slots, and what to do.
        DruidError: when we are not let in.
    """

    def why() -> str:
        slots = look(client)
        if slots is None:
            say("Druid does not tell its workers: the ingestion is submitted without looking for room")
            return ""
        hidden = [task for each in undead if (task := look_up(client, each.name)) and task.undead and task.queued]
        before = [*queued(client), *hidden]
        if slots.growing or slots.free >= NEEDED + sum(NEEDED if task.kind == LEADS else 1 for task in before):
            return ""
        return _why(client, slots, before)

    _wait(why, f"{NEEDED} free task slots", seconds=seconds, say=say)


def _wait(why: Callable[[], str], what: str, *, seconds: float, say: Say) -> None:
    """Waits until nothing stands in the way; a Druid that does not answer does."""

    def asked() -> str:
        try:
            return why()
        except DruidError as error:
            if error.status == 401:
                raise
            return str(error)

    reason = wait(asked, seconds=seconds, tell=lambda reason: say(f"waiting for {what}: {reason}"))
    if reason:
        raise NoSlotsError(f"waited {seconds:g} s for {what}, nothing was submitted: {reason}")


def look(client: DruidClient) -> Slots | None:
    """The slots as they are; None where Druid does not tell, or where its runner has no lasting workers."""
    try:
        workers = client.get(f"{TASKS}/workers")
    except DruidError as error:
        if error.status == 403 or "does not support" in str(error):
            return None
        raise
    if workers is None:
        return None
    # One that is being retired has no version; one that failed too often is left out for a while.
    taking = [each for each in workers if each["worker"].get("version") and not each.get("blacklistedUntil")]
    total = sum(each["worker"]["capacity"] for each in taking)
    used = sum(each["currCapacityUsed"] for each in taking)
    capacity = client.get(f"{TASKS}/totalWorkerCapacity") or {}
    return Slots(
        workers=len(taking),
        total=total,
        free=total - used,
        holders=tuple(name for each in taking for name in each.get("runningTasks") or ()),
        growing=capacity.get("maximumCapacityWithAutoScale", -1) > capacity.get("currentClusterCapacity", 0),
    )


def _why(client: DruidClient, slots: Slots, before: Sequence[Task]) -> str:
    """Why there is no room, and what to do about it."""
    if not slots.workers:
        return NO_WORKER
    if slots.total < NEEDED:
        return f"all of Druid's workers together have {slots.total} task slots: raise druid.worker.capacity"
    if slots.free >= NEEDED:
        return f"{slots.free} of {slots.total} are free, but {before[0].name} is in Druid's queue before us"
    found = [look_up(client, name) for name in slots.holders[:NAMED]]
    holders = ", ".join(_named(name, task) for name, task in zip(slots.holders, found, strict=False))
    more = f" and {len(slots.holders) - NAMED} more" if len(slots.holders) > NAMED else ""
    advice = "wait for them, or raise druid.worker.capacity"
    if any(task and task.undead for task in found):
        advice = "if those that were cancelled do not go, restart the indexer or middle manager that holds them"
    return f"{slots.free} of {slots.total} are free, {holders}{more} hold the others: {advice}"


def _named(name: str, task: Task | None) -> str:
    if task is None:
        return f"{name} (unknown to the overlord)"
    return f"{name} ({task.datasource}{', cancelled and not gone' if task.undead else ''})"
