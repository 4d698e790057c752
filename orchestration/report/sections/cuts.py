"""The biggest price cuts of the days shown."""

from typing import Any

import polars as pl

from orchestration.logic.market import AREA
from orchestration.logic.price_changes import KEY, price_changes
from orchestration.logic.versions import with_version
from orchestration.report.areas import with_area
from orchestration.report.blocks import Block, Cell, Note, Section, Table
from orchestration.report.data import Derived
from orchestration.report.words import NONE, money, noun, percent, short_day, web_address

CUTS_SHOWN = 25
# Nobody cuts a price to a fifth; a digit was lost or mended.
_IMPLAUSIBLE = 0.8

_TERMS = ("offer", "currency", "price_period")
_ABOUT = (*AREA, "title", "unparsed_address", "listing_url", *_TERMS)


def cuts(derived: Derived) -> Section:
    """A table; says what it leaves out."""
    every = _cuts(derived)
    found = every.filter(_still_below())
    likely = found.filter(pl.col("share") < _IMPLAUSIBLE)
    blocks: list[Block] = []
    if likely.is_empty():
        none = "No price was cut in the days shown." if every.is_empty() else "No cut of the days shown is listed."
        blocks.append(Note(text=none))
    else:
        top = likely.sort("share", "observed_at", "source", "listing_key", descending=[True, True, False, False]).head(
            CUTS_SHOWN
        )
        title = f"The {top.height} biggest of {likely.height:,} cuts" if likely.height > top.height else ""
        head = ["Listing", "Price now", "Cut"]
        rows = [_row(cut) for cut in top.iter_rows(named=True)]
        blocks.append(Table(head=head, rows=rows, numeric=frozenset({1, 2}), title=title))
    if over := every.height - found.height:
        why = "the price now is not below the one before it, or is in other terms"
        blocks.append(Note(text=f"{noun(over, 'cut')} left out: {why}."))
    if odd := found.height - likely.height:
        text = f"{noun(odd, 'price')} that fell by 80\u00a0% or more left out: most likely a mended typing error."
        blocks.append(Note(text=text))
    return Section(
        name="cuts",
        title="Biggest price cuts",
        intro="Each with the price asked now, and with the prices before and after the cut and the day on which it was "
        "seen. A price that has risen again to what it was before, or is in other terms now, is no longer cut.",
        blocks=blocks,
    )


def _cuts(derived: Derived) -> pl.DataFrame:
    """The cuts of the days shown, + price_now (Float64), terms_now and listed (whether it is on the market)."""
    moved = price_changes(derived.source.changes).filter(
        pl.col("new_price") < pl.col("previous_price"),
        pl.col("observed_at").dt.convert_time_zone("UTC").dt.date().is_in(derived.days),
    )
    columns = ("source", "listing_key", "observed_at", "change_type", "previous_price", "new_price")
    about = with_version(moved.select(columns), derived.source.history, _ABOUT)
    now = derived.present.select(*KEY, price_now="price", terms_now=pl.struct(_TERMS), listed=pl.lit(True))
    return (
        with_area(about)
        .join(now, on=KEY, how="left")
        .with_columns(pl.col("listed").fill_null(False), share=1 - pl.col("new_price") / pl.col("previous_price"))
    )


def _still_below() -> pl.Expr:
    """Cuts that nothing known of today contradicts."""
    unknown = pl.col("price_now").is_null()
    same_terms = pl.struct(_TERMS).eq_missing(pl.col("terms_now"))
    return unknown | (same_terms & (pl.col("price_now") < pl.col("previous_price")))


def _row(cut: dict[str, Any]) -> list[Cell]:
    name = cut["title"] or cut["unparsed_address"] or cut["listing_key"]
    before, after = (money(cut[price], cut["currency"]) for price in ("previous_price", "new_price"))
    told = f"{before} to {after}, {short_day(cut['observed_at'].date())}"
    return [
        Cell(text=str(name), detail=str(cut["area"]), href=web_address(cut["listing_url"])),
        _price_now(cut),
        Cell(text=percent(-cut["share"], digits=1, signed=True), detail=told),
    ]


def _price_now(cut: dict[str, Any]) -> Cell:
    if not cut["listed"]:
        return Cell(text=NONE, detail="no longer listed")
    if cut["price_now"] is None:
        return Cell(text=NONE, detail="not stated now")
    period = f"per {cut['price_period']}" if cut["price_period"] else ""
    return Cell(text=money(cut["price_now"], cut["currency"]), detail=period)
