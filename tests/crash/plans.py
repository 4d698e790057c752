"""Who does what in the next round, and who dies where: by seed, the points that were hit least come first."""

import random
from collections import Counter

from tests.crash import town
from tests.crash.jobs import Job
from tests.crash.points import POINTS, Point
from tests.crash.world import HOSTS, World
from tests.crash.writer import Life

SCOPES = list(town.SCOPES)
REFRESH = Job("refresh")


class Planner:
    """Plans rounds; learns from them how long a life takes and which points were reached."""

    def __init__(self, seed: int, points: tuple[Point, ...] = POINTS) -> None:
        self.luck = random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.tries: Counter[str] = Counter()
        self.seconds = 1.5
        self._points = list(points)
        self.luck.shuffle(self._points)

    def round(self, world: World) -> list[tuple[Life, float | None]]:
        """Three lives: the first dies at a named point, the second as a rule at any moment, the third seldom."""
        point = self._next_point(world)
        lives = [self._at_point(world, point), self._any(world, 1, dies=0.7), self._any(world, 2, dies=0.3)]
        return lives

    def _next_point(self, world: World) -> Point:
        possible = [point for point in self._points if self._jobs(world, point) is not None]
        return min(possible, key=lambda p: (self.tries[p.name], self._points.index(p)))

    def _at_point(self, world: World, point: Point) -> tuple[Life, float | None]:
        # The first try waits for a later arrival, the next for the first one: that is sure to come.
        nth = 1 if self.tries[point.name] > self.hits[point.name] else self.luck.choice([1, 1, 2, 3])
        self.tries[point.name] += 1
        jobs = self._jobs(world, point)
        assert jobs is not None
        return world.life(0, *jobs, point=(point.name, nth)), None

    def _any(self, world: World, writer: int, dies: float) -> tuple[Life, float | None]:
        delay = self.luck.uniform(0, 1.1 * self.seconds) if self.luck.random() < dies else None
        jobs = [*self._crawls(self.luck.randint(0, 2)), REFRESH]
        more = self.luck.random()
        if more < 0.08:
            jobs.append(Job("restore", (str(self.luck.randint(1, 9)),)))
        elif more < 0.2:
            jobs.append(Job("optimize"))
        elif more < 0.4:
            jobs.append(Job("accept", self.luck.choice(SCOPES)))
        elif more < 0.5:
            jobs.append(Job("clean"))
        return world.life(writer, *jobs), delay

    def _crawls(self, count: int) -> list[Job]:
        return [Job("crawl", self.luck.choice(SCOPES)) for _ in range(count)]

    def _jobs(self, world: World, point: Point) -> list[Job] | None:
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
            held = [feed[:2] for feed in self._newest(world) if feed[-1] > 0]
            return [Job("accept", self.luck.choice(held))] if held else None
        if point.job == "restore":
            back = min(len(world.auditor.states) - 1, self.luck.randint(3, 8))
            return [Job("restore", (str(back),))] if back >= 3 else None
        if point.job == "clean":
            dead = any(path.is_dir() for path in world.spool(0).glob("*/*/*"))
            return [Job("clean")] if dead else None
        return [Job(point.job)] if world.auditor.states else None

    def _newest(self, world: World) -> list[tuple[str, str, int]]:
        """The newest applied feed of each scope that has none waiting."""
        feeds = {feed[:2]: feed for feed in world.auditor.now.feeds}
        last = {scope: max(p[2] for p in world.auditor.bronze.feeds if p[:2] == scope) for scope in feeds}
        return sorted(feed for scope, feed in feeds.items() if feed[2] == last[scope])

    def learn(self, ends: "list") -> int:
        """Takes in how a round ended; how many died."""
        died = 0
        for end in ends:
            if end.code == -9:
                died += 1
                if end.life.point:
                    self.hits[end.life.point[0]] += 1
            elif not end.life.point:
                self.seconds = 0.8 * self.seconds + 0.2 * end.seconds
        return died
