"""A body that was cut on its way is asked for again, never read as far as it goes.

Scrapy unpacks a damaged body as far as it can and says nothing; a listing would then seem to have changed. What belongs
here: whether a body is whole and not too large. What does not: unpacking it (Scrapy's own middleware comes next).
"""

import zlib
from enum import StrEnum
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

CHUNK = 64 * 1024
GZIP = ([b"gzip"], [b"x-gzip"])
# How a document ends of which nothing else says that it is whole.
ENDINGS = (b"</html>", b"}", b"]")


class DamagedBodyError(OSError):
    """The body is not what its headers say."""


class State(StrEnum):
    """What gzip bytes are."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    TOO_LARGE = "too large"


class WholeBodiesMiddleware:
    """Checks bodies to their last byte; stands between the network and HttpCompressionMiddleware."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Keeps the crawler, whose spider the retries belong to."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Asks for the one encoding that has a checksum, where any would be accepted."""
        if "Accept-Encoding" in request.headers and not request.meta.get("playwright"):
            request.headers["Accept-Encoding"] = b"gzip"

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Passes whole bodies on and asks again for others.

        Raises:
            DamagedBodyError: when the body was damaged each time.
            IgnoreRequest: when it unpacks to more than DOWNLOAD_MAXSIZE.
        """
        if request.method == "HEAD":
            return response
        damage = self._damage(request, response)
        if not damage:
            return response
        assert self.crawler.spider is not None
        again = get_retry_request(request, spider=self.crawler.spider, reason=damage)
        if again is not None:
            return again
        raise DamagedBodyError(f"{damage}: {response.url}")

    def _damage(self, request: Request, response: Response) -> str:
        """What is wrong with a body, in words; empty for a whole one."""
        told = b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")
        encodings = [name.strip() for name in told if name.strip() not in (b"", b"identity")]
        if encodings in GZIP:
            state = gzip_state(response.body, self.limit)
            if state is State.TOO_LARGE:
                raise IgnoreRequest(f"a body of more than {self.limit} bytes")
            return "damaged gzip body" if state is State.DAMAGED else ""
        if encodings:
            return f"an encoding that was not asked for ({b', '.join(encodings).decode('latin-1')[:40]})"
        # No length, no chunks: the end of the connection is all there is. robots.txt has no ending of its own.
        ends = response.body.rstrip().lower().endswith(ENDINGS) or request.meta.get("dont_obey_robotstxt")
        return "a body without length or ending" if "partial" in response.flags and not ends else ""


def gzip_state(data: bytes, limit: int) -> State:
    """Whether `data` are one or more whole gzip members and nothing else; needs no memory for what is inside.

    Args:
        data: the compressed bytes.
        limit: bytes inside after which nothing more is unpacked.
    """
    size = 0
    while data:
        member = zlib.decompressobj(wbits=31)
        rest = data
        try:
            while not member.eof and rest:
                size += len(member.decompress(rest, CHUNK))
                rest = member.unconsumed_tail
                if size > limit:
                    return State.TOO_LARGE
        except zlib.error:
            return State.DAMAGED
        if not member.eof:
            return State.DAMAGED
        data = member.unused_data
    return State.WHOLE
