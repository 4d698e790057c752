"""Erasing from a real Druid: it serves the tables without what was erased, and keeps no segment of before."""

import pytest

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.publish import publish
from orchestration.druid.settings import DruidSettings
from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import Lake
from tests.erasing import town
from tests.operators.conftest import typed
from tests.services.conftest import Bucket
from tests.services.erased_town import ERASE


@pytest.mark.slow
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
    answer = typed(*ERASE, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert rows("listings", "listing_key", town.KEY) == 0
    for column in ("previous_value", "new_value"):
        assert rows("listing_changes", column, "%Canarov%") == 0
    name = f"{settings.prefix}listings"
    kept = client.get(f"/druid/coordinator/v1/metadata/datasources/{name}/segments") or []
    assert not before & set(kept)
    unused = client.get(f"/druid/coordinator/v1/metadata/datasources/{name}/unusedSegments") or []
    assert unused == []
