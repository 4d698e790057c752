"""How many pages a second and core the generic reader reads, and what bounds it; run with -s to see the figures."""

import cProfile
import pstats
import time

import pytest

from realestate_crawler.pages.document import parse
from realestate_crawler.pages.reader import read_page
from tests.pages.real_material import needs_material, saved_pages

pytestmark = [pytest.mark.real, needs_material]

PAGES = 20
STEPS = ("parse", "embedded_states", "search_states", "find_cards", "detail_evidence", "results_page", "build")


def test_throughput_at_the_median_size_of_the_saved_pages() -> None:
    pages = [(saved.body, saved.url) for saved in saved_pages()]
    median = sorted(len(body) for body, _ in pages)[len(pages) // 2]
    near = sorted(pages, key=lambda page: abs(len(page[0]) - median))[:PAGES]
    for body, url in near:
        read_page(body, url)
    started = time.process_time()
    for body, url in near:
        read_page(body, url)
    a_second = len(near) / (time.process_time() - started)
    started = time.process_time()
    for body, url in near:
        parse(body, url)
    parsing = len(near) / (time.process_time() - started)
    profile = cProfile.Profile()
    profile.enable()
    for body, url in near:
        read_page(body, url)
    profile.disable()
    stats = pstats.Stats(profile)
    total = stats.total_tt  # type: ignore[attr-defined]
    spent = {name: row[3] / total for (_, _, name), row in stats.stats.items() if name in STEPS}  # type: ignore[attr-defined]
    shares = ", ".join(f"{name} {spent.get(name, 0):.0%}" for name in STEPS)
    print(f"\n{a_second:.0f} pages/s/core at the median of {median / 1000:.0f} kB; parsing alone {parsing:.0f}")
    print(f"share of the time: {shares}")
    # A floor that only a mistake goes under, on any machine; the aim is 200.
    assert a_second > 4
