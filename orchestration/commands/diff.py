"""`diff`: two versions of `listings`, or the market of two days, side by side."""

import argparse
import sys

import polars as pl
from deltalake.exceptions import DeltaError

from orchestration.logic.as_of import MomentError, as_of, moment
from orchestration.logic.compare import KEY, compare
from orchestration.logic.schemas import DERIVED, FACTS, LISTING_HISTORY, LISTINGS
from orchestration.queries.render import as_table
from orchestration.resources.lake import Lake
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "what differs between two versions of listings, or between the markets of two days"
_FIELDS = [name for name in (*FACTS, *DERIVED) if name not in (*KEY, "content_hash")]
_STATE = ["presence", "present_in", "missing_in"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("a", metavar="A", help="a version of silver/listings (a number), or a date or time")
    parser.add_argument("b", metavar="B", help="the same kind as A")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="changes that are shown (default: 50)")
    parser.add_argument("--format", choices=("table", "csv"), default="table", help="csv: every change, no counts")
    parser.epilog = "Exit codes: 0 told, also when nothing differs; 2 A and B are of two kinds, or cannot be read."


def run(options: argparse.Namespace) -> int:
    """Prints counts and changes."""
    lake = Lake(root=Places().lake_root)
    numbers = options.a.isdecimal(), options.b.isdecimal()
    if numbers[0] != numbers[1]:
        print(f"{options.a} and {options.b}: give two versions, or two dates", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    try:
        if all(numbers):
            before, after = (_version(lake, int(word)) for word in (options.a, options.b))
            found = compare(before, after, [*_FIELDS, *_STATE])
        else:
            history = lake.scan(LISTING_HISTORY)
            before, after = (as_of(history, moment(word)).collect() for word in (options.a, options.b))
            found = compare(before, after, _FIELDS)
    except (MomentError, DeltaError, OSError, pl.exceptions.PolarsError) as error:
        print(f"cannot be compared: {error}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    if options.format == "csv":
        print(found.write_csv(), end="")
        return ExitCode.COMPLETE
    print(f"{before.height} listings in {options.a}, {after.height} in {options.b}")
    for what in ("came", "went", "changed"):
        print(f"{found.filter(pl.col('what') == what).select(KEY).unique().height} {what}")
    if found.height:
        print(as_table(found.head(options.limit)), end="")
    if found.height > options.limit:
        print(f"{found.height - options.limit} more; --limit {found.height} shows all")
    return ExitCode.COMPLETE


def _version(lake: Lake, version: int) -> pl.DataFrame:
    if version > lake.version(LISTINGS):
        if not lake.exists(LISTINGS):
            raise MomentError(f"there are no listings yet in {lake.root}")
        raise MomentError(f"listings has no version {version}; the newest is {lake.version(LISTINGS)}")
    return lake.read(LISTINGS, version)
