"""`replay`: are the tables what the feeds say? Rebuilds all of them elsewhere and compares."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from deltalake.exceptions import DeltaError

from orchestration.operations.replaying import (
    Comparison,
    LostFeedError,
    applied_feeds,
    applied_sales,
    compare,
    rebuild,
    rebuild_sales,
)
from orchestration.resources.lake import Lake
from orchestration.resources.landing import FeedRef, Landing
from realestate_crawler.contracts.feed import SALE_FEEDS
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "rebuild every table from the feeds into another lake and compare it with the live one"
_NAMED = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--into", metavar="DIR", default="", help="keep the rebuilt lake here (folder, or s3://…)")
    parser.add_argument(
        "--all-feeds", action="store_true", help="do not ask the live lake: every feed, by time; compares nothing"
    )
    parser.add_argument("--dry-run", action="store_true", help="say which feeds would be applied, do nothing")
    parser.epilog = (
        "Exit codes: 0 the tables are the same; 2 DIR cannot be used; 5 they differ (the keys are named), or a feed is "
        "lost or damaged. With --all-feeds a lost or broken lake is made anew: point REALESTATE_LAKE to DIR afterwards."
    )


def run(options: argparse.Namespace) -> int:
    """Rebuilds, compares, tells."""
    places = Places()
    live, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    complaint = _unusable(options.into, places)
    if complaint:
        print(complaint, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    try:
        feeds = _by_time(landing, landing.feeds()) if options.all_feeds else applied_feeds(live, landing)
        every = landing.feeds(SALE_FEEDS)
        files = _by_time(landing, every) if options.all_feeds else applied_sales(live, landing)
    except (LostFeedError, DeltaError, OSError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    print(f"{len(feeds) + len(files)} feeds of {landing.root}, in the order in which they were applied")
    if options.dry_run:
        for feed in [*feeds, *files]:
            print(f"  {feed.source}/{feed.scope} run {feed.run_seq}")
        return ExitCode.COMPLETE
    folder = options.into or tempfile.mkdtemp(prefix="replay-")
    try:
        return _replay(feeds, files, landing, live, Lake(root=folder), alone=options.all_feeds)
    except LostFeedError as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    finally:
        if not options.into:
            shutil.rmtree(folder, ignore_errors=True)


def _replay(
    feeds: list[FeedRef], files: list[FeedRef], landing: Landing, live: Lake, into: Lake, *, alone: bool
) -> int:
    rebuild(feeds, landing, into, lambda told: print(told, file=sys.stderr))
    rebuild_sales(files, landing, into, lambda told: print(told, file=sys.stderr))
    if alone:
        print(f"rebuilt: {into.root}")
        return ExitCode.COMPLETE
    compared = compare(live, into)
    for each in compared:
        _tell(each)
    return ExitCode.COMPLETE if all(each.live == each.rebuilt for each in compared) else ExitCode.FAILED


def _tell(each: Comparison) -> None:
    if each.live == each.rebuilt:
        print(f"same       {each.table.path}: {each.rows} rows, {each.live}")
        return
    print(f"DIFFERENT  {each.table.path}: live {each.live}, rebuilt {each.rebuilt}; {len(each.keys)} keys differ:")
    for key in each.keys[:_NAMED]:
        print(f"  {key}")
    if len(each.keys) > _NAMED:
        print(f"  … and {len(each.keys) - _NAMED} more")


def _by_time(landing: Landing, feeds: list[FeedRef]) -> list[FeedRef]:
    """The feeds, those of one scope in the order of their runs, across scopes in the order of observation."""
    queues: dict[tuple[str, str], list[FeedRef]] = {}
    for feed in feeds:
        queues.setdefault((feed.source, feed.scope), []).append(feed)
    found: list[FeedRef] = []
    while queues:
        place = min(queues, key=lambda key: (landing.manifest(queues[key][0]).observed_at, key))
        found.append(queues[place].pop(0))
        if not queues[place]:
            del queues[place]
    return found


def _unusable(into: str, places: Places) -> str:
    if not into or "://" in into:
        return ""
    folder = Path(into).absolute()
    taken = {Path(place).absolute() for place in (places.lake_root, places.landing) if "://" not in place}
    if any(folder == place or place in folder.parents or folder in place.parents for place in taken):
        return f"{into}: must lie apart from the live lake and the landing zone"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return f"{into}: must be empty, or not there"
    return ""
