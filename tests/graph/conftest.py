"""One demo market on loopback, seven days, shared by the tests: crawled and materialized as a user would.

Some days are materialized at once; on the others only `scrapy crawl` runs, and their feeds wait for the next one.
"""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from orchestration.logic.schemas import LISTING_CHANGES
from orchestration.resources.lake import Lake
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.operating import run

PROJECT = Path(__file__).resolve().parents[2]
SIZE, SEED, DAYS = 120, 11, 7

# Two overlapping scopes; the first is the whole market, so that its truth is the market's.
CRITERIA = """\
criteria:
  - {id: everything, source: demo_market}
  - {id: rentals, source: demo_market, offer: rent}
"""


@dataclass
class Demo:
    """What seven days left behind."""

    folder: Path
    runs: list[subprocess.CompletedProcess] = field(default_factory=list)
    changes: dict[int, pl.DataFrame] = field(default_factory=dict)

    @property
    def lake(self):
        return Lake(root=str(self.folder / "lake"))


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    (folder / "criteria.yaml").write_text(CRITERIA)
    done = Demo(folder)
    with Portal(Market(SEED, SIZE), day=1, port=0) as portal:
        for day in range(1, DAYS + 1):
            portal.show(day)
            command = ("orchestration", "materialize") if day in (1, 3) else ("scrapy", "crawl", "demo_market")
            ended = run(folder, *command, REALESTATE_DEMO_MARKET_URL=portal.url.rstrip("/"))
            assert ended.returncode == 0, ended.stderr
            done.runs.append(ended)
            if day == 3:
                done.changes[3] = done.lake.read(LISTING_CHANGES)
    ended = run(folder, "orchestration", "materialize", "--no-crawl")
    assert ended.returncode == 0, ended.stderr
    done.runs.append(ended)
    done.changes[DAYS] = done.lake.read(LISTING_CHANGES)
    return done
