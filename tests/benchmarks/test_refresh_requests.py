"""What a refresh costs in full and by result cards, side by side on the demo market; run with -s to see the figures.

Then what is known of a large scope: seconds to read its earlier feeds, and memory.
"""

import datetime as dt
import json
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.demo_market.search import PER_PAGE
from realestate_crawler.demo_market.truth import day_truth
from realestate_crawler.domain.cards import card_hash
from realestate_crawler.landing.known import Look, known_pages
from realestate_crawler.landing.opening import open_store
from tests.crawling import arguments, crawl
from tests.graph_fixtures.feeds import SOURCE, day, deliver, listing, sighting

pytestmark = pytest.mark.slow

SIZE = 600
KNOWN = 50_000


def test_a_refresh_asks_for_the_result_pages_and_for_what_changed(tmp_path: Path) -> None:
    market = Market(7, SIZE)
    told = []
    with Portal(market, day=1) as portal:

        def refresh(name: str, on: int, days: float) -> dict[str, float]:
            portal.show(on)
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            options = {"url": portal.url, "detail_max_age_days": days}
            criteria = {"criteria": [{"id": "all", "source": "demo_market", "options": options}]}
            (folder / "criteria.yaml").write_text(json.dumps(criteria))
            before, started = portal.stats.told(), time.monotonic()
            done = crawl(folder, "demo_market", *arguments(criteria=folder / "criteria.yaml"))
            seconds, after = time.monotonic() - started, portal.stats.told()
            assert done.code == 0, done.err
            assert done.manifests[-1]["complete"]
            spent = {name: after[name] - before[name] for name in ("requests", "bytes")} | {"seconds": seconds}
            told.append(f"{name:5} day {on}: {spent['requests']:5} requests {spent['bytes']:9} bytes {seconds:5.1f} s")
            return spent

        refresh("full", 1, 0)
        refresh("cards", 1, 7)
        full = [refresh("full", on, 0) for on in (2, 3)]
        cards = [refresh("cards", on, 7) for on in (2, 3)]
    print("\n" + "\n".join(told))
    for on, whole, part in zip((2, 3), full, cards, strict=True):
        truth = day_truth(market, on)
        pages = -(-truth.listings // PER_PAGE) + 1  # and robots.txt
        assert whole["requests"] == truth.listings + pages
        assert part["requests"] <= len(truth.new) + len(truth.back) + len(truth.changed) + pages
        assert part["bytes"] < whole["bytes"] / 4
        print(
            f"day {on}: {part['requests']:.0f} of {whole['requests']:.0f} requests ({pages} for pages of results), "
            f"{part['bytes'] / whole['bytes']:.0%} of the bytes, {part['seconds'] / whole['seconds']:.0%} of the time"
        )


def test_what_is_known_of_a_large_scope_is_read_in_seconds_and_kept_in_little_memory(tmp_path: Path) -> None:
    def card(number: int) -> str:
        return card_hash(sighting(f"k{number:06d}", list_price=Decimal(100_000 + number)), ())

    pages = [
        listing(f"k{n:06d}", list_price=Decimal(100_000 + n), title="A home " * 20, card_hash=card(n))
        for n in range(KNOWN)
    ]
    deliver(tmp_path, pages, run_seq=1, at=day(1), lines_per_part=5000)
    seen = [sighting(f"k{n:06d}", card_hash=card(n)) for n in range(KNOWN)]
    for run_seq in (2, 3):
        deliver(tmp_path, seen, run_seq=run_seq, at=day(run_seq), lines_per_part=5000)
    del pages, seen
    store = open_store(str(tmp_path / "landing"))
    look = Look(
        criterion={"id": "all", "source": SOURCE}, versions={}, now=day(3) + dt.timedelta(hours=1), most_days=14
    )
    started = time.process_time()
    known = known_pages(store, SOURCE, "all", look)
    seconds = time.process_time() - started
    tracemalloc.start()
    again = known_pages(store, SOURCE, "all", look)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"\n{KNOWN} listings from {3 * KNOWN} lines: {seconds:.1f} s; {kept / KNOWN:.0f} bytes a listing are kept, "
        f"{most / KNOWN:.0f} while reading"
    )
    assert len(known.pages) == len(again.pages) == KNOWN
    assert all(isinstance(page, bytes) for page in known.pages.values())
    assert most / KNOWN < 2000
