"""Removes what Druid no longer serves: replaced segments stay in its deep storage until they are killed.

What belongs here: unused segments. What does not: what is served instead (`publish`).
"""

from orchestration.druid.client import DruidClient, Say
from orchestration.druid.ingestion import IngestionError
from orchestration.druid.tasks import TASKS
from orchestration.druid.waiting import wait

EVER = "0001-01-01/9999-01-01"
OVERSHADOWED = "SELECT segment_id AS id FROM sys.segments WHERE datasource = ? AND is_overshadowed = 1"


def purge(client: DruidClient, name: str, *, seconds: float, say: Say) -> None:
    """Marks the replaced segments of a datasource as unused, and kills all unused ones.

    Raises:
        IngestionError: when the kill task fails or does not end in time.
        DruidError: when Druid refuses.
    """
    replaced = [row["id"] for row in client.sql(OVERSHADOWED, [("VARCHAR", name)])]
    if replaced:
        client.post(f"/druid/coordinator/v1/datasources/{name}/markUnused", {"segmentIds": replaced})
    told = client.post(f"{TASKS}/task", {"type": "kill", "dataSource": name, "interval": EVER})
    task = told["task"]
    say(f"{name}: killing unused segments ({task})")

    def why() -> str:
        status = ((client.get(f"{TASKS}/task/{task}/status") or {}).get("status") or {}).get("statusCode", "UNKNOWN")
        if status == "FAILED":
            raise IngestionError(f"{task} failed: unused segments of {name} are still in Druid's deep storage")
        return "" if status == "SUCCESS" else str(status)

    if wait(why, seconds=seconds):
        raise IngestionError(f"{task} did not end within {seconds:g} s: unused segments of {name} may still be there")
