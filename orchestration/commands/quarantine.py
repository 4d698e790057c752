"""`quarantine`: the listings that could not be used, with the reasons."""

import argparse
import json
import sys

from orchestration.operations.quarantining import quarantine_counts, quarantine_of, unreadable_of
from orchestration.queries.render import as_table
from orchestration.resources.landing import DamagedFeedError, Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "what lies in quarantine: counts by scope and reason, or the lines of a run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.epilog = "Exit codes: 0 told; 2 no such run; 5 a quarantine cannot be read, and is named."
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="list|show")
    kinds.add_parser("list", help="counts by scope, run and reason")
    show = kinds.add_parser("show", help="the lines of a run, as JSON Lines")
    show.add_argument("run", metavar="RUN", help="run id, or source/scope/run id")


def run(options: argparse.Namespace) -> int:
    """Prints counts or lines."""
    landing = Landing(root=Places().landing)
    if options.kind == "list":
        found, damaged = quarantine_counts(landing)
        print(as_table(found) if found.height else "nothing is in quarantine\n", end="")
        for told in damaged:
            print(told, file=sys.stderr)
        return ExitCode.FAILED if damaged else ExitCode.COMPLETE
    feeds = [f for f in landing.feeds() if options.run in (f.run_id, f"{f.source}/{f.scope}/{f.run_id}")]
    if len(feeds) != 1:
        names = ", ".join(f"{f.source}/{f.scope}/{f.run_id}" for f in feeds)
        print(f"{options.run}: {f'choose one of {names}' if feeds else 'no such run'}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    try:
        for line in [*quarantine_of(landing, feeds[0]), *unreadable_of(landing, feeds[0])]:
            print(json.dumps(line, ensure_ascii=False))
    except DamagedFeedError as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    return ExitCode.COMPLETE
