"""A web server on loopback whose answers a test decides, faults included."""

import http.client
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

RESET = object()  # the connection is reset instead of an answer


class Raw(bytes):
    """A whole answer, status line included, sent as it is; then the connection ends."""


class Server:
    """Calls `answer(path)` for each request: RESET, a status, bytes, Raw, or (status, headers, bytes).

    In place of the bytes there may be an iterator of them: each is sent when it comes, without a length.

    Args:
        answer: see above.
        robots: the answer to /robots.txt, or a function like `answer`.

    Attributes:
        url: without a slash at its end.
        robots: the answer to /robots.txt, which is none of `asked`.
        asked: the paths of all requests, robots.txt left out, in order.
        agents: the user agents that asked.
        headers: those of each request.
    """

    def __init__(self, answer, robots=404):
        self.answer = answer
        self.robots = robots if callable(robots) else lambda path: robots
        self.asked = []
        self.agents = set()
        self.headers = []
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        # A test that fails before it closes the server must not keep the tests from ending.
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A visitor who hangs up is no error here."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 20

    def do_GET(self):
        owner = self.server.owner
        owner.agents.add(self.headers.get("User-Agent", ""))
        owner.headers.append(dict(self.headers))
        if self.path == "/robots.txt":
            told = owner.robots(self.path)
        else:
            owner.asked.append(self.path)
            told = owner.answer(self.path)
        if told is RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        if isinstance(told, Raw):
            self.wfile.write(told)
            return
        status, headers, body = (told, {}, b"") if isinstance(told, int) else (200, {}, told)
        if isinstance(told, tuple):
            status, headers, body = told
        length = {"Content-Length": str(len(body))} if isinstance(body, bytes) else {}
        self.send_response(status)
        for name, value in {**length, "Content-Type": "text/html", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in [body] if isinstance(body, bytes) else body:
            self.wfile.write(piece)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format, *args):
        """No log."""


def fetch(base, path):
    """The answer of another server, as an answer of this one."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, {"Content-Type": response.headers["Content-Type"]}, response.read()
    finally:
        connection.close()
