"""`materialize`: the asset graph without a user interface: crawl, apply every waiting feed, tables, checks, report."""

import argparse
import fcntl
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg

from orchestration.automation import REFRESH
from orchestration.definitions import defs
from orchestration.home import dagster_home, instance
from realestate_crawler.contracts.criteria import CriteriaError, read_criteria, select
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "crawl what the criteria ask, apply every feed that waits, tables, checks, report"


class AtWorkError(RuntimeError):
    """Another materialization of the same home is at work."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--only", metavar="ID,…", default="", help="crawl only these criteria")
    parser.add_argument("--no-crawl", action="store_true", help="crawl nothing; apply the feeds that wait")
    parser.add_argument("--observed-at", metavar="ISO-TIME", default="", help="crawl as of this time (default: now)")
    parser.add_argument("--fail-on-held", action="store_true", help="exit with 4 when removals are held for a person")
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
    if options.dry_run:
        _plan(places, [f"{c.id} ({c.source})" for c in criteria])
        return ExitCode.COMPLETE
    config = {"only": only, "crawl": not options.no_crawl, "observed_at": options.observed_at}
    try:
        with _alone(dagster_home()), instance() as found:
            return _materialize(found, config, parallel=len(criteria) > 1, fail_on_held=options.fail_on_held)
    except AtWorkError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY


def refresh_job() -> dg.JobDefinition:
    """The job by the name that other processes find it under."""
    return defs.resolve_job_def(REFRESH)


def _materialize(found: dg.DagsterInstance, config: dict[str, Any], *, parallel: bool, fail_on_held: bool) -> int:
    logging.getLogger("dagster").setLevel(logging.WARNING)
    run_config: dict[str, Any] = {
        "ops": {"search_criteria": {"config": config}},
        "loggers": {"progress": {}},
        "execution": {"config": _parallel() if parallel else {"in_process": {}}},
    }
    with dg.execute_job(dg.reconstructable(refresh_job), found, run_config=run_config) as result:
        codes = _exit_codes(result)
        checks = [
            record.event_log_entry.dagster_event.event_specific_data
            for record in found.get_records_for_run(
                result.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION
            ).records
            if record.event_log_entry.dagster_event is not None
        ]
        failed = [check for check in checks if not check.passed]  # type: ignore[union-attr]
    for check in failed:
        print(f"check {check.check_name} of {check.asset_key.to_user_string()}: failed", file=sys.stderr)  # type: ignore[union-attr]
    if not result.success:
        return ExitCode.FAILED
    if any(check.severity is dg.AssetCheckSeverity.ERROR for check in failed):  # type: ignore[union-attr]
        return ExitCode.FAILED
    if codes:
        worst = max(codes, key=_WEIGHT.index)
        if worst is not ExitCode.COMPLETE:
            return worst
    held = any(check.check_name == "nothing_held" for check in failed)  # type: ignore[union-attr]
    return ExitCode.HELD if held and fail_on_held else ExitCode.COMPLETE


_WEIGHT = [
    ExitCode.COMPLETE,
    ExitCode.PARTIAL,
    ExitCode.BUSY,
    ExitCode.BAD_CONFIGURATION,
    ExitCode.FAILED,
    ExitCode.CRASHED,
]


def _exit_codes(result: dg.JobExecutionResult) -> list[ExitCode]:
    """How the crawls of this run ended."""
    for event in result.get_asset_materialization_events():
        if event.asset_key == dg.AssetKey("crawled_feeds"):
            told = event.step_materialization_data.materialization.metadata["exit_codes"].value
            codes = [int(code) for code in told.values()] if isinstance(told, dict) else []
            return [ExitCode(code) if code in set(ExitCode) else ExitCode.CRASHED for code in codes]
    return []


def _parallel() -> dict[str, Any]:
    # Forked from a server that has everything imported: a step starts in half a second instead of seven.
    start = {"forkserver": {"preload_modules": ["orchestration.definitions"]}}
    return {"multiprocess": {"max_concurrent": 4, "start_method": start}}


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Holds the home's lock; two runs of one home would only do each other's work again."""
    with (home / "materialize.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AtWorkError(f"another materialization is at work ({home})") from None
        yield


def _plan(places: Places, crawls: list[str]) -> None:
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
    print(f"would apply {len(waiting)} waiting feeds to {lake.root}")
    for feed in waiting:
        print(f"  {feed.source}/{feed.scope} run {feed.run_seq}")
