"""A test that lacks a server skips and says what is missing; where services are required, it fails.

Where they are required, a machine may still be excused from what nobody can give it: `REALESTATE_EXCUSED` names
programs ("buildah debootstrap"), "root" or "unshare". Only what is really not there is excused by that.
"""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.services.harness.cache import MissingError

T = TypeVar("T")


def required() -> bool:
    """Whether a missing server is a failure."""
    return os.environ.get("REALESTATE_REQUIRE_SERVICES") == "1"


def excused(error: MissingError) -> bool:
    """Whether this machine need not have what is missing."""
    return bool(error.lacking) and error.lacking in os.environ.get("REALESTATE_EXCUSED", "").split()


def or_skip(make: Callable[[], T]) -> T:
    """What `make` makes; skips the test when it cannot be had here, unless REALESTATE_REQUIRE_SERVICES=1."""
    try:
        return make()
    except MissingError as error:
        if required() and not excused(error):
            raise
        pytest.skip(str(error))
