"""`accept-removals`: a person says that the removals a run held are true."""

import argparse
import datetime
import getpass
import socket
import sys

from orchestration.logic.schemas import FEEDS
from orchestration.operations.accepting import NothingHeldError, accept, held_removals
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.delivery import undelivered
from realestate_crawler.landing.runs import BusyError
from realestate_crawler.landing.store import StoreError

HELP = "let the held removals of a scope pass: those of its newest run, once"
_NAMED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("scope", metavar="SCOPE", help="the scope, or source/scope where several sources have it")
    parser.add_argument("--by", metavar="NAME", default="", help="who accepts (default: the user of this machine)")
    parser.add_argument("--dry-run", action="store_true", help="name the listings, record nothing")
    parser.epilog = (
        "The next materialization (also with --no-crawl) applies it. Exit codes: 0 recorded; 2 nothing is held, feeds "
        "wait, or the scope is unknown; 5 a feed or the store cannot be used; 6 a crawl of the scope is at work."
    )


def run(options: argparse.Namespace) -> int:
    """Names what passes and records it."""
    places = Places()
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    try:
        source, scope = _one_scope(lake, options.scope)
        if any((each.manifest.source, each.manifest.scope) == (source, scope) for each in undelivered(places.spool)):
            raise NothingHeldError(f"{source}/{scope}: a feed waits for delivery; `scrapy deliver` first")
        held = held_removals(lake, landing, source, scope)
        for key in held.keys[:_NAMED]:
            print(f"  {source}/{key}")
        if len(held.keys) > _NAMED:
            print(f"  … and {len(held.keys) - _NAMED} more")
        if options.dry_run:
            print(f"{len(held.keys)} removals that run {held.manifest.run_id} held would be accepted")
            return ExitCode.COMPLETE
        by = options.by or f"{getpass.getuser()}@{socket.gethostname()}"
        key = accept(landing, held, by, datetime.datetime.now(datetime.UTC))
    except NothingHeldError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    except BusyError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY
    except (DamagedFeedError, StoreError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    print(f"{len(held.keys)} removals accepted: {key}; `materialize --no-crawl` applies it")
    return ExitCode.COMPLETE


def _one_scope(lake: Lake, word: str) -> tuple[str, str]:
    known = sorted(lake.scan(FEEDS).select("source", "scope").unique().collect().iter_rows())
    found = [(source, scope) for source, scope in known if word in (scope, f"{source}/{scope}")]
    if len(found) == 1:
        return found[0]
    names = ", ".join("/".join(each) for each in (found or known)) or "none"
    raise NothingHeldError(f"{word}: {'several scopes' if found else 'no such scope'}; there are: {names}")
