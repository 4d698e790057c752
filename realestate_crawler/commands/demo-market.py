"""`scrapy demo-market`: serves the bundled demo market until it is told to stop."""

import argparse
import errno
import json
import re
import signal
import sys
import threading
from types import FrameType
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

if TYPE_CHECKING:
    from realestate_crawler.demo_market.market import Market
    from realestate_crawler.demo_market.portal import Portal

CANNOT_SERVE = 2
LONGEST_LATENCY = 60


class Command(ScrapyCommand):
    """The demo market on the command line."""

    requires_project = False
    requires_crawler_process = False
    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012  (Scrapy's own way)

    def syntax(self) -> str:
        """How it is called."""
        return "[options]"

    def short_desc(self) -> str:
        """What `scrapy` alone says about it."""
        return "Serve the bundled demo market on 127.0.0.1"

    def long_desc(self) -> str:
        """What --help says about it."""
        return (
            "Serve an invented, seeded property portal on 127.0.0.1 that changes from day to day, until Ctrl-C. "
            "The same seed and size give the same market everywhere. --truth prints what really changed on a day."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declares the options."""
        super().add_options(parser)
        from realestate_crawler.demo_market.catalogue import DEFAULT_CAP  # noqa: PLC0415

        market = parser.add_argument_group("Demo market")
        market.add_argument("--port", type=int, default=8765, help="0 takes a free one (default: %(default)s)")
        market.add_argument("--day", type=int, default=1, help="day of the market (default: %(default)s)")
        market.add_argument("--seed", type=int, default=7, help="which market (default: %(default)s)")
        market.add_argument("--size", type=int, default=600, help="listings on day 1, 50 to 100000 (default: 600)")
        market.add_argument(
            "--cap", type=int, default=DEFAULT_CAP, help="listings that one search reaches (default: %(default)s)"
        )
        market.add_argument("--truth", type=int, metavar="DAY", help="print what changed on DAY as JSON, and exit")
        market.add_argument(
            "--day-seconds", type=float, metavar="N", help="move on by one day every N seconds (default: never)"
        )

        market.add_argument(
            "--latency",
            type=float,
            default=0.0,
            metavar="SECONDS",
            help="how long every answer takes at least (default: 0)",
        )
        market.add_argument(
            "--fail",
            action="append",
            default=[],
            metavar="PREFIX=STATUS",
            help="answer paths that begin with PREFIX with an HTTP status, such as /listing/=503; may be repeated",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Serves, or prints the truth."""
        if args:
            raise UsageError(f"unknown arguments: {' '.join(args)}", print_help=False)
        if opts.day_seconds is not None and opts.day_seconds <= 0:
            raise UsageError(f"a day lasts more than 0 seconds, not {opts.day_seconds}", print_help=False)
        if not 0 <= opts.latency <= LONGEST_LATENCY:
            raise UsageError(f"--latency is 0 to {LONGEST_LATENCY} seconds, not {opts.latency:g}", print_help=False)
        faults = [_fault(text) for text in opts.fail]
        from realestate_crawler.demo_market.market import Market  # noqa: PLC0415
        from realestate_crawler.demo_market.portal import HOST, Portal  # noqa: PLC0415

        try:
            market = Market(opts.seed, opts.size)
            if opts.truth is not None:
                _print_truth(market, opts.truth)
                return
            portal = Portal(market, day=opts.day, port=opts.port, cap=opts.cap, latency=opts.latency)
        except ValueError as error:
            raise UsageError(str(error), print_help=False) from error
        except OSError as error:
            busy = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used: {error}"
            print(f"demo market: port {opts.port} on {HOST} {busy}; try --port 0", file=sys.stderr)
            self.exitcode = CANNOT_SERVE
            return
        with portal:
            for prefix, status in faults:
                portal.fail(prefix, status)
            _serve(portal, opts.day_seconds)


def _fault(text: str) -> tuple[str, int]:
    """The path prefix and the status that `--fail` names."""
    prefix, _, status = text.rpartition("=")
    if not prefix.startswith("/") or not re.fullmatch("[2-5][0-9][0-9]", status):
        raise UsageError(f"--fail {text!r} is not PREFIX=STATUS, such as /listing/=503", print_help=False)
    return prefix, int(status)


def _serve(portal: "Portal", day_seconds: float | None) -> None:
    stop = threading.Event()

    def told_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told_to_stop)
    market, day = portal.site.market, portal.site.day
    listings = len(market.adverts(day))
    print(f"demo market: {portal.url} day {day}, {listings} listings, seed {market.seed}", flush=True)
    while not stop.wait(day_seconds):
        day += 1
        portal.show(day)
        print(f"demo market: day {day}, {len(market.adverts(day))} listings", flush=True)


def _print_truth(market: "Market", day: int) -> None:
    from realestate_crawler.contracts.feed import plain  # noqa: PLC0415
    from realestate_crawler.demo_market.truth import day_truth  # noqa: PLC0415

    truth = day_truth(market, day)
    told = {
        "seed": market.seed,
        "size": market.size,
        "day": day,
        "date": market.date(day),
        "listings": truth.listings,
        "new": sorted(truth.new),
        "gone": sorted(truth.gone),
        "back": sorted(truth.back),
        "changed": {key: truth.changed[key] for key in sorted(truth.changed)},
    }
    print(json.dumps(plain(told), ensure_ascii=False))
