"""A site that asks for a pause gets it: 429 and 503 hold the whole host back, without holding up the process.

Scrapy asks again at once. Here the host's queue stands still until the time that Retry-After names, or for a growing
while without it; a host that asks again and again, or for longer than a crawl can wait, is left alone. What belongs
here: when a host is asked again. What does not: how long a header means (`reso.waiting`), other failures (Scrapy's).
"""

import datetime
import logging
from collections import Counter
from time import monotonic
from typing import Any

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from realestate_crawler.domain.network import origin, plain_host
from realestate_crawler.reso.waiting import seconds_to_wait
from realestate_crawler.stopping import STOPPED, empty

logger = logging.getLogger(__name__)

PAUSES = frozenset({429, 503})
# Seconds. Who asks for a longer pause than the longest is not asked again in this crawl.
SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 600.0
# Pauses in a row, without one good answer between, after which a host is left alone.
MOST_PAUSES = 5
# A host's queue stands still only if it has some delay at all.
SOME_DELAY = 0.001
LEFT_ALONE = "the host is left alone: it asked to wait too often or too long"


class PatientRetryMiddleware(RetryMiddleware):
    """Takes the place of Scrapy's RetryMiddleware."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.until: dict[str, float] = {}
        self.pauses: Counter[str] = Counter()
        self.left: set[str] = set()

    def process_request(self, request: Request) -> None:
        """Lets requests pass to hosts that have not had enough, until the crawl is stopped.

        Raises:
            IgnoreRequest: for others.
        """
        if not self.crawler.crawling:
            raise IgnoreRequest(STOPPED)
        if _host(request) in self.left:
            raise IgnoreRequest(LEFT_ALONE)

    def process_response(  # type: ignore[override]  # Scrapy calls it without its deprecated third argument
        self, request: Request, response: Response
    ) -> Request | Response:
        """See RetryMiddleware; after 429 and 503 the host rests."""
        asked_to_wait = response.status in PAUSES and response.status in self.retry_http_codes
        if not asked_to_wait or request.meta.get("dont_retry", False):
            if response.status < 400:
                self.pauses.pop(_host(request), None)
            return super().process_response(request, response)
        header = response.headers.get("Retry-After")
        again = super().process_response(request, response)
        # One page of many that always says 503 is that page's fault, not the host's.
        if again is not response or header is not None or response.status == 429:
            self._rest(request, header.decode("latin-1") if header else None)
        return response if _host(request) in self.left else again

    def _rest(self, request: Request, header: str | None) -> None:
        host, now = _host(request), monotonic()
        # Answers to requests that were under way when the pause began do not make it a second one.
        if now >= self.until.get(host, 0.0):
            self.pauses[host] += 1
        wait = max(SHORTEST_PAUSE, seconds_to_wait(header, datetime.datetime.now(datetime.UTC), self.pauses[host]))
        slot = self._slot(request)
        if wait > LONGEST_PAUSE or self.pauses[host] > MOST_PAUSES:
            if host not in self.left:
                logger.warning("%s: %s (%.0f s)", host, LEFT_ALONE, wait)
            self.left.add(host)
            if slot is not None:
                empty(slot, LEFT_ALONE)
            return
        until = self.until[host] = max(self.until.get(host, 0.0), now + wait)
        logger.info("%s asks to wait: %.0f s", host, wait)
        if slot is not None:  # the downloader asks next when `delay` has passed since `lastseen`
            slot.delay = max(slot.delay, SOME_DELAY)
            slot.lastseen = max(slot.lastseen, until)

    def _slot(self, request: Request) -> Any:
        engine = self.crawler.engine
        return None if engine is None else engine.downloader.slots.get(request.meta.get("download_slot", ""))


def _host(request: Request) -> str:
    return plain_host(request.meta.get("download_slot") or origin(request.url).host)
