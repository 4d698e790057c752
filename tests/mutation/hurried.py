"""A pytest plugin for runs against mutants: quick tests first, and a property ends at its first counter-example."""

import json
from pathlib import Path

import pytest
from hypothesis import Phase, settings

DURATIONS = Path("mutmut-stats.json")


def pytest_sessionstart() -> None:
    """After the conftest has loaded its own profile, before the tests are imported."""
    settings.register_profile(
        "hurried", deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
    )
    settings.load_profile("hurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of what each took without a mutant, as far as that is known."""
    if DURATIONS.exists():
        seconds = json.loads(DURATIONS.read_text())["duration_by_test"]
        items.sort(key=lambda item: seconds.get(item.nodeid, 0.0))
