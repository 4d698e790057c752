"""`doctor`: is everything well, and if not, what, and what is the last state that can be trusted?"""

import argparse
import datetime

from orchestration.operations.checkup.erasures import check_erasures
from orchestration.operations.checkup.feeds import check_feeds
from orchestration.operations.checkup.finding import Finding, Level
from orchestration.operations.checkup.left_overs import LeftOver, find_left_overs
from orchestration.operations.checkup.logs import CheckedTable, check_tables
from orchestration.operations.checkup.places import check_places
from orchestration.operations.checkup.rows import check_rows
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.store import StoreError

HELP = "checks settings, stores, feeds, tables and the invariants; finds what dead runs left"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--deep", action="store_true", help="read every row, read and hash every part of every feed")
    parser.add_argument("--clean", action="store_true", help="remove left-overs that are certainly dead")
    parser.add_argument("--quiet", action="store_true", help="print only what is not well")
    parser.epilog = "Exit codes: 0 all is well (left-overs are allowed); 5 something is not, and is named."


def run(options: argparse.Namespace) -> int:
    """Prints every finding; only a problem makes the exit code."""
    places = Places()
    now = datetime.datetime.now(datetime.UTC)
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    problems = _tell(check_places(places), quiet=options.quiet)
    if problems:
        print("the places come first: nothing else was checked")
        return ExitCode.FAILED
    try:
        tables = check_tables(lake, deep=options.deep)
        problems += _tell([each for table in tables for each in table.findings], quiet=options.quiet)
        problems += _tell(check_feeds(landing, deep=options.deep), quiet=options.quiet)
        problems += _tell(_rows(lake, landing, tables, now), quiet=options.quiet)
        problems += _tell(check_erasures(landing), quiet=options.quiet)
        findings, dead = find_left_overs(landing, lake, places.spool, tables, now)
        problems += _tell(findings, quiet=options.quiet)
        _left_overs(dead, clean=options.clean)
    except StoreError as error:
        problems += _tell([Finding(Level.PROBLEM, "store", str(error))], quiet=False)
    print(f"{problems} problems" if problems else "all is well")
    return ExitCode.FAILED if problems else ExitCode.COMPLETE


def _rows(lake: Lake, landing: Landing, tables: list[CheckedTable], now: datetime.datetime) -> list[Finding]:
    if not tables:
        return [Finding(Level.NOTE, "tables", f"none yet in {lake.root}")]
    if not all(table.readable for table in tables):
        return [Finding(Level.NOTE, "invariants", "not checked: a table is damaged")]
    return check_rows(lake, landing, now)


def _left_overs(dead: list[LeftOver], *, clean: bool) -> None:
    for each in dead:
        print(f"{'removed' if clean else Level.LEFT_OVER:<9} {each.what}: {each.told}")
        if clean:
            each.remove()
    if dead and not clean:
        print(f"{len(dead)} left-overs of dead runs; --clean removes them")


def _tell(findings: list[Finding], *, quiet: bool) -> int:
    """Prints findings; how many are problems."""
    for finding in findings:
        if not quiet or finding.level is Level.PROBLEM:
            print(f"{finding.level:<9} {finding.what}: {finding.told}")
    return sum(finding.level is Level.PROBLEM for finding in findings)
