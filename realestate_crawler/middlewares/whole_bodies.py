"""A body that was cut on its way is asked for again, never read as far as it goes.

Scrapy unpacks a damaged gzip body as far as it can and says nothing; a listing would then seem to have changed.
What belongs here: whether a body is whole. What does not: unpacking it (Scrapy's own middleware, which comes next).
"""

import zlib
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Response

CHUNK = 64 * 1024


class DamagedBodyError(OSError):
    """The body is not what its Content-Encoding says."""


class WholeBodiesMiddleware:
    """Checks gzip bodies to their last byte; stands between the network and HttpCompressionMiddleware."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

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
        """
        encodings = b",".join(response.headers.getlist("Content-Encoding")).lower().split(b",")
        if encodings[-1].strip() not in (b"gzip", b"x-gzip") or request.method == "HEAD" or whole_gzip(response.body):
            return response
        assert self.crawler.spider is not None
        again = get_retry_request(request, spider=self.crawler.spider, reason="damaged gzip body")
        if again is not None:
            return again
        raise DamagedBodyError(f"damaged gzip body: {response.url}")


def whole_gzip(data: bytes) -> bool:
    """Whether `data` are one or more whole gzip members and nothing else; needs no memory for what is inside."""
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            member.decompress(data, CHUNK)
            while not member.eof and member.unconsumed_tail:
                member.decompress(member.unconsumed_tail, CHUNK)
        except zlib.error:
            return False
        if not member.eof:
            return False
        data = member.unused_data
    return True
