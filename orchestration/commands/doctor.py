"""`doctor`: is everything well, and if not, what, and what is the last state that can be trusted?"""

import argparse
import datetime
import json
from dataclasses import dataclass, field

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
    parser.add_argument("--format", choices=("text", "json"), default="text", help="json: everything, at the end")
    parser.epilog = "Exit codes: 0 all is well (left-overs are allowed); 5 something is not, and is named."


def run(options: argparse.Namespace) -> int:
    """Prints every finding; only a problem makes the exit code."""
    places = Places()
    told = Told(quiet=options.quiet, silent=options.format == "json")
    told.add(check_places(places))
    if told.problems:
        told.say("the places come first: nothing else was checked")
    else:
        _check_all(places, told, deep=options.deep, clean=options.clean)
        told.say(f"{told.problems} problems" if told.problems else "all is well")
    if options.format == "json":
        print(json.dumps(told.plain(), indent=1))
    return ExitCode.FAILED if told.problems else ExitCode.COMPLETE


@dataclass(slots=True)
class Told:
    """What was found, told while it is found.

    Attributes:
        quiet: only problems are printed.
        silent: nothing is printed while it is found.
    """

    quiet: bool
    silent: bool
    findings: list[Finding] = field(default_factory=list)
    cleaned: bool = False

    @property
    def problems(self) -> int:
        """How many findings are problems."""
        return sum(finding.level is Level.PROBLEM for finding in self.findings)

    def add(self, findings: list[Finding]) -> None:
        """Takes in findings and prints them."""
        for finding in findings:
            self.findings.append(finding)
            if not self.quiet or finding.level is Level.PROBLEM:
                self.say(f"{finding.level:<9} {finding.what}: {finding.told}")

    def left_overs(self, dead: list[LeftOver], *, clean: bool) -> None:
        """Takes in what dead runs left, and removes it when asked."""
        self.cleaned = clean
        for each in dead:
            self.findings.append(Finding(Level.LEFT_OVER, each.what, each.told))
            self.say(f"{'removed' if clean else Level.LEFT_OVER:<9} {each.what}: {each.told}")
            if clean:
                each.remove()
        if dead and not clean:
            self.say(f"{len(dead)} left-overs of dead runs; --clean removes them")

    def say(self, line: str) -> None:
        """Prints a line, unless everything is told at the end."""
        if not self.silent:
            print(line)

    def plain(self) -> dict[str, object]:
        """All of it as plain data."""
        found = [
            {"level": each.level.name.lower(), "what": each.what, "told": each.told}
            | ({"removed": self.cleaned} if each.level is Level.LEFT_OVER else {})
            for each in self.findings
        ]
        return {"well": not self.problems, "problems": self.problems, "findings": found}


def _check_all(places: Places, told: Told, *, deep: bool, clean: bool) -> None:
    now = datetime.datetime.now(datetime.UTC)
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    try:
        tables = check_tables(lake, deep=deep)
        told.add([each for table in tables for each in table.findings])
        told.add(check_feeds(landing, deep=deep))
        told.add(_rows(lake, landing, tables, now))
        told.add(check_erasures(landing))
        findings, dead = find_left_overs(landing, lake, places.spool, tables, now)
        told.add(findings)
        told.left_overs(dead, clean=clean)
    except StoreError as error:
        told.add([Finding(Level.PROBLEM, "store", str(error))])


def _rows(lake: Lake, landing: Landing, tables: list[CheckedTable], now: datetime.datetime) -> list[Finding]:
    if not tables:
        return [Finding(Level.NOTE, "tables", f"none yet in {lake.root}")]
    if not all(table.readable for table in tables):
        return [Finding(Level.NOTE, "invariants", "not checked: a table is damaged")]
    return check_rows(lake, landing, now)
