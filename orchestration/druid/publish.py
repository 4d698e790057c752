"""A Delta version into Druid: snapshot, only the chunks that differ, served, proved equal.

Converges: whatever an earlier try left, the next one compares what is wanted with what Druid's rows say they are.
"""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from orchestration.druid.client import DruidClient, DruidError, Say
from orchestration.druid.datasources import DATASOURCES, Datasource
from orchestration.druid.ingestion import IngestionError, ingest
from orchestration.druid.ingestion_sql import replace
from orchestration.druid.intervals import Chunk, Plan, plan
from orchestration.druid.reconcile import differences
from orchestration.druid.serving import await_loaded, await_served, drop, served_columns, served_digests, served_totals
from orchestration.druid.settings import DruidSettings
from orchestration.druid.slots import await_end, await_slots
from orchestration.druid.snapshot import Snapshot, remove_superseded, take_snapshot
from orchestration.druid.tasks import end_left_overs
from realestate_crawler.landing.opening import open_store

# A coordinator that misses the answer of a historical asks it again after five minutes.
LOAD_SECONDS = 400
SETTLE_SECONDS = 30


@dataclass(frozen=True)
class Published:
    """What a publication did.

    Attributes:
        name: of the datasource in Druid.
        snapshot: what is served now.
        replaced: chunks that were ingested.
        dropped: chunks that became empty.
        differences: between Druid and the Delta version, in sentences; empty when both are equal.
    """

    name: str
    snapshot: Snapshot
    replaced: tuple[str, ...]
    dropped: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of the Delta version."""
        return sum(content.totals.rows for content in self.snapshot.chunks.values())


def publish(
    settings: DruidSettings, lake: str, datasource: Datasource, version: int, say: Say, *, run: str = ""
) -> Published:
    """Makes Druid serve one version of a table.

    Args:
        settings: of the Druid.
        lake: a folder that Druid's processes can read too, or `s3://bucket/prefix`.
        datasource: the table.
        version: of the Delta table.
        say: told of progress.
        run: names the run; one run may publish several tables at once, two runs of one lake never do. A new one else.

    Raises:
        NoSlotsError: when Druid had no room for the ingestion in time.
        IngestionError: when the ingestion failed, vanished, took too long or is not served in time.
        DruidError: when Druid refuses or does not answer.
        UnservableError: when the table cannot be served.
        StoreError: when the snapshot cannot be stored or is not there any more.
    """
    client, name, run = DruidClient(settings), f"{settings.prefix}{datasource.name}", run or uuid.uuid4().hex
    snapshot = take_snapshot(lake, datasource, version)
    say(f"{name}: version {version} of {datasource.table}, {len(snapshot.chunks)} chunks")
    ahead = end_left_overs(client, name, [f"{settings.prefix}{each}" for each in DATASOURCES], run, say)
    await_end(client, [task for task in ahead if task.datasource == name], seconds=settings.deadline, say=say)
    await_loaded(client, name, seconds=LOAD_SECONDS, say=say)
    todo = plan(snapshot.digests, _trusted(client, name, snapshot))
    if todo.replace:
        await_slots(client, ahead, seconds=settings.deadline, say=say)
        files = _files(lake, snapshot, todo)
        say(f"{name}: ingesting {len(todo.replace)} chunks from {len(files)} files")
        sql = replace(datasource, name, snapshot.columns, files, todo)
        ingest(client, sql, run=run, seconds=settings.deadline, say=say)
    for chunk in todo.drop:
        say(f"{name}: {chunk} became empty")
        drop(client, name, chunk)
    if not todo.idle:
        await_served(client, name, snapshot.digests, datasource.granularity, seconds=LOAD_SECONDS)
        remove_superseded(lake, snapshot)
    found = _settled(client, name, snapshot)
    return Published(name, snapshot, tuple(map(str, todo.replace)), tuple(map(str, todo.drop)), tuple(found))


def verify(client: DruidClient, name: str, snapshot: Snapshot) -> list[str]:
    """Every difference between what Druid serves and the Delta version."""
    wanted = {chunk: content.totals for chunk, content in snapshot.chunks.items()}
    return differences(wanted, served_totals(client, name, snapshot.columns, snapshot.datasource.granularity))


def _trusted(client: DruidClient, name: str, snapshot: Snapshot) -> dict[Chunk, set[str]]:
    """What is served, without the name of a content that does not add up to what its name promises."""
    granularity = snapshot.datasource.granularity
    served = served_digests(client, name, granularity)
    present = {column.name for column in snapshot.columns} <= served_columns(client, name)
    totals = served_totals(client, name, snapshot.columns, granularity) if present else {}
    for chunk, content in snapshot.chunks.items():
        if chunk in served and differences({chunk: content.totals}, {c: t for c, t in totals.items() if c == chunk}):
            served[chunk] = set()
    return served


def _settled(client: DruidClient, name: str, snapshot: Snapshot) -> list[str]:
    """The differences that remain when what was just ingested has had its time to be loaded everywhere."""
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        late = time.monotonic() > end
        try:
            if not (found := verify(client, name, snapshot)) or late:
                return found
        except DruidError:
            if late:
                raise
        time.sleep(1)


def _files(lake: str, snapshot: Snapshot, todo: Plan) -> list[str]:
    """The files of the chunks to ingest, each looked for first: Druid would ask for a missing one without end."""
    keys = [key for chunk in todo.replace for key in snapshot.chunks[chunk].keys]
    stored = set(open_store(lake).keys(f"serving/{snapshot.datasource.name}/"))
    missing = [key for key in keys if key not in stored]
    if missing:
        raise IngestionError(f"{missing[0]} is not in the lake any more, nor are {len(missing) - 1} others")
    if lake.startswith("s3://"):
        return [f"{lake.rstrip('/')}/{key}" for key in keys]
    return [str(Path(lake).absolute() / key) for key in keys]
