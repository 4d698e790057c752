"""`scrapy crawl`: Scrapy's own, plus one feed for each criterion and an exit code that tells the truth."""

import argparse
import sys
from typing import Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.policies import Policies
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError
from realestate_crawler.middlewares.own_servers import OwnServers
from realestate_crawler.settings import personal_data_key
from realestate_crawler.spiders.base import CrawlSpider


class Command(ScrapyCrawl):
    """Replaces Scrapy's command of the same name (COMMANDS_MODULE)."""

    def long_desc(self) -> str:
        """See ScrapyCommand."""
        return (
            "Crawl what the criteria ask for: one feed with a manifest for each criterion. "
            "Examples: -a criteria=FILE [-a only=ID]; -a city=NAME -a offer=sale; "
            "dataset -a mapping=FILE -a input=FILE-or-URI. Exit codes: "
            + ", ".join(f"{code.value} {code.name.lower().replace('_', ' ')}" for code in ExitCode)
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Plans first: nothing is requested when something cannot be used."""
        if len(args) != 1:
            raise UsageError("give one spider; `scrapy list` names them")
        assert self.crawler_process
        name = args[0]
        try:
            spider = self.crawler_process.spider_loader.load(name)
        except KeyError:
            known = ", ".join(self.crawler_process.spider_loader.list())
            self._refuse(f"no spider {name}; there are {known}")
            return
        if not issubclass(spider, CrawlSpider):
            raise UsageError(f"spider {name} writes no feed: derive it from CrawlSpider")
        unusable = unusable_setting(self.crawler_process.settings)
        if unusable:
            self._refuse(unusable)
            return
        try:
            plans = spider.plan(opts.spargs)
            settings = [spider.settings_for(plan) for plan in plans]
        except CriteriaError as error:
            self._refuse(str(error))
            return
        crawlers: list[Crawler] = []
        for plan, more in zip(plans, settings, strict=True):
            crawler = self._create_crawler(name)
            crawler.settings.setdict(more, priority="cmdline")
            crawlers.append(crawler)
            self.crawler_process.crawl(crawler, **plan)
        self.crawler_process.start()
        outcomes = [_outcome(crawler) for crawler in crawlers]
        for crawler, code in zip(crawlers, outcomes, strict=True):
            _report(crawler, code)
        self.exitcode = max(outcomes, key=_BY_WEIGHT.index)

    def _refuse(self, message: str) -> None:
        print(message, file=sys.stderr)
        self.exitcode = ExitCode.BAD_CONFIGURATION


def unusable_setting(settings: BaseSettings) -> str | None:
    """What is wrong with the project's settings, in words; None when all can be used."""
    try:
        policies = Policies.parse(settings["PERSONAL_DATA"])
    except ValueError as error:
        return f"setting PERSONAL_DATA: {error}"
    if policies.need_key and not personal_data_key():
        return "setting PERSONAL_DATA: hash needs a key: set REALESTATE_PERSONAL_DATA_KEY"
    lines = str(settings["FEED_PART_LINES"])
    if not (lines.isascii() and lines.isdigit() and int(lines)):
        return f"setting FEED_PART_LINES: {settings['FEED_PART_LINES']!r} is no number of lines"
    try:
        OwnServers().add((), settings.getlist("INTERNAL_HOSTS"))
    except ValueError:
        return f"setting INTERNAL_HOSTS: {settings['INTERNAL_HOSTS']!r} is no list of hosts such as market.svc:8765"
    try:
        open_store(Places().landing)
    except StoreError as error:
        return f"REALESTATE_LANDING: {error}"
    return None


# From best to worst: of several crawls, the worst decides.
_BY_WEIGHT = [
    ExitCode.COMPLETE,
    ExitCode.HELD,
    ExitCode.PARTIAL,
    ExitCode.BUSY,
    ExitCode.BAD_CONFIGURATION,
    ExitCode.FAILED,
    ExitCode.CRASHED,
]

_CODES = {
    "complete": ExitCode.COMPLETE,
    "delivered": ExitCode.COMPLETE,
    "partial": ExitCode.PARTIAL,
    "unusable": ExitCode.BAD_CONFIGURATION,
    "undelivered": ExitCode.FAILED,
    "busy": ExitCode.BUSY,
}


def _outcome(crawler: Crawler) -> ExitCode:
    """What became of the crawl, as its last stage noted it; a crawl that noted nothing has failed."""
    return _CODES.get(_stat(crawler, "feed/outcome", ""), ExitCode.FAILED)


def _report(crawler: Crawler, code: ExitCode) -> None:
    crawl = getattr(crawler.spider, "crawl", None)
    scope = crawl.scope if crawl else "?"
    print(f"{scope}: {code.name.lower().replace('_', ' ')} (exit code {code.value})", file=sys.stderr)
    manifest = _stat(crawler, "feed/manifest", None)
    if manifest:
        print(f"  {manifest}", file=sys.stderr)
    for reason in _stat(crawler, "feed/reasons", []):
        print(f"  not complete: {reason}", file=sys.stderr)


def _stat(crawler: Crawler, name: str, default: Any) -> Any:
    try:
        stats = crawler.stats
    except RuntimeError:  # the crawl never started
        return default
    return default if stats is None else stats.get_value(name, default)
