"""What fails in Druid is said, in time; the old data keep serving; the next run makes it good."""

import threading
import time
from collections.abc import Iterator

import polars as pl
import pytest

from orchestration.druid.client import DruidClient, DruidError
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.ingestion import STATEMENTS, IngestionError
from orchestration.druid.publish import Published, publish
from orchestration.druid.settings import DruidSettings
from tests.services.harness.fault_proxy import Fault, FaultProxy, Request
from tests.services.tables import listings

LISTINGS = DATASOURCES["listings"]

pytestmark = pytest.mark.slow


@pytest.fixture
def served(settings: DruidSettings, lake: str) -> pl.DataFrame:
    """A hundred rows are served; version 1 has fifty more."""
    rows = listings(150)
    rows.head(100).write_delta(f"{lake}/silver/listings")
    publish(settings, lake, LISTINGS, 0, print)
    rows.write_delta(f"{lake}/silver/listings", mode="overwrite")
    return rows


@pytest.fixture
def proxy(settings: DruidSettings) -> Iterator[FaultProxy]:
    with FaultProxy(settings.url) as proxy:
        yield proxy


def through(proxy: FaultProxy, settings: DruidSettings, **changed: object) -> DruidSettings:
    return settings.model_copy(update={"url": proxy.url, **changed})


def rows_served(settings: DruidSettings) -> int:
    (row,) = DruidClient(settings).sql(f'SELECT COUNT(*) AS n FROM "{settings.prefix}listings"')
    return int(row["n"])


def ended(settings: DruidSettings, within: float = 60) -> bool:
    """Whether no ingestion of the datasource is under way; ending one takes Druid a moment."""
    path = f"/druid/indexer/v1/tasks?state=running&datasource={settings.prefix}listings"
    end = time.monotonic() + within
    while running := DruidClient(settings).get(path):
        if time.monotonic() > end:
            print(running)
            return False
        time.sleep(0.2)
    return True


def grown(lake: str, rows: pl.DataFrame) -> None:
    """Version 2 has so many rows that one can step in while they are read."""
    copies = (rows.with_columns(pl.lit(f"copy {n}").alias("source")) for n in range(300))
    pl.concat(copies).write_delta(f"{lake}/silver/listings", mode="overwrite")


def converges(settings: DruidSettings, lake: str) -> Published:
    done = publish(settings, lake, LISTINGS, 1, print)
    assert done.differences == ()
    assert rows_served(settings) == done.rows
    return done


def test_a_deadline_cancels_the_ingestion(settings: DruidSettings, lake: str, served: pl.DataFrame) -> None:
    grown(lake, served)
    hurried = settings.model_copy(update={"deadline": 0.4})
    with pytest.raises(IngestionError, match=r"did not end within 0\.4 s"):
        publish(hurried, lake, LISTINGS, 2, print)
    assert ended(settings)
    assert rows_served(settings) == 100
    converges(settings, lake)


@pytest.mark.parametrize("moment", ["RUNNING", "1 of 2 stages done"], ids=["while it reads", "while it publishes"])
def test_a_run_that_is_stopped_takes_its_ingestion_back_or_leaves_it_to_end(
    settings: DruidSettings, lake: str, served: pl.DataFrame, moment: str
) -> None:
    grown(lake, served)

    def stop(message: str) -> None:
        print(message)
        # Nobody can be sure to see it publish; then it is stopped a moment too late.
        if moment in message or message.endswith("SUCCESS"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish(settings, lake, LISTINGS, 2, stop)
    assert ended(settings)
    converges(settings, lake)


@pytest.mark.fault("F41", "table moved on")
def test_a_table_that_moves_on_meanwhile_is_served_as_it_was(
    settings: DruidSettings, lake: str, served: pl.DataFrame
) -> None:
    grown(lake, served)
    said: list[str] = []

    def move_on(message: str) -> None:
        if not said:
            served.write_delta(f"{lake}/silver/listings", mode="overwrite")
        said.append(message)

    done = publish(settings, lake, LISTINGS, 2, move_on)
    assert done.differences == ()
    assert rows_served(settings) == done.rows == 300 * served.height
    now = publish(settings, lake, LISTINGS, 3, print)
    assert now.differences == ()
    assert rows_served(settings) == served.height


@pytest.mark.fault("F41", "task vanished")
def test_an_ingestion_that_vanished_is_an_error(
    settings: DruidSettings, lake: str, served: pl.DataFrame, proxy: FaultProxy
) -> None:
    proxy.rule = lambda r: Fault.GONE if r.method == "GET" and "/query-" in r.path else Fault.NONE
    with pytest.raises(IngestionError, match="vanished"):
        publish(through(proxy, settings), lake, LISTINGS, 1, print)
    converges(settings, lake)


def test_a_statement_that_is_forgotten_is_followed_through_its_task(
    settings: DruidSettings, lake: str, served: pl.DataFrame, proxy: FaultProxy
) -> None:
    proxy.rule = lambda r: Fault.GONE if r.method == "GET" and r.path.startswith(STATEMENTS) else Fault.NONE
    done = publish(through(proxy, settings), lake, LISTINGS, 1, print)
    assert done.differences == ()
    assert rows_served(settings) == 150


@pytest.mark.fault("F41", "answer lost")
def test_a_lost_answer_to_the_submission_does_not_ingest_twice(
    settings: DruidSettings, lake: str, served: pl.DataFrame, proxy: FaultProxy
) -> None:
    def rule(request: Request) -> Fault:
        return Fault.ANSWER_LOST if (request.method, request.path) == ("POST", STATEMENTS) else Fault.NONE

    proxy.rule = rule
    done = publish(through(proxy, settings), lake, LISTINGS, 1, print)
    assert done.differences == ()
    assert len([request for request in proxy.seen if request.path == STATEMENTS]) == 1


@pytest.mark.fault("F41", "503 at submission")
def test_a_druid_that_is_busy_is_said(
    settings: DruidSettings, lake: str, served: pl.DataFrame, proxy: FaultProxy
) -> None:
    proxy.rule = lambda r: Fault.UNAVAILABLE if r.path == STATEMENTS else Fault.NONE
    with pytest.raises(DruidError, match="503"):
        publish(through(proxy, settings), lake, LISTINGS, 1, print)
    assert rows_served(settings) == 100
    converges(settings, lake)


def test_a_druid_that_stops_answering_for_a_while_is_waited_for(
    settings: DruidSettings, lake: str, served: pl.DataFrame, proxy: FaultProxy
) -> None:
    proxy.rule = lambda r: Fault.REFUSED if "/query-" in r.path else Fault.NONE
    timer = threading.Timer(4, lambda: setattr(proxy, "rule", lambda _: Fault.NONE))
    timer.start()
    assert publish(through(proxy, settings), lake, LISTINGS, 1, print).differences == ()
    timer.join()


def test_a_wrong_password_is_refused_and_not_shown(settings: DruidSettings) -> None:
    wrong = DruidSettings(url=settings.url, user=settings.user, password="canary-password")
    with pytest.raises(DruidError, match="401") as caught:
        DruidClient(wrong).sql("SELECT 1 AS answered")
    assert "canary" not in f"{caught.value!r} {caught.value.__cause__!r}"


def test_nobody_answers() -> None:
    with pytest.raises(DruidError, match="no answer"):
        DruidClient(DruidSettings(url="http://127.0.0.1:9")).sql("SELECT 1 AS answered")
