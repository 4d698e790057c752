"""A spider and a stage that raise, to be loaded by a real crawl."""

import dataclasses

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


class StartFails(DemoMarketSpider):
    """Raises after its first request."""

    name = "start_fails"

    async def start(self):
        async for request in super().start():
            yield request
        raise RuntimeError("a bug in start")


class FailingStage:
    """Raises for one listing in ten."""

    count = 0

    def process_item(self, item):
        self.count += 1
        if self.count % 10 == 0:
            raise RuntimeError("a bug in a stage")
        return item
