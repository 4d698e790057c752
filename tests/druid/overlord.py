"""An overlord that answers as the real one was seen to: its workers, its tasks, and what it hides of them."""

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from orchestration.druid.tasks import LEADS

INDEXER = "/druid/indexer/v1"


def task(
    name: str, *, status: str = "RUNNING", place: str = "RUNNING", kind: str = LEADS, datasource: str = "listings"
):
    """One task as the overlord tells it."""
    return {"id": name, "type": kind, "dataSource": datasource, "statusCode": status, "runnerStatusCode": place}


def worker(*running, capacity=2, version="0", blacklisted=None):
    """One worker as the overlord tells it."""
    return {
        "worker": {"host": "127.0.0.1:8091", "capacity": capacity, "version": version},
        "currCapacityUsed": len(running),
        "runningTasks": list(running),
        "blacklistedUntil": blacklisted,
    }


@dataclass
class Overlord:
    """Its `answer` is what a test server answers.

    Attributes:
        workers: or a status with words.
        ended: names of tasks that were told to end.
        phases: name of a leading task → the phases of its stages, as its report tells them.
    """

    workers: list | tuple = field(default_factory=list)
    tasks: list = field(default_factory=list)
    most: int = -1
    ended: list = field(default_factory=list)
    phases: dict = field(default_factory=dict)

    def answer(self, path: str):
        asked = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        where = asked.path.removeprefix(INDEXER)
        if where == "/workers":
            if isinstance(self.workers, tuple):
                status, words = self.workers
                return status, {"Content-Type": "application/json"}, json.dumps({"error": words}).encode()
            return json.dumps(self.workers).encode()
        if where == "/totalWorkerCapacity":
            now = sum(each["worker"]["capacity"] for each in self.workers)
            return json.dumps({"currentClusterCapacity": now, "maximumCapacityWithAutoScale": self.most}).encode()
        if where == "/tasks":
            return json.dumps(self._listed(query)).encode()
        name = where.split("/")[2]
        if where.endswith("/shutdown"):
            self.ended.append(name)
            return json.dumps({"task": name}).encode()
        if where.endswith("/reports"):
            stages = [{"stageNumber": n, "phase": phase} for n, phase in enumerate(self.phases.get(name, ()))]
            return json.dumps({"multiStageQuery": {"payload": {"stages": stages}}}).encode() if stages else 404
        known = [each for each in self.tasks if each["id"] == name]
        return json.dumps({"task": name, "status": known[0]}).encode() if known else 404

    def _listed(self, query: dict[str, str]) -> list:
        if query.get("state") == "pending":
            return [
                each for each in self.tasks if (each["statusCode"], each["runnerStatusCode"]) == ("RUNNING", "PENDING")
            ]
        listed = []
        for each in self.tasks:
            ended = each["statusCode"] != "RUNNING"
            if each["dataSource"] == query["datasource"] and (query.get("state") != "complete" or ended):
                # Of what it holds for ended it does not say here that it has not gone.
                listed.append(each | {"runnerStatusCode": "NONE"} if ended else each)
        return listed
