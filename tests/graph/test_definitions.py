"""The code location loads, and is the graph that was agreed on."""

import datetime as dt
import json
from pathlib import Path

import dagster as dg
import pytest

from orchestration.automation import daily, waiting_feeds
from orchestration.definitions import defs
from orchestration.resources.places import PlacesResource
from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh

GOLDEN = Path(__file__).with_name("graph.json")


def described():
    """Assets, checks, schedules and sensors as plain values."""
    graph = defs.resolve_asset_graph()
    assets = {
        node.key.to_user_string(): {
            "deps": sorted(key.to_user_string() for key in node.parent_keys),
            "group": node.group_name,
        }
        for node in graph.asset_nodes
    }
    specs = [spec for checks in defs.asset_checks or [] for spec in checks.check_specs]
    schedule = defs.resolve_schedule_def("daily")
    sensor = defs.resolve_sensor_def("waiting_feeds")
    return {
        "assets": dict(sorted(assets.items())),
        "checks": {
            spec.name: {"asset": spec.asset_key.to_user_string(), "blocking": spec.blocking}
            for spec in sorted(specs, key=lambda spec: spec.name)
        },
        "schedules": {"daily": [schedule.job_name, schedule.cron_schedule, schedule.execution_timezone]},
        "sensors": {"waiting_feeds": [sensor.job_name, sensor.minimum_interval_seconds]},
    }


def test_the_definitions_load():
    dg.Definitions.validate_loadable(defs)


def test_the_graph_is_the_stored_one():
    """After a change on purpose: python -m tests.graph.test_definitions"""
    assert described() == json.loads(GOLDEN.read_text(encoding="utf-8"))


@pytest.fixture
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("REALESTATE_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("REALESTATE_LAKE", str(tmp_path / "lake"))
    return PlacesResource()


def ask(places):
    with dg.DagsterInstance.ephemeral() as instance:
        return waiting_feeds(dg.build_sensor_context(instance=instance, definitions=defs), places=places)


def test_the_sensor_asks_for_a_run_while_a_feed_waits_and_not_otherwise(tmp_path, places):
    assert isinstance(ask(places), dg.SkipReason)
    deliver(tmp_path, [listing("a")], run_seq=1)
    [first] = ask(places).run_requests
    assert first.run_config["ops"]["search_criteria"]["config"]["crawl"] is False
    [again] = ask(places).run_requests
    assert again.run_key == first.run_key, "one run for what waits, not one a minute"
    deliver(tmp_path, [listing("a")], run_seq=2)
    [second] = ask(places).run_requests
    assert second.run_key != first.run_key
    refresh(tmp_path)
    assert isinstance(ask(places), dg.SkipReason)


def test_a_damaged_feed_does_not_make_the_sensor_run_again_and_again(tmp_path, places):
    ref = deliver(tmp_path, [listing("a")], run_seq=1)
    (tmp_path / "landing" / ref.key).write_text("{")
    [first], [second] = ask(places).run_requests, ask(places).run_requests
    assert first.run_key == second.run_key


def test_the_schedule_runs_once_a_day():
    at = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at)
        result = daily.evaluate_tick(context)
    assert len(result.run_requests) == 1
    assert daily.cron_schedule == "0 5 * * *"


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(described(), indent=1) + "\n", encoding="utf-8")
