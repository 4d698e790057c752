"""The order in which the layers are done. Each step can be repeated: after a kill at any point the same call goes on.

The record comes first, so that crawls leave it out from then on; tables come before feeds, counts after both; older
versions go when nothing needs them any more; the search at the end is the proof.
"""

import datetime
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestration.assets.market import recompute_market_daily
from orchestration.ingest.derive import derive_changes, derive_feeds, derive_history
from orchestration.ingest.derive_sales import derive_sale_changes, derive_sale_feeds, refresh_matches
from orchestration.logic.sale_schemas import SALES
from orchestration.logic.schemas import FEEDS, LISTINGS
from orchestration.operations.claiming import refuse_if_at_work
from orchestration.operations.erasing import leavings, served, tables
from orchestration.operations.erasing.cut import Cut, Wanted
from orchestration.operations.erasing.decisions import remember_decisions
from orchestration.operations.erasing.feeds import erase_lines, strays
from orchestration.operations.erasing.layers import Layers
from orchestration.operations.erasing.records import Request, begin, finish, save
from orchestration.operations.erasing.recount import recount
from orchestration.operations.erasing.search import Trace, remove_old_objects, search
from orchestration.operations.replaying import LostFeedError
from orchestration.resources.lake import Lake

Say = Callable[[str], None]
_RUN = re.compile(r"feeds/source=([^/]+)/scope=([^/]+)/run=")


@dataclass(slots=True)
class Outcome:
    """What became of it.

    Attributes:
        record: id of the record.
        counts: what held it, layer → lines, rows or texts.
        left: what holds it still; empty when all went well.
        differing: other listings that a replay makes otherwise than they are; empty when all went well.
    """

    record: str
    counts: dict[str, int] = field(default_factory=dict)
    left: list[Trace] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def carry_out(layers: Layers, wanted: Wanted, request: Request, key: bytes, say: Say) -> Outcome:
    """Erases; to be called by who holds the home's lock.

    Raises:
        BusyError: when a crawl is, or may be, at work.
        DamagedFeedError: for a feed that cannot be read; repair it or take it out of the landing zone, and go on.
        StoreError: when a store does not do what is asked.
        DruidError: when Druid does not.
        IngestionError: when Druid does not.
    """
    landing, lake = layers.landing, layers.lake
    refuse_if_at_work(landing, datetime.datetime.now(datetime.UTC))
    record = begin(landing, wanted, request, key, datetime.datetime.now(datetime.UTC))
    say(f"record: {record.id}")
    cut = Cut(wanted, bytes.fromhex(record.marks_salt), record.hashes)
    _catch_up(lake)
    found = search(layers, cut)
    record.hashes = sorted(cut.hashes)
    save(landing, record)
    say(f"found in {len(found)} objects")

    if wanted.listings and lake.exists(LISTINGS):
        _remember(layers, found, say)
    for table in tables.EVERY_TABLE:
        if lake.exists(table) and (rows := tables.erase_rows(lake, table, cut)):
            say(f"{table.path}: {rows} rows")
    lines = erase_lines(landing, cut, record.id.rpartition("-")[2])
    say(f"feeds and quarantine: {lines} lines")
    for stray in strays(landing, [trace.key for trace in found if _is_of_landing(trace)]):
        landing.store.remove(stray)
    differing = _count_anew(layers, wanted, say)

    leavings.clear(layers, found, cut)
    place = served.report_anew(layers)
    say(f"report: {place}" if place else "no report to make anew")
    held_versions = {word for trace in found for word in trace.layer.split() if word.startswith(("silver/", "gold/"))}
    for table in tables.EVERY_TABLE:
        if table.path in held_versions:
            say(f"{table.path}: {tables.forget_versions(lake, table)} files of older versions removed")
    served.serve_anew(layers, say)
    if old := remove_old_objects(layers, cut):
        say(f"{old} versions of objects removed that the store had kept")

    counts = _summed(found)
    left = search(layers, cut)
    if not left:
        finish(landing, record, counts, datetime.datetime.now(datetime.UTC))
    return Outcome(record.id, counts, left, differing)


def _catch_up(lake: Lake) -> None:
    """What follows from versions that will be gone must be derived from them first."""
    if lake.exists(LISTINGS):
        derive_changes(lake)
        derive_history(lake)
        derive_feeds(lake)
    if lake.exists(SALES):
        derive_sale_changes(lake)
        derive_sale_feeds(lake)


def _remember(layers: Layers, found: list[Trace], say: Say) -> None:
    scopes = {(run[1], run[2]) for trace in found if (run := _RUN.match(trace.key)) and _is_of_landing(trace)}
    try:
        remember_decisions(layers.lake, layers.landing, scopes)
    except LostFeedError as error:
        say(f"{error}: no replay is possible, so what was decided with the listing is not kept for one")


def _count_anew(layers: Layers, wanted: Wanted, say: Say) -> list[str]:
    """Counts, days and matches; other listings that a replay would make otherwise."""
    landing, lake = layers.landing, layers.lake
    differing: list[str] = []
    if lake.exists(LISTINGS):
        sources = {source for source, _ in wanted.listings}
        if wanted.people or wanted.digests:
            sources |= set(lake.scan(FEEDS).select("source").collect()["source"])
        for source in sorted(sources):
            try:
                rows, others = recount(lake, landing, source)
            except LostFeedError as error:
                say(f"silver/feeds: counts of {source} stay as they are: {error}")
                continue
            say(f"silver/feeds: {rows} runs of {source} counted anew")
            differing += others
        recompute_market_daily(lake)
    if lake.exists(SALES) and lake.exists(LISTINGS):
        refresh_matches(lake)
    return differing


def _is_of_landing(trace: Trace) -> bool:
    return trace.layer in ("feeds", "quarantine", "manifests", "landing zone")


def _summed(found: list[Trace]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for trace in found:
        counted[trace.layer] += trace.count
    return dict(sorted(counted.items()))
