"""`erase`: a listing, or what names a person, goes from every layer; later crawls leave it out."""

import argparse
import datetime
import getpass
import socket
import sys
from collections import Counter

from deltalake.exceptions import DeltaError

from orchestration.alone import AtWorkError, alone
from orchestration.druid.client import DruidError
from orchestration.druid.columns import UnservableError
from orchestration.druid.ingestion import IngestionError
from orchestration.druid.slots import NoSlotsError
from orchestration.home import dagster_home
from orchestration.operations.erasing.carry_out import Outcome, carry_out
from orchestration.operations.erasing.cut import Cut, Wanted
from orchestration.operations.erasing.layers import Layers
from orchestration.operations.erasing.records import Request, lift
from orchestration.operations.erasing.search import Trace, search
from orchestration.operations.upkeep import OvertakenError
from orchestration.resources.landing import DamagedFeedError
from realestate_crawler.contracts.personal import PersonalData
from realestate_crawler.contracts.places import Places
from realestate_crawler.domain.erased import UnclearPersonError, WrongKeyError
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.landing.delivery import undelivered
from realestate_crawler.landing.erasures import DamagedRecordError, read_erasures
from realestate_crawler.landing.runs import BusyError
from realestate_crawler.landing.store import StoreError

HELP = "erase a listing, or a person's name, phone or e-mail, from all layers; without --yes only what lies where"
NOT_SERVED = (DruidError, IngestionError, NoSlotsError, UnservableError)
_NAMED = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "--listing", nargs=2, metavar=("SOURCE", "KEY"), action="append", default=[], help="a listing; may be repeated"
    )
    parser.add_argument(
        "--person",
        metavar="TEXT",
        action="append",
        default=[],
        help="a whole name, a phone number, an e-mail address or a keyed digest; may be repeated (each spelling)",
    )
    parser.add_argument("--yes", action="store_true", help="do it; without, it is only said what lies where")
    parser.add_argument("--allow-return", action="store_true", help="later crawls may bring it back")
    parser.add_argument("--by", metavar="NAME", default="", help="who erases (default: the user of this machine)")
    parser.add_argument("--why", metavar="TEXT", default="", help="kept in the record: never what is erased")
    parser.add_argument("--list", action="store_true", help="list the records of erasures")
    parser.add_argument("--lift", metavar="ID", default="", help="with --yes: let what an erasure left out come back")
    parser.epilog = (
        "A listing goes with all its lines and rows. Of a person only the name, number or address goes, wherever it "
        "stands; a mark stays in its place. Older versions of the tables cannot be read or restored afterwards. A "
        "record without the data stays beside the feeds; by it later crawls leave out what was erased. After a kill "
        "the same command goes on. Exit codes: 0 done, or told; 2 nothing is named so that it can be found, or a feed "
        "waits for delivery; 5 something is left or could not be read, and is named; 6 a run is at work."
    )


def run(options: argparse.Namespace) -> int:
    """Tells what lies where, or erases."""
    settings = PersonalData()
    layers = Layers.of(Places())
    try:
        if options.list or options.lift:
            return _records(layers, options)
        wanted = Wanted.of([(s, k) for s, k in options.listing], options.person, settings.key())
        if not wanted:
            print("name what is to be erased: --listing SOURCE KEY or --person TEXT", file=sys.stderr)
            return ExitCode.BAD_CONFIGURATION
        if not options.yes:
            return _tell(layers, wanted)
        if waiting := undelivered(layers.spool):
            print(f"{waiting[0].folder}: waits for delivery; `scrapy deliver` first", file=sys.stderr)
            return ExitCode.BAD_CONFIGURATION
        by = options.by or f"{getpass.getuser()}@{socket.gethostname()}"
        request = Request(by, options.why, options.allow_return)
        with alone(dagster_home()):
            outcome = carry_out(layers, wanted, request, settings.key(), lambda told: print(told, file=sys.stderr))
        return _sum_up(outcome, wanted, may_return=options.allow_return)
    except (UnclearPersonError, WrongKeyError) as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    except (AtWorkError, BusyError, OvertakenError) as error:
        print(error, file=sys.stderr)
        return ExitCode.BUSY
    except (DamagedFeedError, DamagedRecordError, StoreError, DeltaError, *NOT_SERVED) as error:
        print(error, file=sys.stderr)
        print("not finished; when that is mended, the same command goes on", file=sys.stderr)
        return ExitCode.FAILED


