"""The biggest price cuts of the days shown."""

from typing import Any

import polars as pl

from orchestration.logic.market import AREA
from orchestration.logic.price_changes import price_changes
from orchestration.logic.versions import with_version
from orchestration.report.areas import with_area
from orchestration.report.blocks import Block, Cell, Note, Section, Table
from orchestration.report.data import Derived
from orchestration.report.words import money, noun, percent, short_day, web_address

CUTS_SHOWN = 25
# Nobody cuts a price to a fifth; a digit was lost or mended.
_IMPLAUSIBLE = 0.8

_ABOUT = (*AREA, "title", "unparsed_address", "listing_url", "currency", "price_period")


def cuts(derived: Derived) -> Section:
    """A table; says what it leaves out."""
    found = _cuts(derived)
    likely = found.filter(pl.col("share") < _IMPLAUSIBLE)
    blocks: list[Block] = []
    if likely.is_empty():
        blocks.append(Note(text="No price was cut in the days shown."))
    else:
        top = likely.sort("share", "observed_at", "source", "listing_key", descending=[True, True, False, False]).head(
            CUTS_SHOWN
        )
        title = f"The {top.height} biggest of {likely.height:,} cuts" if likely.height > top.height else ""
        head = ["Listing", "Price now", "Cut"]
        rows = [_row(cut) for cut in top.iter_rows(named=True)]
        blocks.append(Table(head=head, rows=rows, numeric=frozenset({1, 2}), title=title))
    if odd := found.height - likely.height:
        text = f"{noun(odd, 'price')} that fell by 80\u00a0% or more left out: most likely a mended typing error."
        blocks.append(Note(text=text))
    return Section(
        name="cuts",
        title="Biggest price cuts",
        intro="Each with the price before it and the day on which it was seen.",
        blocks=blocks,
    )


def _cuts(derived: Derived) -> pl.DataFrame:
    moved = price_changes(derived.source.changes).filter(
        pl.col("new_price") < pl.col("previous_price"),
        pl.col("observed_at").dt.convert_time_zone("UTC").dt.date().is_in(derived.days),
    )
    columns = ("source", "listing_key", "observed_at", "change_type", "previous_price", "new_price")
    about = with_version(moved.select(columns), derived.source.history, _ABOUT)
    return with_area(about).with_columns(share=1 - pl.col("new_price") / pl.col("previous_price"))


def _row(cut: dict[str, Any]) -> list[Cell]:
    currency, period = cut["currency"], f"per {cut['price_period']}, " if cut["price_period"] else ""
    name = cut["title"] or cut["unparsed_address"] or cut["listing_key"]
    return [
        Cell(text=str(name), detail=str(cut["area"]), href=web_address(cut["listing_url"])),
        Cell(text=money(cut["new_price"], currency), detail=f"{period}was {money(cut['previous_price'], currency)}"),
        Cell(text=percent(-cut["share"], digits=1, signed=True), detail=short_day(cut["observed_at"].date())),
    ]
