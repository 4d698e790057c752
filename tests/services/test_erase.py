"""Erasing on a real store that keeps versions of objects, and from a real Druid: nothing is left in either."""

from pathlib import Path

import pytest

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.publish import publish
from orchestration.druid.settings import DruidSettings
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import Lake
from tests.erasing import town
from tests.graph_fixtures.feeds import SOURCE
from tests.operators.conftest import set_places, typed
from tests.services.conftest import Bucket
from tests.traces import traces

PEOPLE = [word for text in town.PEOPLE for word in ("--person", text)]
CANARIES = (town.KEY, town.URL, town.STREET, "Canarov", "911987654", town.EMAIL)


@pytest.fixture
def stored(minio: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The town in a bucket that keeps versions; every object has been there before in another version."""
    set_places(tmp_path, monkeypatch)
    town.days(tmp_path)
    town.leavings(tmp_path)
    client = minio.s3.client()
    client.put_bucket_versioning(Bucket=minio.name, VersioningConfiguration={"Status": "Enabled"})
    for layer in ("landing", "lake", "reports"):
        for path in sorted(p for p in (tmp_path / layer).rglob("*") if p.is_file()):
            key = path.relative_to(tmp_path).as_posix()
            for _ in range(2):
                client.put_object(Bucket=minio.name, Key=key, Body=path.read_bytes())
        monkeypatch.setenv(f"REALESTATE_{layer.upper()}", f"{minio.location}/{layer}")
    return minio


def everything(bucket: Bucket, folder: Path) -> Path:
    """Every version of every object, as files."""
    client = bucket.s3.client()
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket.name)
    for number, each in enumerate(version for page in pages for version in page.get("Versions", [])):
        body = client.get_object(Bucket=bucket.name, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        path = folder / each["Key"] / f"{number}-{Path(each['Key']).name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return folder


def test_nothing_is_left_in_any_version_of_any_object(stored: Bucket, tmp_path: Path) -> None:
    words = ["erase", "--listing", SOURCE, town.KEY, *PEOPLE]
    told = typed(*words)
    assert told.code == 0, told.err
    assert "kept by the store: feeds: " in told.out
    answer = typed(*words, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert "versions of objects removed that the store had kept" in answer.err
    assert traces(everything(stored, tmp_path / "after"), *CANARIES) == {}
    assert traces(tmp_path / "spool", *CANARIES) == {}
    assert typed("replay").code == 0
    assert typed("doctor", "--deep").code == 0, typed("doctor", "--deep").out


def test_druid_serves_the_tables_without_it_and_keeps_no_segment_of_before(
    stored: Bucket, settings: DruidSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("url", "user", "prefix"):
        monkeypatch.setenv(f"REALESTATE_DRUID_{name.upper()}", getattr(settings, name))
    monkeypatch.setenv("REALESTATE_DRUID_PASSWORD", settings.secret())
    lake = Lake(root=f"{stored.location}/lake")
    client = DruidClient(settings)
    for table in (LISTINGS, LISTING_CHANGES):
        publish(settings, lake.root, DATASOURCES[table.name], lake.version(table), print)

    def rows(table: str, column: str, value: str) -> int:
        query = f'SELECT COUNT(*) AS n FROM "{settings.prefix}{table}" WHERE "{column}" LIKE ?'
        return int(client.sql(query, [("VARCHAR", value)])[0]["n"])

    assert rows("listings", "listing_key", town.KEY) == 1
    assert rows("listing_changes", "previous_value", "%Canarov%") > 0
    before = {row["id"] for row in client.sql("SELECT segment_id AS id FROM sys.segments")}
    answer = typed("erase", "--listing", SOURCE, town.KEY, *PEOPLE, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert rows("listings", "listing_key", town.KEY) == 0
    for column in ("previous_value", "new_value"):
        assert rows("listing_changes", column, "%Canarov%") == 0
    name = f"{settings.prefix}listings"
    kept = client.get(f"/druid/coordinator/v1/metadata/datasources/{name}/segments") or []
    assert not before & set(kept)
    unused = client.get(f"/druid/coordinator/v1/metadata/datasources/{name}/unusedSegments") or []
    assert unused == []
