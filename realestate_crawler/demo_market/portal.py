"""The portal: the market as a web site on loopback.

What belongs here: HTTP. What does not: which page a path gets (`site`) and how it looks (`html`).
"""

import gzip
import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from realestate_crawler.demo_market.catalogue import DEFAULT_CAP
from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.site import JSON, Answer, Site
from realestate_crawler.demo_market.stats import Stats

HOST = "127.0.0.1"
STATS_PATH = "/-/stats"
_IDLE_SECONDS = 60


class Portal:
    """A running portal; closes with the `with` block or with `close`.

    Args:
        day: of the market, shown first; `show` moves on.
        port: 0 takes a free one.
        cap: how many listings of one search can be reached by paging.
        latency: seconds that every answer takes at least.

    Raises:
        OSError: when the port is taken.
        ValueError: for a day, port or cap that cannot be.
    """

    def __init__(
        self, market: Market, *, day: int = 1, port: int = 0, cap: int = DEFAULT_CAP, latency: float = 0.0
    ) -> None:
        if not 0 <= port <= 65535:
            raise ValueError(f"a port is 0 to 65535, not {port}")
        self.site = Site(market, day=day, cap=cap)
        self.stats = Stats()
        self.latency = latency
        self._faults: dict[str, int] = {}
        self._server = _Server(port, self)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{HOST}:{self.port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="demo-market")
        self._thread.start()

    def show(self, day: int) -> None:
        """Shows another day of the market from now on.

        Raises:
            ValueError: for a day that the market does not have.
        """
        self.site.show(day)

    def fail(self, prefix: str, status: int) -> None:
        """Answers every path that begins with `prefix` with `status` from now on; 200 ends it.

        Raises:
            ValueError: for what is no HTTP status.
        """
        if not 200 <= status <= 599:
            raise ValueError(f"an answer has a status of 200 to 599, not {status}")
        self._faults = {**self._faults, prefix: status}

    def answer(self, target: str) -> Answer:
        """What a visitor gets for a path: the page, or the failure that was asked for."""
        fault = next((status for prefix, status in self._faults.items() if target.startswith(prefix)), 200)
        answer = self.site.answer(target)
        return answer if fault == 200 else Answer(answer.route, fault, f"<h1>{fault}</h1><p>Failing on purpose.</p>")

    def close(self) -> None:
        """Ends all connections and gives the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.end_connections()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, portal: Portal) -> None:
        self.portal = portal
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Binds without asking DNS for this machine's name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Notes the connection, so that it can be ended."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """Wakes the threads that wait on idle connections."""
        with self._lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the visitor was faster

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stays quiet about visitors who hang up; tells everything else."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "demo-market"
    sys_version = ""
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Answers with a page."""
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        """Answers with the headers of a page."""
        self._respond(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:
        """No request log: `/-/stats` counts."""

    def _respond(self, *, with_body: bool) -> None:
        portal = self.server.portal
        if self.path == STATS_PATH:
            told = {"day": portal.site.day, **portal.stats.told()}
            answer = Answer("stats", 200, json.dumps(told), JSON)
            body, zipped = self._body(answer)
            self._write(answer, body, zipped=zipped, with_body=with_body)
            return
        with portal.stats.visit(self.headers.get("User-Agent", "")):
            answer = portal.answer(self.path)
            time.sleep(portal.latency)
        body, zipped = self._body(answer)
        portal.stats.count(answer.route, answer.status, len(body) if with_body else 0)
        self._write(answer, body, zipped=zipped, with_body=with_body)

    def _body(self, answer: Answer) -> tuple[bytes, bool]:
        """The bytes that travel, and whether they are packed."""
        body = answer.text.encode()
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            return gzip.compress(body, compresslevel=5, mtime=0), True
        return body, False

    def _write(self, answer: Answer, body: bytes, *, zipped: bool, with_body: bool) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Vary", "Accept-Encoding")
        self.send_header("Cache-Control", "no-store")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if with_body:
            self.wfile.write(body)
        self.wfile.flush()
