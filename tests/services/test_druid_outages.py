"""Parts of Druid, or all of it, are killed: said in time, the old data keep serving, the next run makes it good."""

import threading
import time
from collections.abc import Iterator

import polars as pl
import pytest

from orchestration.druid import publish as publishing
from orchestration.druid.client import DruidClient, DruidError
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.ingestion import IngestionError, ingest
from orchestration.druid.publish import publish
from orchestration.druid.serving import served_columns
from orchestration.druid.settings import DruidSettings
from orchestration.druid.slots import NoSlotsError, look
from orchestration.druid.snapshot import take_snapshot
from orchestration.druid.tasks import active, undead
from tests.services.harness.druid import DruidServers
from tests.services.tables import listings

pytestmark = pytest.mark.slow

LISTINGS = DATASOURCES["listings"]
MANY = 45_000


@pytest.fixture
def servers(druid_servers: DruidServers | None) -> Iterator[DruidServers]:
    """The processes of Druid, all of them alive again afterwards."""
    if druid_servers is None:
        pytest.skip("the processes of a Druid that is named by address cannot be killed from here")
    yield druid_servers
    for process in druid_servers.processes.values():
        if not process.running:
            process.start()
    druid_servers.wait()


@pytest.fixture
def served(servers: DruidServers, settings: DruidSettings, lake: str) -> None:
    """A hundred rows are served; version 1 has so many that one can step in while they are read."""
    rows = listings(150)
    rows.head(100).write_delta(f"{lake}/silver/listings")
    publish(settings, lake, LISTINGS, 0, print)
    copies = (rows.with_columns(pl.lit(f"copy {n}").alias("source")) for n in range(MANY // 150))
    pl.concat(copies).write_delta(f"{lake}/silver/listings", mode="overwrite")


def rows_served(settings: DruidSettings) -> int:
    (row,) = DruidClient(settings).sql(f'SELECT COUNT(*) AS n FROM "{settings.prefix}listings"')
    return int(row["n"])


def await_nothing_served(settings: DruidSettings) -> None:
    """Until the broker has noticed; then it does not know the table any more."""
    end = time.monotonic() + 120
    while served_columns(DruidClient(settings), f"{settings.prefix}listings"):
        assert time.monotonic() < end
        time.sleep(0.2)


def converges(settings: DruidSettings, lake: str) -> tuple[str, ...]:
    """The next run makes it good; which chunks it ingested."""
    done = publish(settings, lake, LISTINGS, 1, print)
    assert done.differences == ()
    assert rows_served(settings) == MANY
    return done.replaced


@pytest.mark.fault("F41", "task failed")
def test_the_indexer_dies_in_the_middle(
    servers: DruidServers, settings: DruidSettings, lake: str, served: None
) -> None:
    indexer, client, name = servers.processes["indexer"], DruidClient(settings), f"{settings.prefix}listings"

    def kill_when_it_reads(message: str) -> None:
        print(message)
        if "rows read" in message and indexer.running:
            indexer.kill()

    with pytest.raises(IngestionError, match="failed"):
        publish(settings, lake, LISTINGS, 1, kill_when_it_reads)
    assert not indexer.running
    assert rows_served(settings) == 100

    # Nobody is there to work: nothing is submitted, so nothing waits to be started when somebody comes.
    hurried = settings.model_copy(update={"deadline": 1})
    with pytest.raises(NoSlotsError, match="Druid has no worker: start an indexer"):
        publish(hurried, lake, LISTINGS, 1, print)
    assert active(client, name) == undead(client, name) == []

    # Had it died a moment later, the ingestion would lie in Druid's queue, which takes nothing back.
    sql = f'REPLACE INTO "{name}" OVERWRITE ALL SELECT * FROM "{name}" PARTITIONED BY MONTH'
    with pytest.raises(IngestionError, match="did not end"):
        ingest(client, sql, run="unlucky", seconds=1, say=print)
    assert [task.place for task in active(client, name)] == ["PENDING"]
    with pytest.raises(NoSlotsError, match="an earlier run's ingestion, nothing was submitted: Druid has no worker"):
        publish(hurried, lake, LISTINGS, 1, print)

    indexer.start()
    servers.wait()
    assert len(converges(settings, lake)) == 3
    assert active(client, name) == undead(client, name) == []


def test_all_of_druid_is_killed_in_the_middle(
    servers: DruidServers, settings: DruidSettings, lake: str, served: None
) -> None:
    killed = []

    def kill_when_it_reads(message: str) -> None:
        print(message)
        if "rows read" in message and not killed:
            killed.append(message)
            servers.stop()
            servers.start()

    # What Druid makes of its own unfinished work is its affair; that it ends, and is told as it is, is ours.
    try:
        done = publish(settings, lake, LISTINGS, 1, kill_when_it_reads)
        assert done.differences == ()
    except (IngestionError, DruidError) as error:
        print(f"ended with {error!r}")
        assert rows_served(settings) == 100
    assert killed
    converges(settings, lake)
    assert converges(settings, lake) == ()


def test_nobody_answers_and_nobody_loads(
    servers: DruidServers, settings: DruidSettings, lake: str, served: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    historical, broker = servers.processes["historical"], servers.processes["broker"]

    def kill_when_it_is_done(message: str) -> None:
        print(message)
        if message.endswith("SUCCESS"):
            broker.kill()

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "LOAD_SECONDS", 5)
        with pytest.raises(IngestionError, match="not served within 5 s: the broker does not say why"):
            publish(settings, lake, LISTINGS, 1, kill_when_it_is_done)
        broker.start()
        servers.wait()
        assert converges(settings, lake) == ()

        historical.kill()
        await_nothing_served(settings)
        with pytest.raises(IngestionError, match="0 of 3 segments are loaded; see whether historicals run"):
            publish(settings, lake, LISTINGS, 0, print)
    historical.start()
    servers.wait()
    done = publish(settings, lake, LISTINGS, 0, print)
    assert (done.replaced, done.differences) == ((), ())
    assert rows_served(settings) == 100


def test_two_lakes_at_once_take_turns(servers: DruidServers, settings: DruidSettings, lake: str, served: None) -> None:
    client, other_lake = DruidClient(settings), f"{lake}-other"
    listings(100).write_delta(f"{other_lake}/silver/listings")
    take_snapshot(other_lake, LISTINGS, 0)
    for attempt in range(5):  # on a busy machine one may be done before the other has begun
        one, two = (settings.model_copy(update={"prefix": f"{settings.prefix}{attempt}_{n}_"}) for n in (1, 2))
        first, said = threading.Thread(target=publish, args=(one, lake, LISTINGS, 1, print)), []
        first.start()
        while first.is_alive() and (slots := look(client)) and slots.free == 2:
            time.sleep(0.05)
        done = publish(two, other_lake, LISTINGS, 0, said.append)
        first.join()
        print(said)
        assert (done.differences, rows_served(two)) == ((), 100)
        assert converges(one, lake) == ()
        if [line for line in said if line.startswith("waiting for 2 free task slots") and "_listings)" in line]:
            return
    raise AssertionError("neither ever waited for the other")
