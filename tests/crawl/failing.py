"""A spider and a stage that raise, to be loaded by a real crawl."""

import dataclasses
import os
import signal

from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.pipelines.feed import FeedPipeline
from realestate_crawler.spiders.demo_market import DemoMarketSpider


class FailingSpider(DemoMarketSpider):
    """The demo market's, but its callback raises for every other listing."""

    name = "failing"
    answered = 0

    def parse_listing(self, response, **told):
        self.answered += 1
        if self.answered % 2:
            raise RuntimeError("a bug in a callback")
        yield from super().parse_listing(response, **told)


class Doubling(DemoMarketSpider):
    """Gives one listing in ten twice, and the next one not at all: the numbers are right."""

    name = "doubling"
    answered = 0

    def parse_listing(self, response, **told):
        self.answered += 1
        found = list(super().parse_listing(response, **told))
        if self.answered % 10 == 1:
            yield from found
            yield from [dataclasses.replace(one, raw=dict(one.raw)) for one in found]
        elif self.answered % 10 != 2:
            yield from found


class AllFail(DemoMarketSpider):
    """Its callback raises for every listing."""

    name = "all_fail"

    def parse_listing(self, response, **told):
        self.arrived()
        raise RuntimeError("a bug in a callback")


class TellsAll(DemoMarketSpider):
    """Its callback raises once with a secret in the message, from another error that has it, too."""

    name = "tells_all"
    told = False

    def parse_listing(self, response, **told):
        if not self.told:
            self.told = True
            self.logger.error("the key is %s", os.environ["REALESTATE_PERSONAL_DATA_KEY"])
            try:
                raise KeyError(os.environ["REALESTATE_PERSONAL_DATA_KEY"])
            except KeyError as error:
                raise RuntimeError(f"no such key: {os.environ['AWS_SECRET_ACCESS_KEY']}") from error
        yield from super().parse_listing(response, **told)


class StartFails(DemoMarketSpider):
    """Raises after its first request."""

    name = "start_fails"

    async def start(self):
        async for request in super().start():
            yield request
        raise RuntimeError("a bug in start")


class UnwritableStage:
    """Puts what no JSON can hold into one listing in ten."""

    count = 0

    def process_item(self, item):
        self.count += 1
        if self.count % 10 == 0:
            item.extra["odd"] = {"a": float("nan")}
        return item


class FailingStage:
    """Raises for one listing in ten."""

    count = 0

    def process_item(self, item):
        self.count += 1
        if self.count % 10 == 0:
            raise RuntimeError("a bug in a stage")
        return item


class KilledWhileSealing(FeedPipeline):
    """The process dies when a part has just been closed."""

    async def open_spider(self):
        await super().open_spider()
        for feed in self.feeds.values():
            feed.listings.__class__ = _Dying


class _Dying(FeedWriter):
    def seal(self):
        self._gzip.close()
        os.kill(os.getpid(), signal.SIGKILL)
