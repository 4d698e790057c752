"""`quarantine`: the listings that could not be used, with the reasons; and another try by today's rules."""

import argparse
import datetime
import json
import sys
from collections import Counter

from orchestration.operations.quarantining import (
    Aside,
    Quarantine,
    every_feed,
    quarantine_counts,
    quarantines,
    unreadable_of,
)
from orchestration.operations.retrying import ChangedMeanwhileError, Retry, record, retry
from orchestration.queries.render import as_table
from orchestration.resources.landing import DamagedFeedError, Landing
from realestate_crawler.contracts.manifest import ItemKind
from realestate_crawler.contracts.personal import PersonalData
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.policies import Policies
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.delivery import undelivered
from realestate_crawler.landing.runs import BusyError
from realestate_crawler.landing.store import StoreError

HELP = "what lies in quarantine: counts by scope and reason, the lines of a run, or another try by today's rules"
_NAMED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    codes = "Exit codes: 0 told or done; 2 no such run, scope or setting; 5 a quarantine or the store cannot be used"
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="list|show|retry")
    counts = kinds.add_parser("list", help="counts by scope, run and reason", epilog=f"{codes}.")
    counts.add_argument("--format", choices=("table", "json"), default="table", help="how it is written")
    _add_choice(counts)
    show = kinds.add_parser("show", help="the lines of a run, as JSON Lines", epilog=f"{codes}.")
    show.add_argument("run", metavar="RUN", help="run id, or source/scope/run id")
    another = kinds.add_parser(
        "retry",
        help="send lines through today's rules again; what is clean becomes a feed run of its own",
        epilog="The run is as old as the one whose quarantine it empties: it adds what is not known, changes nothing "
        "that newer runs have told, and proves no absence. A line that went through is not tried again. The next "
        f"materialization (also with --no-crawl) applies it. {codes}; 6 a crawl of the scope is at work.",
    )
    another.add_argument("run", metavar="RUN", nargs="?", default="", help="only this run (id, or source/scope/run id)")
    _add_choice(another)
    another.add_argument("--dry-run", action="store_true", help="say what would become of the lines, write nothing")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scope", metavar="SCOPE", default="", help="only this scope, or source/scope")
    parser.add_argument("--reason", metavar="TEXT", default="", help="only lines whose reason holds this text")


def run(options: argparse.Namespace) -> int:
    """Prints counts or lines, or retries."""
    landing = Landing(root=Places().landing)
    try:
        found, damaged = quarantines(landing)
        for told in damaged:
            print(told, file=sys.stderr)
        if options.kind == "show":
            return _show(landing, found, options.run) or (ExitCode.FAILED if damaged else ExitCode.COMPLETE)
        chosen = [each for each in found if _is_chosen(each, options)]
        if not chosen and (complaint := _unknown(landing, options)):
            print(complaint, file=sys.stderr)
            return ExitCode.BAD_CONFIGURATION
        code = _list(chosen, options) if options.kind == "list" else _retry(landing, chosen, options)
        return code or (ExitCode.FAILED if damaged else ExitCode.COMPLETE)
    except (StoreError, ChangedMeanwhileError, DamagedFeedError) as error:
        print(error, file=sys.stderr)
        return ExitCode.FAILED
    except BusyError as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY


def _list(chosen: list[Quarantine], options: argparse.Namespace) -> int:
    lines = [Quarantine(q.feed, q.manifest, [a for a in q.lines if options.reason in a.reason]) for q in chosen]
    counts = quarantine_counts(lines)
    if options.format == "json":
        print(json.dumps(counts.to_dicts(), indent=1, ensure_ascii=False))
    else:
        print(as_table(counts) if counts.height else "nothing is in quarantine\n", end="")
    return ExitCode.COMPLETE


