"""Every named crash point is hit on purpose by a real process that dies there; what it left, the next run finishes."""

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crash import town
from tests.crash.bodies import KILLED, Fate
from tests.crash.ending import end
from tests.crash.jobs import Job
from tests.crash.plans import Planner
from tests.crash.points import DELIVERY, OPERATORS, REFRESH, UNCOMMITTED
from tests.crash.world import World

# Those of a table that is not there yet come first; what a dead crawl left is there to be cleaned.
GROUPS = {"delivery": DELIVERY, "refresh": [*REFRESH, *UNCOMMITTED], "operators": [DELIVERY[3], *OPERATORS]}
CRAWLS = [Job("crawl", scope) for scope in town.SCOPES]


SEED = 19  # a market in which removals are soon held


@pytest.mark.parametrize("group", ["delivery", "refresh", pytest.param("operators", marks=pytest.mark.slow)])
def test_what_a_death_between_two_writes_leaves_is_finished_by_the_next_run(group, tmp_path):
    planner = Planner(SEED)
    with Portal(Market(SEED, 60)) as portal:
        world = World(tmp_path, SEED, portal.url)
        for point in GROUPS[group]:
            assert any(dies_at(point, planner, world) for _ in range(3)), f"{point.name} was not reached"
        end(world)


def dies_at(point, planner, world):
    """Whether a writer came by the point; a crawl that sees nothing has no part to deliver."""
    for _ in range(9):
        jobs = planner.jobs(world, point)
        if jobs is not None:
            (ended,) = world.run([world.fate(0, *jobs, point=(point.name, 1))])
            world.check()
            return ended.code == KILLED
        world.run([Fate(world.life(0, *CRAWLS, Job("refresh")))])  # until there is something to restore, accept, clean
        world.check()
    raise AssertionError(f"nothing comes by {point.name}")
