"""World after world, until enough writers were killed; prints what happened.

What belongs here: counting and telling. What does not: one world (`world`), what is done in it (`plans`).
"""

import shutil
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crash.ending import end
from tests.crash.plans import ANYWHERE, ELSEWHERE, Planner
from tests.crash.points import POINTS
from tests.crash.world import World
from tests.services.harness.minio import S3

KILLS_A_WORLD = 25


def crash_loop(kills: int, seed: int, store: S3 | None = None, writers: int = 3) -> int:
    """Kills so many writers; 0 when all ten invariants held throughout, 1 when one did not."""
    begun = time.monotonic()
    planner = Planner(seed, writers=writers)
    killed, worlds, sums = 0, 0, Counter[str]()
    where = f"S3 at {store.endpoint}" if store else "local folders"
    print(f"crash loop: {kills} kills, {writers} writer(s), {where}, SEED={seed}", flush=True)
    while killed < kills:
        worlds += 1
        folder = Path(tempfile.mkdtemp(prefix="crash-loop-"))
        wanted = min(kills - killed, KILLS_A_WORLD)
        try:
            with Portal(Market(seed, 60)) as portal:
                bucket = f"s3://{store.new_bucket()}" if store else ""
                with World(folder, seed * 1000 + worlds, portal.url, bucket, store) as world:
                    died, rounds = _one_world(world, planner, wanted, portal)
        except Exception:  # noqa: BLE001 (whatever it is, the place is kept and named)
            traceback.print_exc()
            print(f"BROKEN after {killed} kills and {worlds - 1} worlds; SEED={seed}; kept: {folder}", flush=True)
            return 1
        killed += died
        sums += Counter(rounds=rounds, versions=len(world.auditor.states), feeds=len(world.auditor.bronze.feeds))
        sums["rows"] += sum(len(feed.lines) for feed in world.auditor.bronze.feeds.values())
        passed = time.monotonic() - begun
        print(f"world {worlds}: {killed} killed, {dict(sums)}, {passed:.0f} s", flush=True)
        shutil.rmtree(folder)
    _tell(planner, killed, time.monotonic() - begun)
    return 0


def _one_world(world: World, planner: Planner, wanted: int, portal: Portal) -> tuple[int, int]:
    died = rounds = 0
    while died < wanted:
        rounds += 1
        portal.show(1 + rounds // 6)
        ends = world.run(planner.round(world))
        died += planner.learn(ends)
        world.check()
    end(world)
    return died, rounds


def _tell(planner: Planner, killed: int, seconds: float) -> None:
    print(f"{killed} kills in {seconds:.0f} s, and where they fell:")
    for name in (ANYWHERE, *ELSEWHERE.values(), *(point.name for point in POINTS)):
        print(f"  {planner.hits[name] or '-':>4} {name}")
    print("the ten invariants held after every restart")
