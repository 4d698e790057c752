"""`materialize`: the asset graph without a user interface: crawl, apply every waiting feed, tables, checks, report."""

import argparse
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import dagster as dg

from orchestration.alone import AtWorkError, alone
from orchestration.automation import REFRESH
from orchestration.definitions import defs
from orchestration.home import HEADLESS, dagster_home, end_dead_runs, instance
from orchestration.resources.crawler import stop_all
from realestate_crawler.contracts.criteria import CriteriaError, read_criteria, select
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.dates import parse_timestamp
from realestate_crawler.exit_codes import ExitCode

HELP = "crawl what the criteria ask, apply every feed that waits, tables, checks, report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--only", metavar="ID,…", default="", help="crawl only these criteria")
    parser.add_argument("--no-crawl", action="store_true", help="crawl nothing; apply the feeds that wait")
    parser.add_argument("--observed-at", metavar="ISO-TIME", default="", help="crawl as of this time (default: now)")
    parser.add_argument("--fail-on-held", action="store_true", help="exit with 4 when something is held for a person")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")


def run(options: argparse.Namespace) -> int:
    """Runs the graph once; the exit code tells what became of it."""
    places = Places()
    only = [word.strip() for word in options.only.split(",") if word.strip()]
    try:
        criteria = () if options.no_crawl else select(read_criteria(places.criteria), only, where=str(places.criteria))
    except CriteriaError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    if options.observed_at and parse_timestamp(options.observed_at) is None:
        print(f"--observed-at: {options.observed_at!r} is not an ISO 8601 time", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    if options.dry_run:
        _plan(places, [f"{c.id} ({c.source})" for c in criteria])
        return ExitCode.COMPLETE
    config = {"only": only, "crawl": not options.no_crawl, "observed_at": options.observed_at}
    try:
        with alone(dagster_home()), instance() as found:
            for dead in end_dead_runs(found):
                print(f"run {dead[:8]} died before its end: marked as failed, this one goes on", file=sys.stderr)
            return _materialize(found, config, fail_on_held=options.fail_on_held)
    except AtWorkError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY


def _materialize(found: dg.DagsterInstance, config: dict[str, Any], *, fail_on_held: bool) -> int:
    logging.getLogger("dagster").setLevel(logging.WARNING)
    run_config = {
        "ops": {
            "search_criteria": {"config": config},
            "crawled_feeds": {"ops": {"each_criterion": {"config": {"start_ahead": True}}}},
        },
        "loggers": {"progress": {}},
    }
    job = defs.resolve_job_def(REFRESH)
    with _stopping_crawls():
        result = job.execute_in_process(
            run_config=run_config, instance=found, raise_on_error=False, tags={HEADLESS: "true"}
        )
    codes = _exit_codes(result)
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        print(f"check {check.check_name} of {check.asset_key.to_user_string()}: failed", file=sys.stderr)
    _say_held(failed)
    if not result.success:
        return ExitCode.FAILED
    if any(check.severity is dg.AssetCheckSeverity.ERROR for check in failed):
        return ExitCode.FAILED
    if codes:
        worst = max(codes, key=_WEIGHT.index)
        if worst is not ExitCode.COMPLETE:
            return worst
    held = any(check.check_name in ("nothing_held", "no_deletion_held") for check in failed)
    return ExitCode.HELD if held and fail_on_held else ExitCode.COMPLETE


def _say_held(failed: list[dg.AssetCheckEvaluation]) -> None:
    """What waits for a person, and the way out, as the last words."""
    for check in failed:
        if check.check_name == "nothing_held":
            for scope, told in check.metadata.items():
                print(f"held: {scope}: {told.value}", file=sys.stderr)
                print(f"  `accept {scope} --dry-run` shows it, `accept {scope}` lets it pass", file=sys.stderr)
        if check.check_name == "nothing_flagged":
            for scope, told in check.metadata.items():
                for line in str(told.value).splitlines():
                    print(f"looks like no market, and was taken: {scope}: {line}", file=sys.stderr)


_WEIGHT = [
    ExitCode.COMPLETE,
    ExitCode.PARTIAL,
    ExitCode.BUSY,
    ExitCode.BAD_CONFIGURATION,
    ExitCode.FAILED,
    ExitCode.CRASHED,
]


def _exit_codes(result: dg.ExecuteInProcessResult) -> list[ExitCode]:
    """How the crawls of this run ended."""
    for event in result.get_asset_materialization_events():
        if event.asset_key == dg.AssetKey("crawled_feeds"):
            told = event.step_materialization_data.materialization.metadata["exit_codes"].value
            codes = [int(code) for code in told.values()] if isinstance(told, dict) else []
            return [ExitCode(code) if code in set(ExitCode) else ExitCode.CRASHED for code in codes]
    return []


@contextmanager
def _stopping_crawls() -> Iterator[None]:
    """Whatever ends this process ends its crawls: none goes on unattended."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        stop_all()
        signal.signal(signal.SIGTERM, before)


def _plan(places: Places, crawls: list[str]) -> None:
    from orchestration.ingest.sales import waiting_sales  # noqa: PLC0415
    from orchestration.logic.schemas import LISTINGS  # noqa: PLC0415 (only here)
    from orchestration.resources.lake import Lake, done  # noqa: PLC0415
    from orchestration.resources.landing import Landing  # noqa: PLC0415

    print(f"would crawl {len(crawls)}: {', '.join(crawls) or 'nothing'}")
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    found = landing.feeds()
    applied = {}
    if lake.exists(LISTINGS):
        listings = lake.open(LISTINGS)
        applied = {feed.app: done(listings, feed.app) for feed in found}
    waiting = landing.waiting(applied)
    sales = waiting_sales(lake, landing)
    print(f"would apply {len(waiting) + len(sales)} waiting feeds to {lake.root}")
    for feed in [*waiting, *sales]:
        print(f"  {feed.source}/{feed.scope} run {feed.run_seq}")
