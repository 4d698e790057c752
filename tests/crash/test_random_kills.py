"""Writers are killed at named points and at any moment: whatever died, the ten invariants hold after every restart.

Few kills, so that it is run always; `make crash-loop KILLS=2000` runs many.
"""

import pytest

from tests.crash.loop import crash_loop

SEED = 1  # who does what; where it strikes is the machine's


@pytest.mark.timeout(900)
@pytest.mark.fault("F30", "three writers", "folder")
def test_three_writers_are_killed_at_any_moment():
    assert crash_loop(20, SEED) == 0


@pytest.mark.timeout(900)
@pytest.mark.fault("F30", "one writer")
def test_one_writer_is_killed_at_any_moment():
    assert crash_loop(4, SEED, writers=1) == 0
