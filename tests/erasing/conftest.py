"""The town, copied for each test; and the commands on it."""

import shutil

import pytest

from tests.erasing import town
from tests.operators.conftest import set_places, typed


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Six days, and what runs leave."""
    root = tmp_path_factory.mktemp("built") / "town"
    root.mkdir()
    town.days(root)
    town.leavings(root)
    return root


@pytest.fixture
def root(built, tmp_path, monkeypatch):
    """A town of its own for a test."""
    folder = tmp_path / "town"
    shutil.copytree(built, folder)
    set_places(folder, monkeypatch)
    return folder


@pytest.fixture
def operate(root):
    """The commands, as a person types them."""
    return typed
