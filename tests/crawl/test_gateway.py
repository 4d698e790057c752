"""The browser's way to the network: whom it serves, what it connects, how much it carries, and an operator's proxy."""

import asyncio
import base64
import contextlib
import socket
import threading

import pytest

from realestate_crawler.browser import gateway as module
from realestate_crawler.browser.gateway import Gateway
from tests.serving import Server


def through(monkeypatch, *requests, addresses=("127.0.0.1",), most=10_000, password=None):
    """What the gateway answers to requests, one connection each; `(answers, refusals, names that were looked up)`."""
    refusals, looked_up = [], []

    async def lookup(host, port):
        looked_up.append((host, port))
        return list(addresses)

    monkeypatch.setattr(module, "lookup", lookup)
    monkeypatch.setattr(module, "may_ask", lambda host, port: host != "inside")

    async def run():
        gate = Gateway(refusals.append, most)
        port = int((await gate.open()).rpartition(":")[2])
        word = base64.b64encode(f"{gate.user}:{password or gate.password}".encode())
        answers = []
        for request in requests:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            first, _, rest = request.partition(b"\r\n")
            writer.write(first + b"\r\nProxy-Authorization: Basic " + word + b"\r\n" + rest)
            with contextlib.suppress(ConnectionError, TimeoutError):
                answers.append(await asyncio.wait_for(reader.read(-1), 10))
            writer.close()
        await gate.close()
        return answers

    return asyncio.run(run()), refusals, looked_up


class Listening:
    """A server of raw bytes: keeps what came, answers the same to all."""

    def __init__(self, answer):
        self.answer = answer
        self.came = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = self.socket.accept()
                visitor.settimeout(5)
                with visitor, contextlib.suppress(OSError):
                    self.came.append(visitor.recv(65536))
                    if self.came[-1].startswith(b"POST"):
                        self.came.append(visitor.recv(65536))
                    visitor.sendall(self.answer)
                    if self.came[-1].startswith(b"CONNECT"):
                        self.came.append(visitor.recv(65536))
                        visitor.sendall(b"through the tunnel")

    def close(self):
        self.socket.close()


