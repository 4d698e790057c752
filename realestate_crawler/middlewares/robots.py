"""robots.txt as RFC 9309 says, in place of Scrapy's own middleware.

Scrapy 2.19 lets the third and later requests pass that wait for the same robots.txt, crawls when it cannot be reached,
and never applies Crawl-delay. Here every waiter gets the same answer; unreachable (5xx, no answer) means: nothing is
allowed; unavailable (4xx) means: everything is; what is not UTF-8 is not understood, so nothing is allowed.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

logger = logging.getLogger(__name__)

FIRST = 1000
# Meta key: the queue in which a robots.txt waits, where it must not wait in its host's own.
ROBOTS_SLOT = "robots_slot"
# A longer Crawl-delay is capped, and the log says so: an hour a page would never end.
LONGEST_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What a host allows.

    Attributes:
        parsed: its rules; None where a single answer holds for every path.
        otherwise: that answer.
        why: what is said of a page that is not allowed.
    """

    parsed: Protego | None = None
    otherwise: bool = True
    why: str = "forbidden by robots.txt"

    def allow(self, url: str, user_agent: str) -> bool:
        """Whether an address may be asked."""
        return self.otherwise if self.parsed is None else bool(self.parsed.can_fetch(url, user_agent))


EVERYTHING = Rules()
NOTHING = Rules(otherwise=False)


class RobotsMiddleware:
    """Asks each host for its robots.txt once, before the first page."""

    def __init__(self, crawler: Crawler, user_agent: str) -> None:
        self.crawler = crawler
        self.user_agent = user_agent
        self.rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Takes the user agent by which the rules are chosen."""
        return cls(crawler, crawler.settings["USER_AGENT"])

    async def process_request(self, request: Request) -> None:
        """Lets a request pass that the host allows.

        Raises:
            IgnoreRequest: for one that it does not.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self.rules:
            self.rules[host] = asyncio.ensure_future(self._ask(host, request))
        # Shielded: a request that is given up must not take the answer from the others.
        rules = await asyncio.shield(self.rules[host])
        if not rules.allow(request.url, self.user_agent):
            self._count("robotstxt/forbidden")
            raise IgnoreRequest(rules.why)

    async def _ask(self, host: str, request: Request) -> Rules:
        meta = {"dont_obey_robotstxt": True}
        if ROBOTS_SLOT in request.meta:
            meta["download_slot"] = request.meta[ROBOTS_SLOT]
        robots = Request(f"{host}/robots.txt", priority=FIRST, meta=meta, callback=NO_CALLBACK)
        self._count("robotstxt/request_count")
        try:
            engine = self.crawler.engine
            if engine is None:
                return NOTHING
            response = await engine.download_async(robots)
        except Exception as error:  # noqa: BLE001 (whatever went wrong: the host's will is not known)
            # A refusal of ours says best itself what is wrong with the host.
            told = str(error) if isinstance(error, IgnoreRequest) else "robots.txt could not be reached"
            logger.warning("%s/robots.txt: %s: nothing of this host is asked", host, str(error) or type(error).__name__)
            return Rules(otherwise=False, why=told)
        rules = read(response.status, response.body)
        if rules.parsed is None:
            why = "not UTF-8" if response.status < 300 else f"HTTP {response.status}"
            told = f"robots.txt: {why}: {'everything' if rules.otherwise else 'nothing'} is allowed"
            self._note(told)
            logger.log(logging.INFO if rules.otherwise else logging.WARNING, "%s: %s", host, told)
        self._slow_down(rules, request, response)
        return rules

    def _slow_down(self, rules: Rules, request: Request, response: Response) -> None:
        wanted = rules.parsed.crawl_delay(self.user_agent) if rules.parsed else None
        engine = self.crawler.engine
        if not wanted or engine is None:
            return
        delay = min(float(wanted), LONGEST_DELAY)
        if delay < float(wanted):
            logger.warning("%s: Crawl-delay %s is capped at %s s", response.url, wanted, delay)
            self._note(f"robots.txt: Crawl-delay {wanted:g} s is capped at {delay:g} s")
        name = request.meta.get("download_slot") or urlsplit(request.url).hostname or ""
        slot = engine.downloader.slots.get(name)
        if slot is not None and slot.delay < delay:
            slot.delay = delay
            logger.info("%s: one request in %s s, as its robots.txt asks", name, delay)

    def _note(self, what: str) -> None:
        """Puts what is out of the ordinary into the manifest."""
        crawl = getattr(self.crawler.spider, "crawl", None)
        if crawl is not None:
            crawl.ledger.notes[what] += 1

    def _count(self, name: str) -> None:
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value(name)


def read(status: int, body: bytes) -> Rules:
    """What an answer to /robots.txt means (RFC 9309, 2.3.1)."""
    # 429 is a host that has had enough, not one without rules.
    if status >= 500 or status == 429 or 300 <= status < 400:
        return NOTHING
    if status >= 400:
        return EVERYTHING
    try:
        return Rules(Protego.parse(body.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return NOTHING
