"""How many pages a second and core the generic reader reads, what bounds it, and what peers take for the same pages.

`make benchmark` prints the figures. CPU time, in one process, with the caches of words warm, as they are in a crawl;
each page's time is the median of a few rounds. Peers: lxml parsing alone, parsel parsing with three selections, and,
where it is installed, extruct with all its syntaxes.
"""

import functools
import importlib
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import parsel
import pytest
from lxml import etree

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.site import Site
from realestate_crawler.pages.page import Verdict
from realestate_crawler.pages.reader import read_page
from tests.pages.real_material import FOLDER, saved_pages

pytestmark = pytest.mark.slow

ROUNDS = 3
NEAR = 20
# Steps of the reader, each where it is called from; what they do for each other counts once, for the inner one.
STAGES = {
    "parse": ("reader", "parse"),
    "outline": ("document", "Outline"),
    "embedded data": ("findings", "embedded_states"),
    "searching the data": ("findings", "search_states"),
    "finding cards": ("findings", "find_cards"),
    "country": ("findings", "page_country"),
    "block page?": ("reader", "blocked_reason"),
    "lines of a listing": ("detail", "main_lines"),
    "facts of lines": ("detail", "text_evidence"),
    "facts of cards": ("results", "card_facts"),
    "choosing and typing": ("reader", "build"),
    "choosing and typing, cards": ("results", "build"),
}


def pages() -> list[tuple[str, bytes, str]]:
    """(name, body, address) of the saved pages; of generated ones where there are none."""
    if FOLDER.is_dir():
        return [("/".join(saved.path.parts[-2:]), saved.body, saved.url) for saved in saved_pages()]
    market = Market(7, 600)
    site = Site(market)
    paths = [f"/listing/{advert.key}" for advert in market.adverts(1)[:40]]
    paths += [f"/search?city=Porto+Sereno&offer=sale&page={n}" for n in range(1, 9)]
    return [(path, site.answer(path).text.encode(), f"http://127.0.0.1{path}") for path in paths]


def seconds(read: Callable[[bytes, str], Any], some: list[tuple[str, bytes, str]], rounds: int = 1) -> list[float]:
    """CPU seconds of each page, the median of some rounds."""

    def once(body: bytes, url: str) -> float:
        started = time.process_time()
        read(body, url)
        return time.process_time() - started

    return [median(once(body, url) for _ in range(rounds)) for _, body, url in some]


def parsed(body: bytes, _url: str) -> None:
    etree.fromstring(body or b"<html/>", etree.HTMLParser(huge_tree=True, encoding="utf-8"))


def selected(body: bytes, url: str) -> None:
    selector = parsel.Selector(body=body, encoding="utf-8", base_url=url)
    for query in ("title::text", "a::attr(href)", "script[type='application/ld+json']::text"):
        selector.css(query).getall()


def peers() -> Iterator[tuple[str, Callable[[bytes, str], Any]]]:
    yield "lxml, parsing alone", parsed
    yield "parsel, parsing and three selections", selected
    try:
        extruct = importlib.import_module("extruct")
    except ImportError:
        print("extruct is not installed: no comparison with it")
        return

    def extracted(body: bytes, url: str) -> None:
        extruct.extract(body.decode("utf-8", "replace"), base_url=url, errors="ignore")

    yield "extruct, all syntaxes", extracted


def stages(some: list[tuple[str, bytes, str]], monkeypatch: Any) -> Counter[str]:
    """CPU seconds of each step over the pages."""
    spent: Counter[str] = Counter()
    inner = [0.0]

    def timed(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(step, updated=())
        def run(*args: Any, **named: Any) -> Any:
            inner.append(0.0)
            started = time.process_time()
            made = step(*args, **named)
            made = list(made) if isinstance(made, Iterator) else made
            took = time.process_time() - started
            spent[name] += took - inner.pop()
            inner[-1] += took
            return made

        return run

    with monkeypatch.context() as patched:
        for name, (module, step) in STAGES.items():
            holder = importlib.import_module(f"realestate_crawler.pages.{module}")
            patched.setattr(holder, step, timed(name, getattr(holder, step)))
        started = time.process_time()
        for _, body, url in some:
            read_page(body, url)
        spent["the rest"] = time.process_time() - started - inner[0]
    return spent


@pytest.mark.timeout(1200)
def test_throughput_of_the_reader_beside_its_peers(monkeypatch: Any) -> None:
    every = pages()
    for _, body, url in every:
        assert read_page(body, url).verdict in Verdict
    size = median(len(body) for _, body, _ in every)
    near = sorted(every, key=lambda page: abs(len(page[1]) - size))[:NEAR]
    total = sum(len(body) for _, body, _ in every)
    took = dict(zip([name for name, _, _ in every], seconds(read_page, every, ROUNDS), strict=True))
    own, own_near = sum(took.values()), sum(took[name] for name, _, _ in near)
    print(f"\n{len(every)} pages, {total / 1e6:.1f} MB, median {size / 1000:.0f} kB, Python {sys.version.split()[0]}")
    print(f"the reader: {len(every) / own:.0f} pages/s/core over all ({total / 1e6 / own:.1f} MB/s),")
    print(
        f"  {len(near) / own_near:.0f} pages/s/core at the median size (the {len(near)} pages nearest to it); aim 200"
    )
    html = [page for page in every if page[1].lstrip()[:1] not in (b"{", b"[")]
    own_html = sum(took[name] for name, _, _ in html)
    for name, peer in peers():
        theirs = sum(seconds(peer, html))
        ratio = own_html / theirs
        print(f"{name}: {len(html) / theirs:.0f} pages/s/core over the HTML pages; the reader takes {ratio:.1f} x")
    for title, some in (("at the median size", near), ("over all", every)):
        spent = stages(some, monkeypatch)
        shares = ", ".join(f"{name} {part / spent.total():.0%}" for name, part in spent.most_common())
        print(f"share of the time {title}: {shares}")
    sizes = {name: len(body) for name, body, _ in every}
    for name in sorted(took, key=lambda page: -took[page])[:5]:
        print(f"slowest: {took[name] * 1000:.0f} ms, {sizes[name] / 1000:.0f} kB, {name}")
    print(f"peak memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    # A floor that only a mistake goes under, on any machine.
    assert len(near) / own_near > 8
