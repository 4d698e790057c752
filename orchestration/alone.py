"""One at a time: whoever changes the tables of a home holds its lock."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AtWorkError(RuntimeError):
    """Somebody else changes the tables of the same home."""


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Holds the home's lock; two runs of one home would only do each other's work again.

    Raises:
        AtWorkError: when another process holds it.
    """
    with (home / "materialize.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtWorkError(f"another materialization is at work ({home})") from None
        yield
