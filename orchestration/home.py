"""Dagster's own home: where run history lies, and that nothing is sent anywhere."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

DEFAULT_HOME = Path("data/dagster")
SETTINGS = """\
telemetry:
  enabled: false
"""


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
