"""The browser's only way to the network: a proxy on this machine that looks up every name itself.

A connection is made to an address that was looked at, and to no other, so that a name which is answered differently the
second time leads nowhere. It serves who knows its password, which only our browser does. What belongs here:
connections. What does not: which pages may be asked (`guard`).
"""

import asyncio
import base64
import contextlib
import hmac
import logging
import secrets
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from realestate_crawler.browser.addresses import lookup, may_ask
from realestate_crawler.browser.upstream import Upstream

logger = logging.getLogger(__name__)

HEAD_BYTES = 64 * 1024
CHUNK = 64 * 1024
SECONDS_TO_ASK, SECONDS_TO_CONNECT, SECONDS_IDLE = 30, 20, 120

Refused = Callable[[str], None]


class _Asked(NamedTuple):
    """What the browser wants: a tunnel (CONNECT), or one request of plain HTTP with its head as it goes on."""

    host: str
    port: int
    head: bytes = b""
    body: int = 0


class Gateway:
    """A proxy for HTTP and, through CONNECT, for TLS and WebSockets.

    Args:
        refused: told of each refusal, in words.
        most_bytes: that one connection may bring.
    """

    def __init__(self, refused: Refused, most_bytes: int) -> None:
        self._refused = refused
        self._most_bytes = most_bytes
        self._server: asyncio.Server | None = None
        self._at_work: set[asyncio.Task[None]] = set()
        self.user, self.password = "crawl", secrets.token_urlsafe(24)

    async def open(self) -> str:
        """Listens on a free port of the loopback address; the proxy's address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=HEAD_BYTES)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Ends every connection."""
        if self._server is not None:
            self._server.close()
        for task in list(self._at_work):
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._at_work.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # either side went away, or what came was no request
        finally:
            self._at_work.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SECONDS_TO_ASK)
        if not self._knows_the_password(head):
            writer.write(b'HTTP/1.1 407 -\r\nProxy-Authenticate: Basic realm="crawl"\r\nContent-Length: 0\r\n\r\n')
            await writer.drain()
            return
        asked = _understood(head)
        upstream = Upstream.of("http" if asked.head else "https", asked.host)
        first = upstream or asked
        addresses = await lookup(first.host, first.port) if may_ask(asked.host, asked.port) else []
        if not addresses:
            self._refused("blocked: an internal or unknown address, asked for by the browser")
            # Nothing is answered to a request of plain HTTP: whatever we said would look like the page.
            writer.write(b"" if asked.head else b"HTTP/1.1 403 -\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        there, back = await _connected(addresses, first.port)
        try:
            if upstream is not None:
                asked = asked._replace(head=await upstream.prepare(asked.head, asked.host, asked.port, there, back))
            if asked.head:
                back.write(asked.head)
            else:
                writer.write(b"HTTP/1.1 200 -\r\n\r\n")
            await self._carry(reader, writer, there, back, asked)
        finally:
            back.close()

    def _knows_the_password(self, head: bytes) -> bool:
        wanted = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        told = _headers(head).get("proxy-authorization", "").removeprefix("Basic ").strip()
        return hmac.compare_digest(told, wanted)

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        asked: _Asked,
    ) -> None:
        """Carries bytes until one side has ended; of plain HTTP one request only, so that no other host's follows."""
        out = asyncio.ensure_future(_copy(reader, back, asked.body if asked.head else None))
        into = asyncio.ensure_future(_copy(there, writer, self._most_bytes))
        try:
            if asked.head:
                await out
                more = await into
            else:
                await asyncio.wait((out, into), return_when=asyncio.FIRST_COMPLETED)
                more = into.done() and into.result()
            if more:
                self._refused("blocked: more bytes than a page may have, asked for by the browser")
        finally:
            for way in (out, into):
                way.cancel()
            await asyncio.gather(out, into, return_exceptions=True)


def _understood(head: bytes) -> _Asked:
    """The request in a head; of plain HTTP as it goes on: its own path, one request a connection, no proxy headers."""
    line, _, rest = head.partition(b"\r\n")
    method, target, version = line.decode("latin-1").split(" ")
    if method == "CONNECT":
        parts = urlsplit(f"//{target}")
        return _Asked(parts.hostname or "", parts.port or 443)
    parts = urlsplit(target)
    if parts.scheme != "http" or not parts.hostname:
        raise ValueError(f"not for a proxy: {target[:80]}")
    path = target.partition("://")[2].partition("/")
    told = [
        each
        for each in rest.rstrip(b"\r\n").split(b"\r\n")
        if not each.lower().startswith((b"proxy-", b"connection:", b"keep-alive:"))
    ]
    lines = [f"{method} /{path[2]} {version}".encode("latin-1"), *told, b"Connection: close", b"", b""]
    return _Asked(parts.hostname, parts.port or 80, b"\r\n".join(lines), int(_headers(head).get("content-length", 0)))


def _headers(head: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


async def _connected(addresses: list[str], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that answers.

    Raises:
        OSError: when none does.
    """
    problem: Exception = OSError("no address")
    for address in addresses:
        try:
            return await asyncio.wait_for(asyncio.open_connection(address, port), SECONDS_TO_CONNECT)
        except (OSError, TimeoutError) as error:
            problem = error
    raise OSError(str(problem))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter, most: int | None) -> bool:
    """Copies until the end, or so many bytes; whether there was more."""
    left = most
    while left is None or left > 0:
        data = await asyncio.wait_for(source.read(CHUNK if left is None else min(CHUNK, left)), SECONDS_IDLE)
        if not data:
            return False
        target.write(data)
        await target.drain()
        left = None if left is None else left - len(data)
    return True
