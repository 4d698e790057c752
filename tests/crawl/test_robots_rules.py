"""What an answer to /robots.txt means, and that nobody who waits for it slips through."""

import http.server
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from realestate_crawler.middlewares.robots import read

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

    def __init__(self, port):
        self.port = port
        self.own_addresses = (f"http://127.0.0.1:{port}/",)

    async def start(self):
        for number in range(60):
            yield scrapy.Request(f"http://127.0.0.1:{self.port}/page/{number}")
"""


class Forbidding(http.server.BaseHTTPRequestHandler):
    """Answers robots.txt late, and forbids everything."""

    hits: Counter[str] = Counter()  # noqa: RUF012 (one server a test)

    def do_GET(self) -> None:
        robots = self.path == "/robots.txt"
        self.hits["robots" if robots else "page"] += 1
        if robots:
            time.sleep(0.7)
        body = b"User-agent: *\nDisallow: /" if robots else b"secret"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Silent."""


@pytest.fixture
def forbidding() -> Iterator[int]:
    Forbidding.hits.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Forbidding) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_sixty_requests_that_wait_for_the_same_rules_all_obey_them(forbidding: int, tmp_path: Path) -> None:
    spider = tmp_path / "many.py"
    spider.write_text(SPIDER)
    settings = ["CONCURRENT_REQUESTS=50", "CONCURRENT_REQUESTS_PER_DOMAIN=50", "DOWNLOAD_DELAY=0", "ITEM_PIPELINES={}"]
    words = [word for setting in settings for word in ("-s", setting)]
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), "-a", f"port={forbidding}", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert Forbidding.hits == {"robots": 1}
    assert "'robotstxt/forbidden': 60" in done.stderr
