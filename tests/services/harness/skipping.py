"""A test that lacks a server skips and says what is missing; where services are required, it fails."""

import os
from collections.abc import Callable
from typing import TypeVar

import pytest

from tests.services.harness.cache import MissingError

T = TypeVar("T")


def required() -> bool:
    """Whether a missing server is a failure."""
    return os.environ.get("REALESTATE_REQUIRE_SERVICES") == "1"


def or_skip(make: Callable[[], T]) -> T:
    """What `make` makes; skips the test when it cannot be had here, unless REALESTATE_REQUIRE_SERVICES=1."""
    try:
        return make()
    except MissingError as error:
        if required():
            raise
        pytest.skip(str(error))
