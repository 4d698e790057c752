"""`optimize`: compacts the tables, drops what no recent version needs, writes checkpoints."""

import argparse
import sys

from deltalake.exceptions import DeltaError

from orchestration.alone import AtWorkError, alone
from orchestration.home import dagster_home
from orchestration.operations.upkeep import (
    LEAST_HOURS,
    BehindError,
    OvertakenError,
    Size,
    disposable,
    existing,
    optimize,
    refuse_if_behind,
    size,
)
from orchestration.resources.lake import Lake
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "compact the tables, drop files that only old versions need, write checkpoints"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--retention-hours", type=int, default=LEAST_HOURS, metavar="N", help=f"keep versions younger (≥ {LEAST_HOURS})"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would go, change nothing")
    parser.epilog = (
        "Versions older than the retention cannot be read or restored afterwards; the feeds are not touched. "
        "Exit codes: 0 done; 2 retention too short; 5 a derived table is behind, or a table "
        "cannot be used; 6 others are at work."
    )


def run(options: argparse.Namespace) -> int:
    """Prints each table before and after."""
    if options.retention_hours < LEAST_HOURS:
        print(f"--retention-hours {options.retention_hours}: at least {LEAST_HOURS} h are kept", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    lake = Lake(root=Places().lake_root)
    try:
        with alone(dagster_home()):
            return _optimize(lake, options.retention_hours, dry_run=options.dry_run)
    except (AtWorkError, OvertakenError) as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY
    except (BehindError, DeltaError, OSError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED


def _optimize(lake: Lake, hours: int, *, dry_run: bool) -> int:
    refuse_if_behind(lake)
    tables = existing(lake)
    if not tables:
        print(f"no tables in {lake.root}")
    for table in tables:
        before = size(lake, table)
        if dry_run:
            going = len(disposable(lake, table, hours))
            print(f"{table.path}: {_told(before)}; {going} files only versions older than {hours} h need")
            continue
        gone = optimize(lake, table, hours)
        print(f"{table.path}: {_told(before)} → {_told(size(lake, table))}; {gone} old files removed, checkpoint")
    return ExitCode.COMPLETE


def _told(found: Size) -> str:
    return f"version {found.version}, {found.files} files, {found.bytes / 1024:,.0f} KiB"
