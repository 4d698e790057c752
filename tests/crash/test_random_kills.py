"""Writers are killed at named points and at any moment: whatever died, the ten invariants hold after every restart.

Few kills, so that it is run always; `make crash-loop KILLS=2000` runs many.
"""

import random

import pytest

from tests.crash.loop import crash_loop


@pytest.mark.timeout(900)
@pytest.mark.fault("F30", "three writers", "folder")
def test_three_writers_are_killed_at_any_moment():
    assert crash_loop(12, random.randrange(10**6)) == 0


@pytest.mark.timeout(900)
@pytest.mark.fault("F30", "one writer")
def test_one_writer_is_killed_at_any_moment():
    assert crash_loop(4, random.randrange(10**6), writers=1) == 0