@pytest.fixture
def listening():
    opened = []

    def start(answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"):
        opened.append(Listening(answer))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def test_a_page_is_fetched_by_its_own_path_and_without_what_is_said_to_proxies(monkeypatch, listening):
    site = listening()
    request = (
        f"GET http://site.example.com:{site.port}/a/b?c=1 HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n\r\n"
    )
    answers, refusals, looked_up = through(monkeypatch, request.encode())
    assert answers[0].endswith(b"\r\n\r\nhi")
    assert site.came == [b"GET /a/b?c=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"]
    assert (refusals, looked_up) == ([], [("site.example.com", site.port)])


def test_a_body_is_carried_and_no_second_request_behind_it(monkeypatch, listening):
    site = listening()
    target = f"http://site.example.com:{site.port}/"
    request = f"POST {target} HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET http://other/ HTTP/1.1\r\n\r\n"
    through(monkeypatch, request.encode())
    assert b"".join(site.came).endswith(b"\r\n\r\nabc")


def test_a_tunnel_carries_both_ways(monkeypatch, listening):
    site = listening(b"from the server")
    answers, _, _ = through(
        monkeypatch, f"CONNECT site.example.com:{site.port} HTTP/1.1\r\n\r\nfrom the browser".encode()
    )
    assert answers == [b"HTTP/1.1 200 -\r\n\r\nfrom the server"]
    assert site.came == [b"from the browser"]


@pytest.mark.parametrize("request_line", ["CONNECT {}:{} HTTP/1.1", "GET http://{}:{}/ HTTP/1.1"])
@pytest.mark.parametrize(("host", "addresses"), [("inside", ("127.0.0.1",)), ("site.example.com", ())])
def test_what_may_not_be_reached_is_not_connected(monkeypatch, listening, request_line, host, addresses):
    site = listening()
    request = f"{request_line.format(host, site.port)}\r\n\r\n".encode()
    answers, refusals, looked_up = through(monkeypatch, request, addresses=addresses)
    assert answers[0] in (b"", b"HTTP/1.1 403 -\r\nContent-Length: 0\r\n\r\n")
    assert site.came == []
    assert refusals == ["blocked: an internal or unknown address, asked for by the browser"]
    assert looked_up == ([] if host == "inside" else [(host, site.port)])


def test_every_connection_is_looked_up_anew(monkeypatch, listening):
    site = listening()
    request = f"GET http://site.example.com:{site.port}/ HTTP/1.1\r\n\r\n".encode()
    assert len(through(monkeypatch, request, request)[2]) == 2


def test_nobody_else_is_served(monkeypatch, listening):
    site = listening()
    request = f"GET http://site.example.com:{site.port}/ HTTP/1.1\r\n\r\n".encode()
    answers, _, looked_up = through(monkeypatch, request, password="guessed")
    assert answers[0].startswith(b"HTTP/1.1 407 ")
    assert (site.came, looked_up) == ([], [])


@pytest.mark.parametrize("line", ["GET {}", "CONNECT {}"])
def test_a_flood_ends(monkeypatch, listening, line):
    site = listening(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000)
    target = f"http://site.example.com:{site.port}/" if line.startswith("GET") else f"site.example.com:{site.port}"
    answers, refusals, _ = through(monkeypatch, f"{line.format(target)} HTTP/1.1\r\n\r\nhello".encode(), most=50_000)
    assert 50_000 <= len(answers[0]) < 51_000
    assert refusals == ["blocked: more bytes than a page may have, asked for by the browser"]


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"CONNECT a:b HTTP/1.1\r\n\r\n", b"X" * 70_000]
)
def test_what_is_no_request_is_dropped(monkeypatch, request_):
    answers, _, looked_up = through(monkeypatch, request_)
    assert answers in ([b""], [])
    assert looked_up == []


def test_where_the_operator_has_a_proxy_it_goes_on_through_it(monkeypatch, listening):
    proxy = listening(b"HTTP/1.1 200 OK\r\n\r\n")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://me:pass%20word@proxy.example.com:{proxy.port}")
    monkeypatch.setenv("no_proxy", "direct.example.com")
    told = b"Proxy-Authorization: Basic " + base64.b64encode(b"me:pass word")
    requests = [
        b"GET http://site.example.com/a HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT site.example.com:443 HTTP/1.1\r\n\r\nhello",
    ]
    answers, refusals, looked_up = through(monkeypatch, *requests)
    assert answers == [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 -\r\n\r\nthrough the tunnel"]
    assert proxy.came[0].startswith(b"GET http://site.example.com:80/a HTTP/1.1\r\n" + told)
    assert (
        proxy.came[1] == b"CONNECT site.example.com:443 HTTP/1.1\r\nHost: site.example.com:443\r\n" + told + b"\r\n\r\n"
    )
    assert proxy.came[2] == b"hello"
    assert {host for host, _ in looked_up} == {"proxy.example.com"}
    assert refusals == []
    direct = Server(lambda path: b"direct")
    try:
        port = direct.url.rpartition(":")[2]
        answers, _, _ = through(monkeypatch, f"GET http://direct.example.com:{port}/ HTTP/1.1\r\n\r\n".encode())
        assert answers[0].endswith(b"direct")
    finally:
        direct.close()


def test_a_proxy_that_refuses_is_a_connection_that_failed(monkeypatch, listening):
    proxy = listening(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
    monkeypatch.setenv("https_proxy", f"http://proxy.example.com:{proxy.port}")
    answers, _, _ = through(monkeypatch, b"CONNECT site.example.com:443 HTTP/1.1\r\n\r\nhello")
    assert answers == [b""]
