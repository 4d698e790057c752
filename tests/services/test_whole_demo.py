"""The whole demo on MinIO and Druid through the commands of an operator: equal, nothing left over, nothing told."""

import re
import time
from collections.abc import Iterator

import polars as pl
import pytest

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.snapshot import take_snapshot
from orchestration.resources.delta import open_table, scan
from tests.services.harness.druid import DruidAddress, DruidServers
from tests.services.harness.minio import S3
from tests.services.rig import Rig, market

DEADLINE = 12
SILVER = ("listings", "listing_changes")


@pytest.fixture(scope="module")
def rig(s3: S3, druid_address: DruidAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Three days of the market, each crawled, merged, served."""
    rig = Rig(s3, tmp_path_factory.mktemp("rig"), druid_address)
    with pytest.MonkeyPatch.context() as patched:
        for name, value in s3.environment.items():
            patched.setenv(name, value)
        for day in (1, 2, 3):
            with market(day) as address:
                # The last day at its most talkative: what may be logged at all, is.
                level = "DEBUG" if day == 3 else "INFO"
                assert rig.materialize(REALESTATE_DEMO_MARKET_URL=address, REALESTATE_LOG_LEVEL=level) == 0
        yield rig


def rows(rig: Rig, table: str) -> pl.DataFrame:
    return scan(f"{rig.lake}/{table}").collect()


def test_druid_serves_what_the_tables_hold_chunk_by_chunk(rig: Rig) -> None:
    assert rig.differences() == {name: [] for name in DATASOURCES}
    for name, source in DATASOURCES.items():
        assert rig.served(name) == rows(rig, source.table).height > 0
    changes = rows(rig, "silver/listing_changes")
    assert changes["observed_at"].dt.date().n_unique() == 3
    assert {"new", "changed", "missing"} <= set(changes["change_type"])


def test_an_analyst_gets_the_same_answer_from_both_engines(rig: Rig) -> None:
    answers = []
    for engine in ("druid", "local"):
        child = rig.start("orchestration", "query", "price_summary", "--engine", engine, "--format", "csv")
        said = len(rig.said)
        assert rig.finish(child) == 0
        answers.append(pl.read_csv(rig.said[said:].encode()))
    assert answers[0].height > 0
    assert answers[0].shape == answers[1].shape


def test_nothing_is_left_over(rig: Rig) -> None:
    assert rig.unfinished() == []
    assert [key for key in rig.objects("lake/") if "staging" in key] == []
    kept = set()
    for source in DATASOURCES.values():
        version = open_table(f"{rig.lake}/{source.table}").version()
        snapshot = take_snapshot(rig.lake, source, version)
        kept |= {f"lake/{key}" for chunk in snapshot.chunks.values() for key in chunk.keys}
    assert set(rig.objects("lake/serving/")) == kept
    left = [path for path in (rig.folder / "spool").rglob("*") if path.is_file() and "logs" not in path.parts]
    assert left == []
    running = DruidClient(rig.settings).get("/druid/indexer/v1/tasks?state=running") or []
    assert [task for task in running if task["dataSource"].startswith(rig.settings.prefix)] == []


@pytest.mark.fault("F41", "task failed")
def test_the_indexer_dies_in_the_middle_of_a_run(rig: Rig, druid_servers: DruidServers | None) -> None:
    if druid_servers is None:
        pytest.skip("the processes of a Druid that is named by address cannot be killed from here")
    before = {name: rig.served(name) for name in DATASOURCES}
    indexer = druid_servers.processes["indexer"]
    try:
        with market(4) as address:
            child = rig.start(
                "orchestration",
                "materialize",
                REALESTATE_DEMO_MARKET_URL=address,
                REALESTATE_DRUID_DEADLINE=str(DEADLINE),
            )
            wait_for_an_ingestion(rig)
            indexer.kill()
            killed = time.monotonic()
            said = len(rig.said)
            assert rig.finish(child) == 5
        # Three assets, each red within its own deadline; the rest of the time the machine may have been busy.
        assert time.monotonic() - killed < 3 * (DEADLINE + 60)
        told = rig.said[said:]
        assert re.search(r"druid_\w+: !! .*(failed|vanished|did not end within|waited)", told), told
        assert {name: rig.served(name) for name in DATASOURCES} == before
    finally:
        indexer.start()
        druid_servers.wait()
    # Longer than Druid takes to notice that what it was giving to the dead never began.
    again = rig.start("orchestration", "materialize", "--no-crawl", REALESTATE_DRUID_DEADLINE="240")
    assert rig.finish(again, seconds=900) == 0
    assert rig.differences() == {name: [] for name in DATASOURCES}
    assert rig.served("listing_changes") == rows(rig, "silver/listing_changes").height > before["listing_changes"]


def wait_for_an_ingestion(rig: Rig) -> None:
    end = time.monotonic() + 120
    client = DruidClient(rig.settings)
    while time.monotonic() < end:
        running = client.get("/druid/indexer/v1/tasks?state=running") or []
        if any(
            task["dataSource"].startswith(rig.settings.prefix) and task.get("runnerStatusCode") == "RUNNING"
            for task in running
        ):
            return
        time.sleep(0.05)
    raise AssertionError("no ingestion within two minutes")


def test_no_secret_can_be_read_anywhere(rig: Rig) -> None:
    assert rig.said
    assert [path for path in (rig.folder / "spool/logs").rglob("*.log") if "DEBUG" in path.read_text()]
    assert [key for key in rig.objects() if key.endswith("manifest.json")]
    assert [key for key in rig.objects() if "_delta_log" in key]
    assert rig.show_a_secret() == []
    (rig.folder / "planted.log").write_text(f"key={rig.s3.secret_key}")
    assert rig.show_a_secret() == [str(rig.folder / "planted.log")]
