"""Tests wait for what another process does: until it has happened, and not for ever."""

import time

PATIENCE = 120


def until(happened, what, seconds=PATIENCE):
    """What it says as soon as that is true; fails with `what` when it never is."""
    deadline = time.monotonic() + seconds
    while not (found := happened()):
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.02)
    return found
