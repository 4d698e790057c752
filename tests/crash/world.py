"""One landing zone and one lake, with three writers on two machines.

What belongs here: where things lie, and what is looked at after a round. What does not: processes (`bodies`), who does
what (`plans`), what must hold (`invariants`).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.crash import town
from tests.crash.bodies import KILLED, End, Fate, live_side_by_side
from tests.crash.invariants import Auditor, BrokenError
from tests.crash.jobs import CODES, Job
from tests.crash.points import NAMED, UNANSWERED, UNHOOKED
from tests.crash.striking import Strike, after_commit, at_commit, losing_answers, proxy
from tests.crash.writer import REFUSED, Life
from tests.services.harness.fault_proxy import Rule
from tests.services.harness.minio import S3

HOSTS = ("alpha", "alpha", "beta")
# No secret may show up in any output; this word stands for one.
CANARY = "canary-3f1c9a"


class World:
    """The places, and who looks after them.

    Args:
        portal: address of the market that real crawls watch.
        bucket: `s3://…` where feeds and tables lie, and how that store is reached; else they lie in the folder.
    """

    def __init__(self, folder: Path, seed: int, portal: str, bucket: str = "", store: S3 | None = None) -> None:
        self.folder, self.seed = folder, seed
        self.store = "s3" if bucket else "local"
        root = bucket or str(folder)
        self.landing, self.lake = f"{root}/landing", f"{root}/lake"
        self._access = store.environment if store else {}
        # One for each writer; who is not to be struck there goes straight to the store.
        self._proxies = [proxy(store.endpoint) for _ in HOSTS] if store else []
        for name in ("logs", *(f"spool-{host}" for host in set(HOSTS))):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self.auditor = Auditor(self.landing, self.lake)
        self._portal = portal
        self._lives = 0

    def env(self, writer: int) -> dict[str, str]:
        """Where things lie for a writer. Each has a home of its own: no lock keeps one from the others' tables."""
        return {
            "REALESTATE_LANDING": self.landing,
            "REALESTATE_LAKE": self.lake,
            "REALESTATE_SPOOL": str(self.spool(writer)),
            "REALESTATE_REPORTS": str(self.folder / "reports"),
            "REALESTATE_CRITERIA": str(self.folder / "criteria.yaml"),
            "REALESTATE_DEMO_MARKET_URL": self._portal,
            "REALESTATE_FEED_PART_LINES": "9",
            "REALESTATE_DRUID_PASSWORD": CANARY,
            "DAGSTER_HOME": str(self.folder / f"home-{writer}"),
            **self._access,
        }

    def spool(self, writer: int) -> Path:
        """One for each machine."""
        return self.folder / f"spool-{HOSTS[writer]}"

    def life(self, writer: int, *jobs: Job, point: tuple[str, int] | None = None) -> Life:
        """A life of one writer in this world."""
        self._lives += 1
        log = self.folder / "logs" / f"{self._lives:04d}-{writer}.log"
        return Life(self.seed, HOSTS[writer], jobs, str(log), self.env(writer), point)

    def fate(self, writer: int, *jobs: Job, point: tuple[str, int] | None = None, **more: Any) -> Fate:
        """A life that dies at a point, by itself or by the hand of its store."""
        life = self.life(writer, *jobs, point=point)
        if self.store == "local" or point is None or NAMED[point[0]] not in UNHOOKED:
            return Fate(life, **more)
        named = NAMED[point[0]]
        make = after_commit if named in UNANSWERED else at_commit
        return self._through_proxy(writer, Fate(life, **more), lambda strike: make(named.targets[0], point[1], strike))

    def losing_answers(self, writer: int, fate: Fate, every: int) -> Fate:
        """The same fate, but every so manieth commit is not answered."""
        return self._through_proxy(writer, fate, lambda _: losing_answers(every))

    def _through_proxy(self, writer: int, fate: Fate, rule: Callable[[Strike], Rule]) -> Fate:
        through = self._proxies[writer]
        env = fate.life.env | {"AWS_ENDPOINT_URL": through.url}
        return replace(fate, life=replace(fate.life, env=env), store=(through, rule))

    def __enter__(self) -> "World":
        for each in self._proxies:
            each.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._proxies:
            each.__exit__()

    def run(self, fates: Iterable[Fate]) -> list[End]:
        """Lives side by side.

        Raises:
            BrokenError: when one ended by itself, and not as it may.
        """
        ends = live_side_by_side(fates)
        for end in ends:
            may = {0, REFUSED, KILLED, *CODES.get(end.life.jobs[0].kind, ())}
            if end.code not in may:
                raise BrokenError(10, f"exit code {end.code}:\n{said(end.life)}")
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


def said(life: Life) -> str:
    """The end of what a life said."""
    return Path(life.log).read_text()[-4000:]
