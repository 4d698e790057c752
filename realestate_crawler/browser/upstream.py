"""The proxy that the operator's environment names, where there is one: the browser's gateway goes on through it.

What belongs here: asking that proxy. What does not: the gateway's own connections (`gateway`).
"""

import asyncio
import base64
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass


class Upstream(NamedTuple):
    """A proxy of plain HTTP.

    Attributes:
        told: the header that lets us in, as a line; empty where none is needed.
    """

    host: str
    port: int
    told: bytes = b""

    @classmethod
    def of(cls, scheme: str, host: str) -> "Upstream | None":
        """The proxy for a host; None where it is reached directly."""
        address = getproxies().get(scheme, "")
        if not address or proxy_bypass(host):
            return None
        parts = urlsplit(address if "://" in address else f"http://{address}")
        word = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
        told = b"Proxy-Authorization: Basic " + base64.b64encode(word.encode()) + b"\r\n" if word else b""
        return cls(parts.hostname or "", parts.port or 8080, told)

    async def prepare(
        self, head: bytes, host: str, port: int, there: asyncio.StreamReader, back: asyncio.StreamWriter
    ) -> bytes:
        """Asks for a tunnel where `head` is empty; else the head as this proxy wants it.

        Raises:
            OSError: when it refuses the tunnel.
        """
        name = f"[{host}]" if ":" in host else host
        if head:
            method, _, rest = head.partition(b" ")
            line, _, headers = rest.partition(b"\r\n")
            return method + f" http://{name}:{port}".encode() + line + b"\r\n" + self.told + headers
        back.write(f"CONNECT {name}:{port} HTTP/1.1\r\nHost: {name}:{port}\r\n".encode() + self.told + b"\r\n")
        answer = await there.readuntil(b"\r\n\r\n")
        if b" 200" not in answer.partition(b"\r\n")[0]:
            raise OSError("the proxy refuses the tunnel")
        return b""