def _tell(layers: Layers, wanted: Wanted) -> int:
    cut = Cut(wanted, b"")
    found = search(layers, cut)
    _print(found)
    if cut.named_in:
        names = [f"{source}/{key}" for source, key in sorted(cut.named_in)]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        print(f"named in {len(names)} listings: {', '.join(names[:_NAMED])}{more}; --listing erases one as a whole")
    lost = [trace for trace in found if trace.lost]
    if not found:
        print("nothing holds it; with --yes a record is made all the same, and later crawls leave it out")
        return ExitCode.COMPLETE
    print("nothing was changed. --yes erases it, and with it every older version of these tables (time travel ends)")
    return ExitCode.FAILED if lost else ExitCode.COMPLETE


def _sum_up(outcome: Outcome, wanted: Wanted, *, may_return: bool) -> int:
    for layer, count in outcome.counts.items():
        print(f"erased  {layer}: {count}")
    if outcome.left:
        print("STILL THERE:")
        _print(outcome.left)
        print("look at these, then call the same command again; the record stays open until nothing is left")
        return ExitCode.FAILED
    if outcome.differing:
        some = ", ".join(outcome.differing[:_NAMED])
        print(f"a replay of the feeds makes {len(outcome.differing)} other listings otherwise than they are: {some}")
    print(f"every object of every layer was read again: nothing is left ({outcome.record})")
    if may_return:
        print("later crawls may bring it back")
    elif wanted.digests and not wanted.people and not wanted.listings:
        print("a digest alone is not recognised by later crawls: erase by name, number or address for that")
    else:
        print("later crawls leave it out; `erase --lift ID --yes` lets it return")
    return ExitCode.COMPLETE


def _print(found: list[Trace]) -> None:
    layers: dict[str, list[Trace]] = {}
    for trace in found:
        layers.setdefault(trace.layer, []).append(trace)
    counts = Counter({layer: sum(trace.count for trace in some) for layer, some in layers.items()})
    for layer, some in sorted(layers.items()):
        print(f"{layer}: {counts[layer]} in {len(some)} objects")
        for trace in some[:_NAMED]:
            print(f"  {trace.key}: {trace.lost or trace.count}")
        if len(some) > _NAMED:
            print(f"  … and {len(some) - _NAMED} more")


def _records(layers: Layers, options: argparse.Namespace) -> int:
    records = read_erasures(layers.landing.store)
    if options.lift:
        found = next((record for record in records if record.id == options.lift), None)
        if found is None:
            print(f"{options.lift}: no such erasure; --list names them", file=sys.stderr)
            return ExitCode.BAD_CONFIGURATION
        if not options.yes:
            print(f"{found.id}: what it left out would come back with the next crawls; --yes lets it")
            return ExitCode.COMPLETE
        lift(layers.landing, found)
        print(f"{found.id}: what it left out may come back")
        return ExitCode.COMPLETE
    for record in records:
        state = f"done {_at(record.done_at)}" if record.done_at else "NOT FINISHED: call the same command again"
        what = f"{len(record.listings)} listings, {len(record.people)} names, numbers or addresses"
        returns = ", may return" if record.may_return else ""
        why = f" ({record.why})" if record.why else ""
        print(f"{record.id}: {what}, begun {_at(record.begun_at)} by {record.by}, {state}{returns}{why}")
    if not records:
        print("no erasure was recorded")
    return ExitCode.COMPLETE


def _at(when: datetime.datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
