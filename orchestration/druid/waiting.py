"""Waiting for Druid: asked again and again, until nothing stands in the way or the time is over."""

import time
from collections.abc import Callable

POLL_SECONDS = 0.5


def wait(why: Callable[[], str], *, seconds: float, tell: Callable[[str], None] = lambda _: None) -> str:
    """Asks why not until there is no answer.

    Args:
        why: what stands in the way, in words; nothing when nothing does.
        seconds: how long to ask; it is asked once at least.
        tell: told of each answer that differs from the one before.

    Returns:
        What stands in the way when the time is over; nothing when nothing does any more.
    """
    until, told = time.monotonic() + seconds, ""
    while (reason := why()) and time.monotonic() < until:
        if reason != told:
            tell(reason)
            told = reason
        time.sleep(POLL_SECONDS)
    return reason
