"""Dagster's own home: where run history lies, and that nothing is sent anywhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

DEFAULT_HOME = Path("data/dagster")
# A run whose process or code server is gone does not stay "started" for ever: the daemon of `dagster dev` ends it.
# What steps say is in the run's events; to catch what they print beside, Dagster would start four processes for each.
SETTINGS = """\
telemetry:
  enabled: false
run_monitoring:
  enabled: true
  max_runtime_seconds: 86400
compute_logs:
  module: dagster._core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
"""
# Tag of runs that are processes of their own and hold the home's lock while they live.
HEADLESS = "realestate-crawler/headless"


def dagster_home() -> Path:
    """DAGSTER_HOME, or ./data/dagster; made where needed, with a dagster.yaml that sends no telemetry."""
    home = Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).absolute()
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(SETTINGS, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    return home


@contextmanager
def instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's instance at its home."""
    dagster_home()
    with dg.DagsterInstance.get() as found:
        yield found


def end_dead_runs(found: dg.DagsterInstance) -> list[str]:
    """Marks the headless runs of this home that are still "started" as failed; their ids.

    Only for who holds the home's lock (`alone`): then no other headless run lives.
    """
    unfinished = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    dead = found.get_runs(filters=dg.RunsFilter(statuses=unfinished, tags={HEADLESS: "true"}))
    for run in dead:
        found.report_run_failed(run, "The process of this run died before its end.")
    return [run.run_id for run in dead]
