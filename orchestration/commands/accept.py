"""`accept`: a person says that what a run held is true."""

import argparse
import datetime
import getpass
import socket
import sys
from collections.abc import Collection, Sequence

from orchestration.logic.held import HeldKind
from orchestration.logic.sale_schemas import SALE_FEEDS
from orchestration.logic.schemas import FEEDS
from orchestration.operations.accepting import Held, NothingHeldError, accept, held
from orchestration.operations.accepting_sales import HeldDeletions, accept_deletions, held_deletions
from orchestration.resources.lake import Lake
from orchestration.resources.landing import DamagedFeedError, Landing
from realestate_crawler.contracts.manifest import ItemKind
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.delivery import undelivered
from realestate_crawler.landing.runs import BusyError
from realestate_crawler.landing.store import StoreError

HELP = "let pass what a scope holds: removals, mass changes, listings under another key, deletions of sales; once"
_NAMED = 10
_SALE = ("listing_key", "close_price", "close_date", "unparsed_address")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    add_common_arguments(parser)
    parser.add_argument(
        "--only",
        metavar="KIND,…",
        default=",".join(HeldKind),
        help=f"of what is held only this: {', '.join(HeldKind)} (default: all)",
    )


def add_common_arguments(parser: argparse.ArgumentParser) -> None:
    """What `accept-removals` takes as well."""
    parser.add_argument("scope", metavar="SCOPE", help="the scope, or source/scope where several sources have it")
    parser.add_argument("--by", metavar="NAME", default="", help="who accepts (default: the user of this machine)")
    parser.add_argument("--dry-run", action="store_true", help="say what would pass, with examples; record nothing")
    parser.epilog = (
        "The next materialization (also with --no-crawl) applies it. Exit codes: 0 recorded; 2 nothing is held, feeds "
        "wait, or the scope is unknown; 5 a feed or the store cannot be used; 6 a crawl of the scope is at work."
    )


def run(options: argparse.Namespace) -> int:
    """Says what passes and records it."""
    words = [word.strip() for word in options.only.split(",") if word.strip()]
    unknown = sorted(set(words) - set(HeldKind))
    if unknown or not words:
        print(f"--only: {', '.join(unknown) or 'nothing'}: there are {', '.join(HeldKind)}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    return accept_kinds(options, [HeldKind(word) for word in words])


def accept_kinds(options: argparse.Namespace, kinds: Collection[HeldKind]) -> int:
    """Does it for some kinds of what is held."""
    places = Places()
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    try:
        source, scope, item = _one_scope(lake, options.scope)
        if any((each.manifest.source, each.manifest.scope) == (source, scope) for each in undelivered(places.spool)):
            raise NothingHeldError(f"{source}/{scope}: a feed waits for delivery; `scrapy deliver` first")
        found = _held(lake, landing, (source, scope, item), kinds)
        for each in found:
            print(f"{source}/{scope}: run {each.manifest.run_id} holds {each.words}")
            _show(source, each)
        if options.dry_run:
            print(f"{'; '.join(each.words for each in found)} would be accepted")
            return ExitCode.COMPLETE
        by = options.by or f"{getpass.getuser()}@{socket.gethostname()}"
        now = datetime.datetime.now(datetime.UTC)
        for each in found:
            if isinstance(each, HeldDeletions):
                key = accept_deletions(landing, each, by, now)
            else:
                key = accept(landing, each, by, now)
            print(f"{each.words} accepted: {key}")
    except NothingHeldError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    except BusyError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY
    except (DamagedFeedError, StoreError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    print("`materialize --no-crawl` applies it")
    return ExitCode.COMPLETE


def _held(
    lake: Lake, landing: Landing, of: tuple[str, str, ItemKind], kinds: Collection[HeldKind]
) -> "Sequence[Held | HeldDeletions]":
    source, scope, item = of
    if item is ItemKind.LISTING:
        return held(lake, landing, source, scope, kinds)
    if HeldKind.REMOVALS not in kinds:
        raise NothingHeldError(f"{source}/{scope}: of sales, only {HeldKind.REMOVALS} are held")
    return [held_deletions(lake, landing, source, scope)]


def _show(source: str, each: Held | HeldDeletions) -> None:
    """The first listings of each pattern, with what they say now and what they would say; or the first sales."""
    if isinstance(each, HeldDeletions):
        for key, price, date, address in each.sales.head(_NAMED).select(_SALE).iter_rows():
            print(f"    {source}/{key}: sold for {price} on {date}: {address}")
        if each.sales.height > _NAMED:
            print(f"    … and {each.sales.height - _NAMED} more")
        return
    for (kind, what, pattern), of in each.entries.group_by(["kind", "what", "pattern"], maintain_order=True):
        name = f"{what}: " if kind == HeldKind.CHANGES else ""
        print(f"  {name}{pattern}: {of.height} listings")
        for key, was, new in of.head(_NAMED).select("listing_key", "kept_value", "new_value").iter_rows():
            print(f"    {source}/{key}: {'nothing' if was is None else was} → {'nothing' if new is None else new}")
        if of.height > _NAMED:
            print(f"    … and {of.height - _NAMED} more")


def _one_scope(lake: Lake, word: str) -> tuple[str, str, ItemKind]:
    known = [
        (source, scope, item)
        for table, item in ((FEEDS, ItemKind.LISTING), (SALE_FEEDS, ItemKind.SALE))
        for source, scope in sorted(lake.scan(table).select("source", "scope").unique().collect().iter_rows())
    ]
    found = [each for each in known if word in (each[1], f"{each[0]}/{each[1]}")]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{source}/{scope}" for source, scope, _ in (found or known)) or "none"
    raise NothingHeldError(f"{word}: {'several scopes' if found else 'no such scope'}; there are: {names}")
