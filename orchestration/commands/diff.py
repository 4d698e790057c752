"""`diff`: two versions of `listings`, or the market of two days, side by side."""

import argparse
import sys

import polars as pl
from deltalake.exceptions import DeltaError

from orchestration.logic.as_of import MomentError, as_of, moment
from orchestration.logic.compare import KEY, Volatile, compare, compare_extra, split_volatile
from orchestration.logic.field_changes import COMPARED
from orchestration.logic.schemas import DERIVED, FACTS, LISTING_HISTORY, LISTINGS
from orchestration.queries.render import as_table
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, FeedRef, Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "what differs between two versions of listings, or between the markets of two days"
# As the diff of feeds: what is not compared there follows from other fields, or is no news of the listing.
_BESIDE = [name for name in (*FACTS, *DERIVED) if name not in (*KEY, *COMPARED, "content_hash", "extra")]
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
    places = Places()
    lake = Lake(root=places.lake_root)
    numbers = options.a.isdecimal(), options.b.isdecimal()
    if numbers[0] != numbers[1]:
        print(f"{options.a} and {options.b}: give two versions, or two dates", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    try:
        if all(numbers):
            before, after = (_version(lake, int(word)) for word in (options.a, options.b))
            fields = [*COMPARED, *_STATE]
        else:
            history = lake.scan(LISTING_HISTORY)
            before, after = (as_of(history, moment(word)).collect() for word in (options.a, options.b))
            fields = [*COMPARED]
        found, beside = _changes(before, after, fields, _volatile(places))
    except (MomentError, DeltaError, OSError, pl.exceptions.PolarsError) as error:
        print(f"cannot be compared: {error}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    if options.format == "csv":
        print(found.write_csv(), end="")
        return ExitCode.COMPLETE
    print(f"{before.height} listings in {options.a}, {after.height} in {options.b}")
    for what in ("came", "went", "changed"):
        print(f"{found.filter(pl.col('what') == what).select(KEY).unique().height} {what}")
    only = beside.join(found, on=KEY, how="anti")
    if only.height:
        names = ", ".join(sorted(set(only["field"])))
        print(f"{only.select(KEY).n_unique()} differ only in what is not compared: {names}")
    if found.height:
        print(as_table(found.head(options.limit)), end="")
    if found.height > options.limit:
        print(f"{found.height - options.limit} more; --limit {found.height} shows all")
    return ExitCode.COMPLETE


def _changes(
    before: pl.DataFrame, after: pl.DataFrame, fields: list[str], volatile: Volatile
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What differs in compared fields, came or went; and what differs beside that."""
    told = pl.concat([compare(before, after, fields), compare_extra(before, after)])
    found, moving = split_volatile(told.sort(*KEY, "what", "field"), volatile)
    beside = compare(before, after, _BESIDE).filter(pl.col("what") == "changed")
    return found, pl.concat([moving, beside])


def _volatile(places: Places) -> Volatile:
    """Source → what the newest run of any of its scopes declares volatile; nothing where no run can be read."""
    landing = Landing(root=places.landing)
    newest: dict[tuple[str, str], FeedRef] = {}
    for feed in sorted(landing.feeds(), key=lambda each: each.run_seq):
        newest[feed.source, feed.scope] = feed
    found: dict[str, frozenset[str]] = {}
    for feed in newest.values():
        try:
            declared = landing.manifest(feed).volatile
        except DamagedFeedError:
            continue
        found[feed.source] = found.get(feed.source, frozenset()) | frozenset(declared)
    return found


def _version(lake: Lake, version: int) -> pl.DataFrame:
    if version > lake.version(LISTINGS):
        if not lake.exists(LISTINGS):
            raise MomentError(f"there are no listings yet in {lake.root}")
        raise MomentError(f"listings has no version {version}; the newest is {lake.version(LISTINGS)}")
    return lake.read(LISTINGS, version)
