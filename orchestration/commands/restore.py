"""`restore`: the tables as they were at an older version of `listings`."""

import argparse
import sys

from deltalake.exceptions import DeltaError

from orchestration.alone import AtWorkError, alone
from orchestration.home import dagster_home
from orchestration.ingest.realign import CannotGoBackError
from orchestration.operations.restoring import RefusedError, plan, restore
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "put listings back to a version, the derived tables with it; later feeds wait again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("version", type=int, metavar="VERSION", help="version of silver/listings")
    parser.add_argument("--yes", action="store_true", help="do it; without, it is only said what would be done")
    parser.epilog = (
        "The next materialization applies the later feeds again: take a damaged one out of the landing zone first. "
        "Exit codes: 0 done or planned; 2 it cannot be restored, nothing was changed; 5 failed; 6 a run is at work."
    )


def run(options: argparse.Namespace) -> int:
    """Plans, and restores with --yes."""
    places = Places()
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    try:
        with alone(dagster_home()):
            found = plan(lake, landing, options.version)
            would = "" if options.yes else "would be "
            print(f"silver/listings: {would}put back from version {found.newest} to {found.version}")
            for table, version in found.derived:
                print(f"{table.path}: {would}put back to version {version}")
            print(f"{len(found.again)} feeds {would or 'are '}waiting again:")
            for feed in found.again:
                print(f"  {feed.source}/{feed.scope} run {feed.run_seq}")
            if not options.yes:
                print("nothing was changed; --yes does it")
                return ExitCode.COMPLETE
            print(f"done: silver/listings is at version {restore(lake, found)}; `materialize --no-crawl` goes on")
    except AtWorkError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY
    except RefusedError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    except (CannotGoBackError, DeltaError, OSError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    return ExitCode.COMPLETE
