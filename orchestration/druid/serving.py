"""What a datasource serves now: which content of each chunk, its totals, and waiting until that is what is wanted."""

import datetime
from collections.abc import Mapping, Sequence

from orchestration.druid.client import DruidClient, DruidError, Say
from orchestration.druid.columns import DIGEST, Column
from orchestration.druid.ingestion import IngestionError
from orchestration.druid.ingestion_sql import quoted
from orchestration.druid.intervals import Chunk, Granularity
from orchestration.druid.reconcile import Totals, chunk_start, totals_from, totals_sql
from orchestration.druid.waiting import wait

COLUMNS = "SELECT COLUMN_NAME AS name FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = ?"
SEGMENTS = """SELECT COUNT(*) AS segments, COUNT(*) FILTER (WHERE is_available = 1) AS loaded
FROM sys.segments WHERE datasource = ? AND is_active = 1"""


def served_columns(client: DruidClient, name: str) -> set[str]:
    """The columns of a datasource; none when it does not exist."""
    return {row["name"] for row in client.sql(COLUMNS, [("VARCHAR", name)])}


def served_digests(client: DruidClient, name: str, granularity: Granularity) -> dict[Chunk, set[str]]:
    """Chunk → the contents its rows say they belong to; more than one is a mixture.

    Raises:
        IngestionError: when there is a datasource of this name that was not made by us.
    """
    columns = served_columns(client, name)
    if not columns:
        return {}
    if DIGEST not in columns:
        raise IngestionError(f"{name}: there is a datasource of this name without {DIGEST}; drop it or set a prefix")
    query = (
        f'SELECT {chunk_start(granularity)} AS "chunk", {quoted(DIGEST)} AS digest FROM {quoted(name)} GROUP BY 1, 2'  # noqa: S608 (names of the schema, quoted)
    )
    digests: dict[Chunk, set[str]] = {}
    for row in client.sql(query):
        digests.setdefault(_chunk(row["chunk"], granularity), set()).add(str(row["digest"]))
    return digests


def served_totals(
    client: DruidClient, name: str, columns: Sequence[Column], granularity: Granularity
) -> dict[Chunk, Totals]:
    """Chunk → totals of what is served."""
    rows = client.sql(totals_sql(name, columns, granularity)) if served_columns(client, name) else []
    return {_chunk(row["chunk"], granularity): totals_from(row, columns) for row in rows}


def await_loaded(client: DruidClient, name: str, *, seconds: float, say: Say) -> None:
    """Waits until the historicals have loaded what was ingested earlier: after a restart they need a while.

    Goes on when they have not in time; what they do not serve is then ingested anew.
    """
    missing = wait(
        lambda: _missing(client, name),
        seconds=seconds,
        tell=lambda missing: say(f"{name}: waiting for earlier segments: {missing}"),
    )
    if missing:
        say(f"{name}: {missing}; what they held is ingested anew")


def await_served(
    client: DruidClient, name: str, wanted: Mapping[Chunk, str], granularity: Granularity, *, seconds: float
) -> None:
    """Waits until every chunk serves the wanted content and no other chunk is there.

    Raises:
        IngestionError: when that is not so within the time.
    """
    expected = {chunk: {digest} for chunk, digest in wanted.items()}

    def why() -> str:
        try:
            return "" if served_digests(client, name, granularity) == expected else "something else is served"
        except DruidError as error:
            return str(error)  # a table that was just made is not found for a moment

    if wait(why, seconds=seconds):
        raise IngestionError(f"{name}: the new content is not served within {seconds:.0f} s: {_loading(client, name)}")


def drop(client: DruidClient, name: str, chunk: Chunk) -> None:
    """Takes the rows of a chunk out of service; an ingestion without rows would be refused by Druid before 29."""
    body = {"interval": chunk.interval}
    try:
        client.post(f"/druid/coordinator/v1/datasources/{name}/markUnused", body)
    except DruidError as error:
        if error.status not in (404, 405, 410):
            raise
        client.post(f"/druid/indexer/v1/datasources/{name}/markUnused", body)  # where later versions have it


def _loading(client: DruidClient, name: str) -> str:
    """Why what was ingested is not served, and what to do about it."""
    try:
        missing = _missing(client, name)
    except DruidError as error:
        return f"the broker does not say why: {error}"
    if not missing:
        return "all its segments are loaded, but hold something else"
    return f"{missing}; see whether historicals run and have disk left. The next run ingests only what is not served"


def _missing(client: DruidClient, name: str) -> str:
    """How many segments the historicals have yet to load, in words; nothing when all are there."""
    rows = client.sql(SEGMENTS, [("VARCHAR", name)])
    if not rows or rows[0]["loaded"] == rows[0]["segments"]:
        return ""
    return f"{rows[0]['loaded']} of {rows[0]['segments']} segments are loaded"


def _chunk(milliseconds: int, granularity: Granularity) -> Chunk:
    return Chunk.of(datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC), granularity)
