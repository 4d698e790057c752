"""`history`: the life of one listing."""

import argparse
import sys

from orchestration.logic.life import Moment, life
from orchestration.operations.listing import known, sources_of
from orchestration.resources.lake import Lake
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "the life of one listing: versions and changes in order"
_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("key", metavar="KEY", help="listing_key")
    parser.add_argument("--source", metavar="S", default="", help="needed where several sources know the key")
    parser.epilog = "Exit codes: 0 told; 2 several sources know the key, name one; 5 nobody knows it."


def run(options: argparse.Namespace) -> int:
    """Prints what happened, oldest first."""
    lake = Lake(root=Places().lake_root)
    sources = [source for source in sources_of(lake, options.key) if options.source in ("", source)]
    if not sources:
        by = f" of source {options.source}" if options.source else ""
        print(f"no listing {options.key}{by} in {lake.root}", file=sys.stderr)
        return ExitCode.FAILED
    if len(sources) > 1:
        print(f"{options.key} is known to {', '.join(sources)}: choose one with --source", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    found = known(lake, sources[0], options.key)
    now = found.current.row(0, named=True)
    seen = f"first seen {now['first_seen_at']:%Y-%m-%d %H:%M}, last seen {now['last_seen_at']:%Y-%m-%d %H:%M}"
    print(f"{sources[0]}/{options.key}: {now['presence']}, {seen}, {found.versions.height} versions")
    if now["listing_url"]:
        print(now["listing_url"])
    for moment in life(found.changes, found.versions):
        _tell(moment)
    for entry in now["held"] or ():
        print(f"held, not believed  scope {entry['scope']}, run {entry['run_id']}: {entry['pattern']}")
        print(f"    {entry['what']}: {_short(entry['kept_value'])} → {_short(entry['new_value'])}")
    return ExitCode.COMPLETE


def _tell(moment: Moment) -> None:
    print(f"{moment.at:%Y-%m-%d %H:%M}  {moment.what:<9} scope {moment.scope}, run {moment.run_id}")
    for name, old, new in moment.changes:
        if moment.what in ("new", "relisted") and old is None:
            print(f"    {name}: {_short(new)}")
        else:
            print(f"    {name}: {_short(old)} → {_short(new)}")


def _short(value: str | None) -> str:
    if value is None:
        return "(nothing)"
    line = " ".join(value.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
