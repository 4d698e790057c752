"""One landing zone and one lake with three writers on two machines: rounds of lives, some of them cut short.

What belongs here: processes and their deaths. What does not: what is decided about them (`plans`), what must hold
(`invariants`), how many worlds there are (`loop`).
"""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.crash import town
from tests.crash.invariants import Auditor, BrokenError
from tests.crash.writer import REFUSED, Life, live

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.crash.writer", "orchestration.definitions"])
HOSTS = ("alpha", "alpha", "beta")
KILLED = -9
# No key of a store may show up in any output; this word stands for one.
CANARY = "canary-3f1c9a"


class Body(Protocol):
    """A process under way."""

    def alive(self) -> bool: ...
    def kill(self) -> None: ...
    def code(self) -> int: ...


class Forked:
    """A life in a child of the fork server."""

    def __init__(self, life: Life) -> None:
        self._process = FORKS.Process(target=live, args=(life,), daemon=True)
        self._process.start()

    def alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        self._process.kill()

    def code(self) -> int:
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        assert code is not None
        return code


@dataclass(frozen=True)
class End:
    """How a life ended: after how many seconds, with which exit code."""

    life: Life
    seconds: float
    code: int


class World:
    """The places, and who looks after them."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self.landing, self.lake = str(folder / "landing"), str(folder / "lake")
        for name in ("logs", *(f"spool-{host}" for host in set(HOSTS))):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.auditor = Auditor(self.landing, self.lake)
        self._lives = 0

    def env(self, writer: int) -> dict[str, str]:
        """Where things lie for a writer. Each has a home of its own: no lock keeps one from the others' tables."""
        return {
            "REALESTATE_LANDING": self.landing,
            "REALESTATE_LAKE": self.lake,
            "REALESTATE_SPOOL": str(self.spool(writer)),
            "REALESTATE_REPORTS": str(self.folder / "reports"),
            "REALESTATE_CRITERIA": str(self.folder / "criteria.yaml"),
            "REALESTATE_DRUID_PASSWORD": CANARY,
            "DAGSTER_HOME": str(self.folder / f"home-{writer}"),
        }

    def spool(self, writer: int) -> Path:
        """One for each machine."""
        return self.folder / f"spool-{HOSTS[writer]}"

    def life(self, writer: int, *jobs: "object", point: tuple[str, int] | None = None) -> Life:
        """A life of one writer in this world."""
        self._lives += 1
        log = self.folder / "logs" / f"{self._lives:04d}-{writer}.log"
        return Life(self.seed, HOSTS[writer], jobs, str(log), self.env(writer), point)  # type: ignore[arg-type]

    def run(self, lives: list[tuple[Life, float | None]], start: Callable[[Life], Body] = Forked) -> list[End]:
        """Runs lives side by side, each killed after so many seconds where that is said; waits for the last.

        Raises:
            BrokenError: when one ended by itself with an error.
        """
        begun = time.monotonic()
        under_way = [(life, delay, start(life)) for life, delay in lives]
        ends: list[End] = []
        while under_way:
            time.sleep(0.003)
            passed = time.monotonic() - begun
            for each in list(under_way):
                life, delay, body = each
                if not body.alive():
                    under_way.remove(each)
                    ends.append(End(life, passed, body.code()))
                elif delay is not None and passed >= delay:
                    body.kill()
        for end in ends:
            if end.code not in (0, REFUSED, KILLED):
                raise BrokenError(10, f"exit code {end.code}:\n{Path(end.life.log).read_text()[-4000:]}")
        return ends

    def check(self) -> None:
        """All that can be decided now.

        Raises:
            BrokenError: for the first invariant that does not hold.
        """
        known = set(self.auditor.bronze.feeds)
        self.auditor.check()
        for place, feed in self.auditor.bronze.feeds.items():
            if place in known or feed.accepts or place[:2] not in town.SCOPES:
                continue
            look = town.look(self.seed, *place)
            seen = {key: line["list_price"] for key, line in feed.lines.items()}
            if (seen, feed.complete, feed.at) != (look.prices, look.complete, look.at):
                raise BrokenError(6, f"{feed!r} is not what was seen: {look}")
