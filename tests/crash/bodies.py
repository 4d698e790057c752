"""The processes that lives are lived in, and the blows that end them.

What belongs here: starting, striking, waiting. What does not: what is done in them (`writer`, `jobs`).
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.crash.jobs import COMMANDS
from tests.crash.striking import Strike
from tests.crash.writer import Life, live
from tests.services.harness.fault_proxy import FaultProxy, Rule

ROOT = Path(__file__).parents[2]
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.writer", "orchestration.definitions"])
KILLED = -signal.SIGKILL


class Body(Protocol):
    """A process under way."""

    def alive(self) -> bool:
        """Whether it still runs."""

    def strike(self, number: int) -> None:
        """Sends it a signal."""

    def code(self) -> int:
        """How it ended; negative: by which signal."""


class Forked:
    """A child of the fork server, which has everything imported: it costs milliseconds."""

    def __init__(self, life: Life) -> None:
        self._process = FORKS.Process(target=live, args=(life,), daemon=True)
        self._process.start()

    def alive(self) -> bool:
        return self._process.is_alive()

    def strike(self, number: int) -> None:
        assert self._process.pid is not None
        if self.alive():
            os.kill(self._process.pid, number)

    def code(self) -> int:
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        assert code is not None
        return code


class Command:
    """A command of the project, as a person or a timer starts it."""

    def __init__(self, life: Life) -> None:
        (job,) = life.jobs
        ours = {name: value for name, value in os.environ.items() if not name.startswith("REALESTATE_")}
        with Path(life.log).open("ab") as log:
            log.write(f"--- {life}\n".encode())
            log.flush()
            self._process = subprocess.Popen(
                [sys.executable, "-m", *COMMANDS[job.kind]], cwd=ROOT, env=ours | life.env, stdout=log, stderr=log
            )

    def alive(self) -> bool:
        return self._process.poll() is None

    def strike(self, number: int) -> None:
        self._process.send_signal(number)

    def code(self) -> int:
        return self._process.wait()


@dataclass(frozen=True)
class Fate:
    """A life, and what it is struck with.

    Attributes:
        blows: seconds after its beginning → signal.
        store: the proxy through which it reaches its store, and the rule there, made from what strikes the life.
    """

    life: Life
    blows: tuple[tuple[float, int], ...] = ()
    store: tuple[FaultProxy, Callable[[Strike], Rule]] | None = None


@dataclass(frozen=True)
class End:
    """How a life ended: after how many seconds, with which exit code."""

    life: Life
    seconds: float
    code: int


def live_side_by_side(fates: Iterable[Fate]) -> list[End]:
    """Begins all lives, strikes them at their time, and waits for the last to end."""
    begun = time.monotonic()
    under_way = [(fate, list(fate.blows), _begin(fate)) for fate in fates]
    ends: list[End] = []
    while under_way:
        time.sleep(0.005)
        passed = time.monotonic() - begun
        for each in list(under_way):
            fate, blows, body = each
            if not body.alive():
                under_way.remove(each)
                ends.append(End(fate.life, passed, body.code()))
            elif blows and passed >= blows[0][0]:
                body.strike(blows.pop(0)[1])
    return ends


def _begin(fate: Fate) -> Body:
    body = (Command if fate.life.jobs[0].kind in COMMANDS else Forked)(fate.life)
    if fate.store is not None:
        through, rule = fate.store
        through.rule = rule(lambda: body.strike(signal.SIGKILL))
    return body
