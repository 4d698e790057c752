"""Steps that share no disk hand each other their values through a store; what runs in one process needs none."""

import os
import subprocess
import sys

import dagster as dg
import pytest

from orchestration.definitions import build_definitions
from orchestration.resources.step_values import StoredSteps, step_values
from realestate_crawler.landing.store import StoreError
from tests.crawling import ROOT, environment


@dg.op(out=dg.DynamicOut(int))
def numbers():
    for each in (1, 2, 3):
        yield dg.DynamicOutput(each, mapping_key=f"n_{each}")


@dg.op
def doubled(number: int) -> int:
    return 2 * number


@dg.op
def summed(found: list[int]) -> int:
    return sum(found)


@dg.graph_asset
def total() -> int:
    return summed(numbers().map(doubled).collect())


@dg.asset
def report(total: int) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"total": total})


def test_values_fan_out_and_in_and_serve_a_later_run(tmp_path):
    resources = {"io_manager": StoredSteps(root=str(tmp_path / "steps"))}
    assert dg.materialize([total], resources=resources).success
    made = {path.relative_to(tmp_path / "steps").parts[0] for path in (tmp_path / "steps").rglob("*") if path.is_file()}
    assert made == {"assets", "runs"}
    later = dg.materialize([total, report], selection=[report], resources=resources)
    (told,) = later.asset_materializations_for_node("report")
    assert told.metadata["total"].value == 12


def test_a_value_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(StoreError, match="assets/total"):
        dg.materialize(
            [total, report], selection=[report], resources={"io_manager": StoredSteps(root=str(tmp_path / "none"))}
        )


def test_the_environment_chooses(monkeypatch):
    monkeypatch.delenv("REALESTATE_STEPS", raising=False)
    assert step_values() == {}
    assert "io_manager" not in build_definitions().resources
    monkeypatch.setenv("REALESTATE_STEPS", "s3://bucket/steps")
    assert build_definitions().resources["io_manager"] == StoredSteps(root="s3://bucket/steps")


def test_the_graph_s_own_values_pass_through_it(tmp_path):
    """Every step in a process of its own, as it would be in a pod."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home/dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    steps = tmp_path / "steps"
    env = environment(tmp_path, REALESTATE_STEPS=str(steps), DAGSTER_HOME=str(tmp_path / "home"))
    env["REALESTATE_CRITERIA"] = os.devnull
    config = tmp_path / "config.yaml"
    config.write_text("ops: {search_criteria: {config: {crawl: false}}}")
    command = ["dagster", "job", "execute", "-m", "orchestration.definitions", "-j", "refresh", "-c", str(config)]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (steps / "assets/staged_changes").is_file()
    assert not (tmp_path / "home/storage/search_criteria").exists()
