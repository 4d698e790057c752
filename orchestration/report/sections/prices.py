"""How asking prices spread, per market and per kind of property."""

import polars as pl

from orchestration.report.blocks import Block, Cell, Chart, Charts, Group, Note, Section, Table
from orchestration.report.charts import histogram as chart
from orchestration.report.data import Derived
from orchestration.report.figures import median
from orchestration.report.market import Market
from orchestration.report.spread import Histogram, histogram
from orchestration.report.words import count, noun


def prices(derived: Derived) -> Section:
    """One group per market: two histograms and the medians by property type."""
    groups = [group for market in derived.markets if (group := _group(derived, market))]
    return Section(
        name="prices",
        title="How prices spread",
        intro="Asking prices and rents of the listings present now; the dashed line is the median.",
        blocks=groups or [Note(text="No listing states a price.")],
    )


def _group(derived: Derived, market: Market) -> Group | None:
    present = market.of(derived.present)
    if present.is_empty():
        return None
    blocks: list[Block] = []
    charts = []
    for column, title, series, lack in (
        ("price", f"Asking {market.price}", 1, "no usable price"),
        ("per_sqm", f"Asking {market.price} per m²", 2, "no price and living area"),
    ):
        values = present[column].drop_nulls()
        if values.is_empty():
            blocks.append(Note(text=f"{title}: no listing has one."))
        else:
            charts.append(_chart(market, title, values, series, without=len(present) - len(values), lack=lack))
    return Group(title=market.label, blocks=[Charts(charts=charts), *blocks, _types(market, present)])


def _chart(market: Market, title: str, values: pl.Series, series: int, *, without: int, lack: str) -> Chart:
    spread = histogram(values)
    middle = median(values) or 0.0
    rows = [
        {"low": low, "high": high, "n": n, "text": f"{market.money(low)} and {market.money(high)}"}
        for low, high, n in spread.bars
    ]
    said = [f"Median {market.money(middle)} of {noun(len(values), 'listing')}."]
    said += [_cut_off(market, spread)] if spread.below or spread.above else []
    said += [f"{noun(without, 'listing has', 'listings have')} {lack}."] if without else []
    return Chart(title=f"{title} ({market.unit})", spec=chart(rows, median=middle, series=series), note=" ".join(said))


def _cut_off(market: Market, spread: Histogram) -> str:
    parts = []
    if spread.below:
        parts.append(f"{count(spread.below)} below {market.money(spread.bars[0][0])}")
    if spread.above:
        parts.append(f"{count(spread.above)} above {market.money(spread.bars[-1][1])}")
    return f"Not drawn, because far from the rest: {' and '.join(parts)}."


def _types(market: Market, present: pl.DataFrame) -> Table:
    kinds = (
        present.group_by("property_type")
        .agg(pl.len().alias("n"), pl.col("price").median(), pl.col("per_sqm", "living_area_sqm").median())
        .sort("n", "property_type", descending=[True, False], nulls_last=True)
    )
    rows = [
        [
            Cell(text=(kind or "not stated").capitalize()),
            Cell(text=count(n)),
            Cell(text=market.money(price)),
            Cell(text=market.money(per_sqm)),
            Cell(text="–" if area is None else f"{area:,.0f}\u00a0m²"),
        ]
        for kind, n, price, per_sqm, area in kinds.iter_rows()
    ]
    head = ["Property type", "Listings", f"Median {market.price}", "Median per m²", "Median living area"]
    return Table(head=head, rows=rows, numeric=frozenset({1, 2, 3, 4}))
