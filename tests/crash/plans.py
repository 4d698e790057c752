"""Who does what in the next round, and who dies where: by seed, the points that were hit least come first."""

import random
import signal
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.crash import town
from tests.crash.bodies import KILLED, End, Fate
from tests.crash.jobs import Job
from tests.crash.points import POINTS, Point
from tests.crash.world import World

SCOPES = list(town.SCOPES)
REFRESH = Job("refresh")
EVERY_CRAWL, EVERY_MATERIALIZATION = 6, 9  # rounds
ANYWHERE = "any moment"
ELSEWHERE = {"real crawl": "any moment of `scrapy crawl`", "real materialize": "any moment of `materialize`"}


class Planner:
    """Plans rounds; learns from them how long a life takes and which points were reached."""

    def __init__(self, seed: int, points: tuple[Point, ...] = POINTS, writers: int = 3) -> None:
        self.writers = writers
        self.luck = random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.tries: Counter[str] = Counter()
        self.seconds, self.crawl_seconds, self.materialize_seconds = 1.5, 5.0, 8.0
        self._rounds = 0
        self._points = list(points)
        self.luck.shuffle(self._points)

    def round(self, world: World) -> list[Fate]:
        """A life for each writer: one dies at a named point, the second there or at any moment, the third sometimes.

        Now and then one of them is a command of its own: a crawl or a materialization.
        """
        self._rounds += 1
        first, second = self._at_point(world, 0), self._any(world, 1, dies=0.8)
        if self._rounds % EVERY_CRAWL == 0:
            second = self._crawl(world, 1)
        elif self.luck.random() < 0.4:
            second = self._at_point(world, 1)
        if self._rounds % EVERY_MATERIALIZATION == 0:
            third = self._materialize(world, 2)
        else:
            third = self._any(world, 2, dies=0.5)
        # One writer alone takes turns.
        return [self.luck.choice([first, second, third])] if self.writers == 1 else [first, second, third]

    def _next_point(self, world: World) -> Point:
        here = [point for point in self._points if world.store in point.stores]
        possible = [point for point in here if self.jobs(world, point) is not None]
        return min(possible, key=lambda p: (self.tries[p.name], self._points.index(p)))

    def _at_point(self, world: World, writer: int) -> Fate:
        point = self._next_point(world)
        # Where a later arrival never came, the first one is waited for: that is sure to come.
        nth = 1 if self.tries[point.name] > self.hits[point.name] else self.luck.choice([1, 1, 1, 2, 3])
        self.tries[point.name] += 1
        jobs = self.jobs(world, point)
        assert jobs is not None
        return world.fate(writer, *jobs, point=(point.name, nth))

    def _any(self, world: World, writer: int, dies: float) -> Fate:
        jobs = [*self._crawls(self.luck.choice([0, 1, 1, 2])), REFRESH]
        more = self.luck.random()
        if more < 0.08:
            jobs.append(Job("restore", (str(self.luck.randint(1, 9)),)))
        elif more < 0.2:
            jobs.append(Job("optimize"))
        elif more < 0.3:
            jobs.append(Job("accept", self.luck.choice(SCOPES)))
        elif more < 0.35:
            jobs.append(Job("clean"))
        blow = self._blow(self.seconds) if self.luck.random() < dies else ()
        fate = world.fate(writer, *jobs, blows=blow)
        return world.losing_answers(writer, fate, 5) if world.store == "s3" and self.luck.random() < 0.2 else fate

    def _blow(self, seconds: float) -> tuple[tuple[float, int], ...]:
        return ((self.luck.uniform(0, 1.1 * seconds), signal.SIGKILL),)

    def _crawl(self, world: World, writer: int) -> Fate:
        """Killed, or told to stop, or told twice, or left alone."""
        when = self.luck.uniform(0.5, 1.1 * self.crawl_seconds)
        blows = self.luck.choice(
            [
                ((when, signal.SIGKILL),),
                ((when, signal.SIGTERM),),
                ((when, signal.SIGTERM), (when + self.luck.uniform(0, 0.4), signal.SIGTERM)),
                (),
            ]
        )
        return Fate(world.life(writer, Job("real crawl")), blows)

    def _materialize(self, world: World, writer: int) -> Fate:
        return Fate(world.life(writer, Job("real materialize")), self._blow(self.materialize_seconds))

    def _crawls(self, count: int) -> list[Job]:
        return [Job("crawl", self.luck.choice(SCOPES)) for _ in range(count)]

    def jobs(self, world: World, point: Point) -> list[Job] | None:
        """Work that comes by a point; None where it cannot come by now."""
        crawls = self._crawls(2)
        if point.job == "crawl":
            return [crawls[0], REFRESH]
        if point.job == "outage":
            return [Job("outage", crawls[0].about), REFRESH]
        if point.job in ("refresh", "materialize"):
            fresh = not world.auditor.states
            return None if point.name.startswith("table:") and not fresh else [*crawls, Job(point.job)]
        if point.job == "accept":
            held = [feed[:2] for feed in self._newest(world) if sum(feed[-2:]) > 0]
            return [Job("accept", self.luck.choice(held))] if held else None
        if point.job == "restore":
            back = min(len(world.auditor.states) - 1, self.luck.randint(3, 8))
            return [Job("restore", (str(back),))] if back >= 3 else None
        if point.job == "clean":
            dead = any(path.is_dir() for path in world.spool(0).glob("*/*/*"))
            return [Job("clean")] if dead else None
        return [*crawls, REFRESH, Job(point.job)]

    def _newest(self, world: World) -> list[tuple[Any, ...]]:
        """The newest applied feed of each scope that has none waiting."""
        feeds = {feed[:2]: feed for feed in world.auditor.now.feeds}
        last = {scope: max(p[2] for p in world.auditor.bronze.feeds if p[:2] == scope) for scope in feeds}
        return sorted(feed for scope, feed in feeds.items() if feed[2] == last[scope])

    def learn(self, ends: Iterable[End]) -> int:
        """Takes in how a round ended; how many died."""
        died = 0
        for end in ends:
            kind = end.life.jobs[0].kind
            if end.code == KILLED:
                died += 1
                self.hits[end.life.point[0] if end.life.point else ELSEWHERE.get(kind, ANYWHERE)] += 1
            elif kind == "real crawl":
                self.crawl_seconds = end.seconds
            elif kind == "real materialize":
                self.materialize_seconds = end.seconds
            elif not end.life.point:
                self.seconds = 0.8 * self.seconds + 0.2 * end.seconds
        return died