def _show(landing: Landing, found: list[Quarantine], run: str) -> int:
    feeds = [f for f in every_feed(landing) if run in (f.run_id, f"{f.source}/{f.scope}/{f.run_id}")]
    if len(feeds) != 1:
        names = ", ".join(f"{f.source}/{f.scope}/{f.run_id}" for f in feeds)
        print(f"{run}: {f'choose one of {names}' if feeds else 'no such run'}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    for each in found:
        if each.feed == feeds[0]:
            for aside in each.lines:
                print(json.dumps(aside.told, ensure_ascii=False))
    manifest = landing.manifest(feeds[0])
    if manifest.item is ItemKind.LISTING:
        for line in unreadable_of(landing, feeds[0], manifest):
            print(json.dumps(line, ensure_ascii=False))
    return ExitCode.COMPLETE


def _retry(landing: Landing, chosen: list[Quarantine], options: argparse.Namespace) -> int:
    settings = PersonalData()
    try:
        policies = Policies.parse(settings.personal_data)
        if policies.need_key and not settings.key():
            raise ValueError("hash needs a key: set REALESTATE_PERSONAL_DATA_KEY")
    except ValueError as error:
        print(f"REALESTATE_PERSONAL_DATA: {error}", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    waiting = {(each.manifest.source, each.manifest.scope) for each in undelivered(Places().spool)}
    tried = lines = 0
    for each in chosen:
        if each.manifest.item is not ItemKind.LISTING:
            print(
                f"{each.feed.scope} run {each.feed.run_id}: records of sales are read anew by another crawl of the file"
            )
            continue
        found = retry(each, policies, settings.key(), lambda aside: options.reason in aside.reason)
        name = f"{each.feed.source}/{each.feed.scope} run {each.feed.run_id}"
        tried += len(found.taken) + found.staying
        _tell(name, found)
        if not found.taken or options.dry_run:
            continue
        if (each.feed.source, each.feed.scope) in waiting:
            print(f"{name}: a feed of the scope waits for delivery; `scrapy deliver` first", file=sys.stderr)
            return ExitCode.BAD_CONFIGURATION
        key = record(landing, found, datetime.datetime.now(datetime.UTC))
        lines += len(found.clean)
        print(f"  written: {key}")
    if not tried:
        print("nothing of that is in quarantine")
    elif options.dry_run:
        print("nothing was written; without --dry-run it is")
    elif lines:
        print(f"{lines} listings wait; `materialize --no-crawl` applies them")
    return ExitCode.COMPLETE


def _tell(name: str, found: Retry) -> None:
    print(
        f"{name}: {len(found.clean)} can be used now, {len(found.outside)} are outside the criterion, "
        f"{len(found.refused)} are refused for another reason, {found.staying} as before"
    )
    for _, listing in found.clean[:_NAMED]:
        print(f"  {listing.source}/{listing.listing_key}")
    if len(found.clean) > _NAMED:
        print(f"  … and {len(found.clean) - _NAMED} more")
    reasons = Counter(f"{aside.reason} → {reason}" for aside, reason in [*found.refused, *found.outside])
    for reason, count in reasons.most_common(_NAMED):
        print(f"  {count} × {reason}")


def _is_chosen(each: Quarantine, options: argparse.Namespace) -> bool:
    feed = each.feed
    run = getattr(options, "run", "")
    return (
        run in ("", feed.run_id, f"{feed.source}/{feed.scope}/{feed.run_id}")
        and options.scope in ("", feed.scope, f"{feed.source}/{feed.scope}")
        and any(_has_reason(aside, options.reason) for aside in each.lines)
    )


def _has_reason(aside: Aside, words: str) -> bool:
    return words in aside.reason


def _unknown(landing: Landing, options: argparse.Namespace) -> str:
    """What was named and is not there at all."""
    feeds = every_feed(landing)
    run = getattr(options, "run", "")
    if run and not any(run in (f.run_id, f"{f.source}/{f.scope}/{f.run_id}") for f in feeds):
        return f"{run}: no such run"
    if options.scope and not any(options.scope in (f.scope, f"{f.source}/{f.scope}") for f in feeds):
        known = ", ".join(sorted({f"{f.source}/{f.scope}" for f in feeds})) or "none"
        return f"{options.scope}: no such scope; there are: {known}"
    return ""
