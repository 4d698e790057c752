"""What an answer to /robots.txt means, and that nobody who waits for it slips through."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from realestate_crawler.middlewares.robots import read
from tests.faults.table import claims
from tests.serving import Server

ROOT = Path(__file__).parents[2]
AGENT = "realestate-crawler/0.1"


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, b"User-agent: *\nDisallow: /private", True),
        (200, b"User-agent: *\nDisallow: /", False),
        (200, "User-agent: *\nAllow: /".encode("utf-16"), False),
        (404, b"", True),
        (403, b"", True),
        (500, b"", False),
        (503, b"", False),
    ],
)
def test_unavailable_allows_and_unreachable_forbids(status: int, body: bytes, allowed: bool) -> None:
    assert read(status, body).allow("http://site.example/page", AGENT) is allowed


SPIDER = """
import scrapy

class Many(scrapy.Spider):
    name = "many"

    def __init__(self, forbidden, open_, later):
        self.forbidden = [told.split(":") for told in forbidden.split(",")]
        self.open, self.later = open_, later
        ports = [port for port, _ in self.forbidden] + [open_, later]
        self.own_addresses = [f"http://127.0.0.1:{port}/" for port in ports]

    async def start(self):
        for port, count in self.forbidden:
            for number in range(int(count)):
                yield scrapy.Request(f"http://127.0.0.1:{port}/page/{number}")
        yield scrapy.Request(f"http://127.0.0.1:{self.open}/page/0", callback=self.lead_on)

    def lead_on(self, response):
        for number in range(50):
            yield scrapy.Request(f"http://127.0.0.1:{self.later}/page/{number}")
"""
COUNTS = {"4 requests": 4, "16 requests": 16, "50 requests": 50, "200 requests and a second host": 200}
LATER = 50


class Host:
    """Answers robots.txt late, and counts what is asked."""

    def __init__(self, rules):
        self.hits = Counter()
        self.rules = rules
        self.server = Server(self.page, self.robots)
        self.port = self.server.url.rpartition(":")[2]

    def robots(self, path):
        self.hits["robots"] += 1
        time.sleep(1)
        return self.rules

    def page(self, path):
        self.hits["page"] += 1
        return b"<html></html>"


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    """What each host saw, when one crawl asks all of them at once."""
    folder = tmp_path_factory.mktemp("robots")
    (folder / "many.py").write_text(SPIDER)
    forbidden = {name: Host(b"User-agent: *\nDisallow: /") for name in COUNTS}
    later, opened = Host(b"User-agent: *\nDisallow: /"), Host(404)
    told = ",".join(f"{host.port}:{COUNTS[name]}" for name, host in forbidden.items())
    settings = [f"CONCURRENT_REQUESTS{more}=400" for more in ("", "_PER_DOMAIN")]
    settings += ["DOWNLOAD_DELAY=0", "ITEM_PIPELINES={}", "RETRY_TIMES=0"]
    words = [word for setting in settings for word in ("-s", setting)]
    for name, value in {"forbidden": told, "open_": opened.port, "later": later.port}.items():
        words += ["-a", f"{name}={value}"]
    command = [sys.executable, "-m", "scrapy", "runspider", str(folder / "many.py"), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    for host in (*forbidden.values(), later, opened):
        host.server.close()
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"'robotstxt/forbidden': {sum(COUNTS.values()) + LATER}" in done.stderr
    return forbidden, opened, later


@pytest.mark.parametrize("name", claims("F02", {name: name for name in COUNTS}))
def test_f02_all_that_wait_for_the_same_rules_obey_them(hosts, name):
    assert hosts[0][name].hits == {"robots": 1}


@pytest.mark.fault("F02", "200 requests and a second host")
def test_f02_a_host_that_is_met_later_is_asked_for_its_rules_first(hosts):
    _, opened, later = hosts
    assert opened.hits == {"robots": 1, "page": 1}
    assert later.hits == {"robots": 1}
