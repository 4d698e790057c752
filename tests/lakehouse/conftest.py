"""A town whose listings change from day to day, and the tables that follow from it without any fault."""

from decimal import Decimal

import pytest

from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import contents, refresh


def home(key, price, **more):
    return listing(key, list_price=Decimal(price), currency="EUR", **more)


# Six days of two scopes: everything that can happen to a listing happens.
NORTH = [
    {"a": 100, "b": 200, "c": 300},
    {"a": 90, "b": 200},
    {"a": 90, "b": 210, "d": 400},
    {"a": 90, "b": 210, "c": 290, "d": 400},
    {"a": 95, "c": 290},
    {"a": 95, "b": 199, "c": 290},
]
SOUTH = [
    {"a": 100, "z": 900},
    {"z": 900},
    {"z": 910, "d": 400},
    {"y": 1, "z": 910, "d": 401},
    {"y": 1, "d": 401},
    {"y": 1, "d": 401, "c": 280},
]


def deliver_day(root, number, scopes=("north", "south")):
    for scope, days in (("north", NORTH), ("south", SOUTH)):
        if scope in scopes:
            items = [home(key, price) for key, price in days[number - 1].items()]
            deliver(root, items, run_seq=number, scope=scope)


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The tables after six days, one run a day, nothing going wrong."""
    root = tmp_path_factory.mktemp("undisturbed")
    for number in range(1, 7):
        deliver_day(root, number)
        assert len(refresh(root)) == 2
    return contents(root)


@pytest.fixture(scope="session")
def undisturbed_three(tmp_path_factory):
    """The same after three days."""
    root = tmp_path_factory.mktemp("three")
    for number in range(1, 4):
        deliver_day(root, number)
        refresh(root)
    return contents(root)
