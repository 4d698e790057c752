"""MinIO goes away in the middle of a crawl: said, nothing lost, and the tables come out as if nothing had happened."""

import json
import re
from pathlib import Path

import pytest

from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, LISTINGS, MARKET_DAILY
from orchestration.resources.lake import Lake
from realestate_crawler.demo_market.portal import Portal
from tests.crawl.market import CITY, KEYS, MARKET, behind
from tests.services.harness.minio import MinioServer
from tests.services.rig import Rig
from tests.waiting import until

DAYS = ("2026-05-01T06:00:00Z", "2026-05-02T06:00:00Z")
TABLES = (LISTINGS, LISTING_CHANGES, LISTING_HISTORY, MARKET_DAILY)
# They name the run, by the wall clock; everything else must be equal.
RUN = ("run_id", "last_change_run_id")


def crawl(rig: Rig, url: str, day: str) -> int:
    """One day of the market; parts small enough for several to be under way."""
    criterion = {"id": "town", "source": "demo_market", "city": CITY, "options": {"url": url}}
    path = rig.folder / "criteria.yaml"
    path.write_text(json.dumps({"criteria": [criterion]}))
    words = ["-a", f"criteria={path}", "-a", f"observed_at={day}"]
    return rig.run("scrapy", "crawl", "demo_market", *words, REALESTATE_FEED_PART_LINES="7")


def contents(rig: Rig) -> dict[str, list[str]]:
    """All rows of all tables, as text, sorted; each market has a port of its own."""

    def row(values: tuple[object, ...]) -> str:
        return re.sub(r"127\.0\.0\.1:\d+", "the.market", repr(values))

    frames = {table.name: Lake(root=rig.lake).read(table) for table in TABLES}
    return {name: sorted(map(row, frame.drop(RUN, strict=False).rows())) for name, frame in frames.items()}


def test_a_crawl_is_finished_later(
    own_minio: MinioServer, tmp_path: Path, serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in own_minio.s3.environment.items():
        monkeypatch.setenv(name, value)
    undisturbed, disturbed = (Rig(own_minio.s3, tmp_path / name) for name in ("undisturbed", "disturbed"))
    asked = []

    def stop_in_the_middle(path: str, key: str | None) -> None:
        asked.append(key)
        if key and len({each for each in asked if each}) == len(KEYS) // 2 and own_minio.process.running:
            # A busy machine reads faster than it delivers.
            until(lambda: any("-000002/part-" in key for key in disturbed.objects("landing/")), "a part", seconds=60)
            own_minio.stop()

    for day, told in enumerate(DAYS, start=2):
        with Portal(MARKET, day=day) as portal:
            assert crawl(undisturbed, portal.url, told) == 0
            asked.clear()
            broken = serve(behind(portal, stop_in_the_middle if day == 3 else lambda path, key: None))
            assert crawl(disturbed, broken.url, told) == (5 if day == 3 else 0)
    assert not own_minio.process.running
    (manifest,) = (disturbed.folder / "spool").rglob("manifest.json")
    run = json.loads(manifest.read_text())
    kept = sorted(path.name for path in manifest.parent.glob("*.jsonl.gz"))
    assert 0 < len(kept) < len(run["parts"]) == -(-len(KEYS) // 7)
    assert f"the local copy is kept: {manifest.parent}" in disturbed.said

    assert disturbed.run("scrapy", "deliver", run["run_id"]) == 5
    assert sorted(path.name for path in manifest.parent.glob("*.jsonl.gz")) == kept

    own_minio.start()
    assert disturbed.run("scrapy", "deliver", run["run_id"]) == 0
    assert not manifest.parent.exists()
    assert disturbed.run("scrapy", "deliver") == 0
    for rig in (undisturbed, disturbed):
        assert rig.materialize("--no-crawl") == 0
        assert rig.unfinished() == []
        assert rig.show_a_secret() == []
    wanted = contents(undisturbed)
    assert all(wanted.values())
    assert contents(disturbed) == wanted
    changes = Lake(root=disturbed.lake).read(LISTING_CHANGES)
    assert {"new", "changed", "missing"} <= set(changes["change_type"])
