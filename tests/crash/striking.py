"""A proxy before a real store through which a writer commits: it kills the writer there, or keeps the answer back.

The same moments as `watching` finds on a disk, and one more: the store has taken the commit, the writer does not know.
"""

import threading
from collections.abc import Callable

from tests.services.harness.fault_proxy import Fault, FaultProxy, Request, Rule

Strike = Callable[[], None]


def at_commit(table: str, nth: int, strike: Strike) -> Rule:
    """Strikes at the n-th commit to a table, before it reaches the store."""
    seen = _Counter()

    def rule(request: Request) -> Fault:
        if not _commits(request, table) or seen.next() != nth:
            return Fault.NONE
        strike()
        return Fault.REFUSED

    return rule


def after_commit(table: str, nth: int, strike: Strike) -> Rule:
    """Lets the n-th commit to a table take place, keeps the answer back, and strikes when the writer goes on."""
    seen = _Counter()
    lost = threading.Event()

    def rule(request: Request) -> Fault:
        if lost.is_set():
            strike()
            return Fault.REFUSED
        if not _commits(request, table) or seen.next() != nth:
            return Fault.NONE
        lost.set()
        return Fault.ANSWER_LOST

    return rule


def losing_answers(every: int) -> Rule:
    """Every so manieth commit to any table takes place and is not answered."""
    seen = _Counter()
    return lambda request: Fault.ANSWER_LOST if _commits(request, "") and seen.next() % every == 0 else Fault.NONE


def proxy(target: str) -> FaultProxy:
    """A proxy whose clients may die while they are answered."""
    found = FaultProxy(target)
    found._server.handle_error = lambda *_: None
    return found


class _Counter:
    """Counts from 1; several threads may ask."""

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), 0

    def next(self) -> int:
        with self._lock:
            self._count += 1
            return self._count


def _commits(request: Request, table: str) -> bool:
    return request.method == "PUT" and f"{table}/_delta_log/" in request.path and ".json" in request.path
