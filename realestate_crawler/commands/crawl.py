"""`scrapy crawl`: Scrapy's own, plus one feed for each criterion and an exit code that tells the truth.

What is heavy is imported when it is needed: other commands look at this module, too.
"""

import argparse
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.crawler import Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from realestate_crawler.domain.policies import Policies
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.log import quiet_parts
from realestate_crawler.redaction import install
from realestate_crawler.settings import known_secrets, personal_data_key
from realestate_crawler.stopping import stop_soon

if TYPE_CHECKING:
    from realestate_crawler.pipelines.open_feed import Told


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
        from realestate_crawler.contracts.criteria import CriteriaError  # noqa: PLC0415
        from realestate_crawler.spiders.base import CrawlSpider  # noqa: PLC0415

        assert self.crawler_process
        install(known_secrets(self.crawler_process.settings))
        quiet_parts(str(self.crawler_process.settings["LOG_LEVEL"]))
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
            crawler = stop_soon(self._create_crawler(name))
            crawler.settings.setdict(more, priority="cmdline")
            crawlers.append(crawler)
            self.crawler_process.crawl(crawler, **plan)
        self.crawler_process.start()
        told = [_told(crawler) for crawler in crawlers]
        for crawler, feeds in zip(crawlers, told, strict=True):
            _report(crawler, feeds)
        self.exitcode = _worst(_code(each) for feeds in told for each in feeds)

    def _refuse(self, message: str) -> None:
        print(message, file=sys.stderr)
        self.exitcode = ExitCode.BAD_CONFIGURATION


def unusable_setting(settings: BaseSettings) -> str | None:
    """What is wrong with the project's settings, in words; None when all can be used."""
    from realestate_crawler.contracts.places import Places  # noqa: PLC0415
    from realestate_crawler.landing.opening import open_store  # noqa: PLC0415
    from realestate_crawler.landing.store import StoreError  # noqa: PLC0415
    from realestate_crawler.middlewares.own_servers import OwnServers  # noqa: PLC0415

    try:
        policies = Policies.parse(settings["PERSONAL_DATA"])
    except ValueError as error:
        return f"setting PERSONAL_DATA: {error}"
    if policies.need_key and not personal_data_key():
        return "setting PERSONAL_DATA: hash needs a key: set REALESTATE_PERSONAL_DATA_KEY"
    lines = str(settings["FEED_PART_LINES"])
    if not (lines.isascii() and lines.isdigit() and int(lines)):
        return f"setting FEED_PART_LINES: {settings['FEED_PART_LINES']!r} is no number of lines"
    if settings["JOBDIR"]:
        return "setting JOBDIR: a crawl is not resumed, what was before would be missing in its account: run it again"
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


def _told(crawler: Crawler) -> "list[Told]":
    """What became of the crawl's feeds, as its last stage noted it; a crawl that noted nothing has failed."""
    from realestate_crawler.pipelines.feed import STAT_FEEDS  # noqa: PLC0415
    from realestate_crawler.pipelines.open_feed import Told  # noqa: PLC0415

    found = _stat(crawler, STAT_FEEDS, None)
    crawl = getattr(crawler.spider, "crawl", None)
    return found or [Told(crawl.scope if crawl else "?", "failed")]


def _code(told: "Told") -> ExitCode:
    return _CODES.get(told.outcome, ExitCode.FAILED)


def _worst(codes: Iterable[ExitCode]) -> ExitCode:
    return max(codes, key=_BY_WEIGHT.index)


def _report(crawler: Crawler, told: "list[Told]") -> None:
    """Each feed with its reasons; of a snapshot that was split, first all scopes in one line."""
    crawl = getattr(crawler.spider, "crawl", None)
    if crawl is not None and crawl.branches:
        code = _worst(map(_code, told))
        bad = [each.scope for each in told if _code(each) is not ExitCode.COMPLETE]
        named = f": {len(bad)} of {len(told)} scopes: {', '.join(bad)}" if bad else f": {len(told)} scopes"
        print(f"{crawl.scope}: {_name(code)} (exit code {code.value}){named}", file=sys.stderr)
    for each in told:
        code = _code(each)
        print(f"{each.scope}: {_name(code)} (exit code {code.value})", file=sys.stderr)
        if each.manifest:
            print(f"  {each.manifest}", file=sys.stderr)
        for line in filter(None, (each.asked, *each.remarks)):
            print(f"  {line}", file=sys.stderr)
        # A source that shows only its newest, or is declared partial, did all that it can.
        said = "proves no removal" if code is ExitCode.COMPLETE else "not complete"
        for reason in each.reasons:
            print(f"  {said}: {reason}", file=sys.stderr)


def _name(code: ExitCode) -> str:
    return code.name.lower().replace("_", " ")


def _stat(crawler: Crawler, name: str, default: Any) -> Any:
    try:
        stats = crawler.stats
    except RuntimeError:  # the crawl never started
        return default
    return default if stats is None else stats.get_value(name, default)
