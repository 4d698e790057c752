"""What the portal's visitors did, so that a crawler's manners can be judged."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Stats:
    """Counters, safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._routes: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._user_agents: Counter[str] = Counter()
        self._bytes = 0
        self._at_once = 0
        self._most_at_once = 0
        self._last_start: float | None = None
        self._shortest_gap: float | None = None

    @contextmanager
    def visit(self, user_agent: str) -> Iterator[None]:
        """Counts one request for as long as it is being answered."""
        now = time.monotonic()
        with self._lock:
            self._user_agents[user_agent] += 1
            self._at_once += 1
            self._most_at_once = max(self._most_at_once, self._at_once)
            if self._last_start is not None:
                gap = now - self._last_start
                self._shortest_gap = gap if self._shortest_gap is None else min(self._shortest_gap, gap)
            self._last_start = now
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def count(self, route: str, status: int, size: int) -> None:
        """Counts one answer whose body had so many bytes on its way."""
        with self._lock:
            self._bytes += size
            self._routes[route] += 1
            self._statuses[str(status)] += 1

    def told(self) -> dict[str, Any]:
        """The counters as plain values; `shortest_gap` is in seconds between the starts of two requests."""
        with self._lock:
            return {
                "requests": sum(self._routes.values()),
                "bytes": self._bytes,
                "routes": dict(sorted(self._routes.items())),
                "statuses": dict(sorted(self._statuses.items())),
                "user_agents": dict(sorted(self._user_agents.items())),
                "most_at_once": self._most_at_once,
                "shortest_gap": self._shortest_gap,
            }
