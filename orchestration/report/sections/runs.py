"""What the crawls themselves did: what they saw of each search, and what they could not prove."""

from typing import Any

import polars as pl

from orchestration.logic.held import SCOPE, held_entries, held_words
from orchestration.logic.schemas import IS_CRAWL
from orchestration.report.blocks import Block, Cell, Group, Note, Section, Table
from orchestration.report.data import Derived
from orchestration.report.words import NONE, count, noun, percent, short_moment

RUNS_SHOWN = 8

_COUNTS = ("new", "changed", "unchanged", "missing", "removed", "relisted")
_READ = ("Run (UTC)", "Complete", "Coverage", "Pages", "Quarantined", "Dropped")
_HEAD = (*_READ, *(name.capitalize() for name in _COUNTS), "Held")


def runs(derived: Derived) -> Section:
    """One table per search, newest run first."""
    feeds = derived.source.feeds.sort("source", "scope", "run_seq", descending=[False, False, True], nulls_last=True)
    held = held_entries(derived.source.listings.lazy()).partition_by(SCOPE, as_dict=True)
    groups: list[Block | Group] = []
    for (source, scope), own in feeds.group_by(SCOPE, maintain_order=True):
        groups.append(Group(title=f"{scope} · {source}", blocks=_blocks(own, held.get((source, scope)))))
    return Section(
        name="runs",
        title="What the crawls did",
        intro="Coverage is the number of listings seen of those the source itself claims. Only a complete run can "
        "show that a listing is gone; quarantined listings could not be read and are kept aside.",
        blocks=groups or [Note(text="No feed has been applied yet.")],
    )


def _blocks(own: pl.DataFrame, held: pl.DataFrame | None) -> list[Block]:
    latest = own.head(RUNS_SHOWN)
    blocks: list[Block] = []
    newest = next(own.filter(IS_CRAWL).iter_rows(named=True), None)
    if newest and not newest["complete"]:
        blocks.append(Note(text=f"The latest run is not complete: {_why(newest)}", tone="warn"))
    if held is not None:
        text = f"Held for a person to decide, too much at once to be believed: {held_words(held)}."
        blocks.append(Note(text=text, tone="warn"))
    if newest and newest["flags"]:
        text = f"Recorded by the latest run, though no market does it: {'; '.join(newest['flags'])}."
        blocks.append(Note(text=text, tone="warn"))
    older = own.height - latest.height
    more = f"{noun(older, 'older run is', 'older runs are')} not shown." if older else ""
    rows = [_row(run) for run in latest.iter_rows(named=True)]
    blocks.append(Table(head=_HEAD, rows=rows, numeric=frozenset(range(3, len(_HEAD))), note=more))
    return blocks


def _row(run: dict[str, Any]) -> list[Cell]:
    when = Cell(text=f"No. {run['run_seq']}", detail="; ".join([short_moment(run["observed_at"]), *_columns(run)]))
    numbers = [run["result_pages"], run["quarantined"], run["dropped"], *(run[name] for name in _COUNTS)]
    cells = [
        Cell(text=count(number), tone="warn" if place == 1 and number else "") for place, number in enumerate(numbers)
    ]
    return [when, _complete(run), _coverage(run), *cells, _held(run)]


def _complete(run: dict[str, Any]) -> Cell:
    if told := _no_crawl(run):
        return Cell(text=told, tone="muted", detail=_why(run))
    return Cell(text="Yes", tone="good") if run["complete"] else Cell(text="No", tone="bad", detail=_why(run))


def _no_crawl(run: dict[str, Any]) -> str:
    """What a run without a crawl is; empty for a crawl."""
    if run["accepts_run"] is not None:
        return "Accepted by a person"
    return "" if run["retries_run"] is None else "Retried from quarantine"


def _held(run: dict[str, Any]) -> Cell:
    held = sum(run[name] or 0 for name in ("held", "held_changes", "rekeyed"))
    return Cell(text=count(held), tone="warn" if held else "", detail="; ".join(run["holds"] or []))


def _coverage(run: dict[str, Any]) -> Cell:
    if _no_crawl(run):
        return Cell(text=NONE)
    seen, claimed = run["unique_listings"], run["claimed_total"]
    if not claimed:
        said = "the source claims none" if claimed == 0 else "the source claims no number"
        return Cell(text=noun(seen, "listing"), detail=said)
    short: bool = seen < claimed
    return Cell(
        text=percent(seen / claimed, digits=1),
        detail=f"{count(seen)} of {count(claimed)}",
        tone="warn" if short else "",
    )


def _why(run: dict[str, Any]) -> str:
    reasons = [_sentence(reason) for reason in run["reasons"] or []]
    return " ".join(reasons) or "No reason was given."


def _sentence(reason: str) -> str:
    """The crawler's own words as a sentence."""
    words = reason.strip().replace("_", " ") if " " not in reason.strip() else reason.strip()
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"


def _columns(run: dict[str, Any]) -> list[str]:
    """New and vanished source columns, in words."""
    told = (("new_columns", "new columns"), ("gone_columns", "columns gone"))
    return [f"{label}: {', '.join(run[name])}" for name, label in told if run[name]]
