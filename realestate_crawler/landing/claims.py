"""Claims of runs as they lie in the landing zone: who took which number of a scope, and when.

What belongs here: reading and writing claims. What does not: what follows from them (`runs`, and whoever else must not
come before a run that is at work).
"""

import datetime
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from realestate_crawler.landing.store import ObjectStore

# So many newer runs no other machine starts while one of ours is at work; where each run has a machine of its own
# (a pod), all claims are of others.
LOOK_BACK = 30


@dataclass(frozen=True, slots=True)
class Claim:
    """Who took a number.

    Attributes:
        born: when the process started, in its machine's own count; empty where that is not known.
    """

    run_id: str
    host: str
    pid: int
    claimed_at: datetime.datetime
    born: str = ""

    @property
    def is_of_this_machine(self) -> bool:
        """Whether its process can be looked for here."""
        return self.host == socket.gethostname()

    @property
    def is_at_work(self) -> bool:
        """Whether the very process lives, as far as that can be seen from here."""
        return self.is_of_this_machine and _alive(self.pid, self.born)


def own_claim(run_id: str, now: datetime.datetime) -> bytes:
    """What this process writes to take a number."""
    claim = Claim(run_id, socket.gethostname(), os.getpid(), now, _born(os.getpid()))
    return json.dumps({**asdict(claim), "claimed_at": now.isoformat()}).encode()


def newest_claims(store: ObjectStore, keys: Sequence[str]) -> Iterator[Claim]:
    """The newest of a scope's claims, whose keys are in the order of their numbers; newest first.

    What is damaged is passed over: its number is taken, and its run cannot be told.

    Raises:
        StoreError: when the store cannot be used.
    """
    for key in reversed(keys[-LOOK_BACK:]):
        if (claim := read_claim(store, key)) is not None:
            yield claim


def read_claim(store: ObjectStore, key: str) -> Claim | None:
    """The claim of that key; None for one that is damaged.

    Raises:
        StoreError: when it cannot be had.
    """
    try:
        told = json.loads(store.get(key))
        begun = datetime.datetime.fromisoformat(told["claimed_at"])
        claim = Claim(str(told["run_id"]), str(told["host"]), int(told["pid"]), begun, str(told.get("born", "")))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return claim if begun.tzinfo else None


def _alive(pid: int, born: str) -> bool:
    """Whether the very process still lives: numbers of processes are used again, soonest in containers."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, under another user
    return not born or _born(pid) in ("", born)


def _born(pid: int) -> str:
    """When a process started, in the machine's own count; empty where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
    return f"{boot} {ticks}"
