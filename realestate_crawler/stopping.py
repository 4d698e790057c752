"""A crawl that is told to stop seals its feed soon, and only once.

Scrapy waits for every request that it has taken up, also for those that wait for their turn: with a delay of a minute
that is a quarter of an hour, and whoever sent the signal kills it before. A second signal makes it drop everything.
What belongs here: how a crawl ends early. What does not: what its feed then says (`domain.completeness`).
"""

import logging
from typing import Any

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.ossignal import install_shutdown_handlers, signal_names

logger = logging.getLogger(__name__)

STOPPED = "the crawl was stopped"


def stop_soon(crawler: Crawler) -> Crawler:
    """Lets a crawler give up what waits when it is stopped, and not be hurried by a second signal."""
    stop = crawler.stop_async

    async def stop_async() -> None:
        # A crawl that has come to its end is stopped, too; the others go on.
        if crawler.engine is not None and crawler.engine.spider is not None:
            install_shutdown_handlers(_answer)
            give_up(crawler, STOPPED)
        await stop()

    crawler.stop_async = stop_async  # type: ignore[method-assign]  # the runner makes crawlers of its own class only
    return crawler


def give_up(crawler: Crawler, why: str) -> None:
    """Ends the requests that wait for their turn; those that are under way end by themselves, or by their time-out."""
    engine = crawler.engine
    for slot in engine.downloader.slots.values() if engine is not None else ():
        empty(slot, why)


def empty(slot: Any, why: str) -> None:
    """Ends the requests that wait in one queue of Scrapy's downloader."""
    while slot.queue:
        _, turn = slot.queue.popleft()
        turn.errback(IgnoreRequest(why))


def _answer(number: int, _frame: Any) -> None:
    # In a signal handler nothing may be written to a stream: the log line waits for the reactor.
    from twisted.internet import reactor  # noqa: PLC0415 (the reactor is chosen by Scrapy)

    told = signal_names.get(number, str(number))
    reactor.callFromThread(
        logger.warning, "%s again: the feed is being sealed, at the latest when requests under way time out", told
    )
