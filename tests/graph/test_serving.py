"""The Druid assets in the graph: skipped where none is configured, red when what is served is not what the lake has."""

import dagster as dg
import pytest

from orchestration.assets import druid
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.ingestion import IngestionError
from orchestration.druid.publish import Published
from orchestration.druid.snapshot import take_snapshot
from orchestration.resources.places import PlacesResource
from tests.services.tables import listings

SERVED = [druid.druid_listings, druid.druid_listing_changes, druid.druid_market_daily]


@pytest.fixture
def lake(tmp_path, monkeypatch):
    for name in ("LANDING", "LAKE"):
        monkeypatch.setenv(f"REALESTATE_{name}", str(tmp_path / name.lower()))
    monkeypatch.delenv("REALESTATE_DRUID_URL", raising=False)
    root = str(tmp_path / "lake")
    listings(100).write_delta(f"{root}/silver/listings")
    return root


@dg.asset(deps=[druid.druid_listings])
def after() -> None:
    """Something that leans on what is served."""


def materialize(*assets):
    return dg.materialize(list(assets), resources={"places": PlacesResource()}, raise_on_error=False)


def checks(result):
    return [(check.check_name, check.passed) for check in result.get_asset_check_evaluations()]


def test_without_a_druid_they_are_skipped_and_not_red(lake):
    result = materialize(*SERVED)
    assert result.success
    assert result.get_asset_materialization_events() == []
    assert checks(result) == [(druid.EQUAL, True)] * 3
    said = {check.description for check in result.get_asset_check_evaluations()}
    assert said == {"skipped: no Druid is configured"}


@pytest.mark.parametrize("differences", [(), ("2026-10-01: 32 rows, 33 in the lake",)], ids=["equal", "different"])
def test_a_difference_is_red_and_stops_what_leans_on_it(lake, monkeypatch, differences):
    monkeypatch.setenv("REALESTATE_DRUID_URL", "http://127.0.0.1:9")
    snapshot = take_snapshot(lake, DATASOURCES["listings"], 0)
    monkeypatch.setattr(druid, "publish", lambda *_, **__: Published("listings", snapshot, (), (), differences))
    result = materialize(druid.druid_listings, after)
    assert checks(result) == [(druid.EQUAL, not differences)]
    assert result.success is not bool(differences)
    materialized = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    assert ("after" in materialized) is not bool(differences)


def test_an_ingestion_that_failed_is_red(lake, monkeypatch):
    monkeypatch.setenv("REALESTATE_DRUID_URL", "http://127.0.0.1:9")

    def fail(*_, **__):
        raise IngestionError("query-1 failed: the indexer died")

    monkeypatch.setattr(druid, "publish", fail)
    result = materialize(druid.druid_listings, after)
    assert not result.success
    assert result.get_asset_materialization_events() == []
