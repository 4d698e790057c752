"""Supply and price per m² by area and day."""

from typing import Any

import polars as pl

from orchestration.report.blocks import Block, Cell, Chart, Charts, Group, Note, Section, Table
from orchestration.report.charts import bars_by_area, lines_by_day
from orchestration.report.data import Derived
from orchestration.report.figures import median, total
from orchestration.report.market import Market
from orchestration.report.words import change, count, day, noun, percent, short_day

AREAS_SHOWN = 8


def supply(derived: Derived) -> Section:
    """One group per market: the largest areas as a table, which is the legend too, and two charts."""
    groups: list[Block | Group] = []
    for market in derived.markets:
        daily = market.of(derived.daily)
        if not daily.is_empty():
            groups.append(Group(title=market.label, blocks=_blocks(market, daily, derived)))
    return Section(
        name="supply",
        title="Supply and price by area",
        intro="Listings on the market at the end of each day (UTC), and the median asking price per m² of living "
        "area. Days seen, a median too, count from the first crawl that saw a listing, not from its first advert.",
        blocks=groups or [Note(text="No day has been counted yet.")],
    )


def _blocks(market: Market, daily: pl.DataFrame, derived: Derived) -> list[Block]:
    order = daily.group_by("area").agg(
        now=pl.col("supply").filter(pl.col("date") == derived.days[-1]).sum(), ever=pl.col("supply").sum()
    )
    ranked = order.sort("now", "ever", "area", descending=[True, True, False])["area"].to_list()
    areas = ranked[:AREAS_SHOWN]
    shown = daily.filter(pl.col("area").is_in(areas)).sort("date", "area")
    blocks: list[Block] = [_table(market, shown, areas, derived, left_out=len(ranked) - len(areas))]
    charts = []
    for column, title, whole in (
        ("supply", "Listings on the market", True),
        ("median_price_per_sqm", f"Median {market.price} per m² ({market.unit})", False),
    ):
        rows = [
            _row(line, column, count(line[column]) if whole else market.money(line[column]))
            for line in shown.iter_rows(named=True)
            if line[column] is not None
        ]
        if not rows:
            blocks.append(Note(text=f"No listing states both a {market.price} and a living area."))
            continue
        named = [area for area in areas if any(row["area"] == area for row in rows)]
        if len(derived.days) > 1:
            spec = lines_by_day(rows, areas=areas, days=derived.days, whole=whole)
        else:
            spec = bars_by_area(rows, areas=named, colours=areas, whole=whole)
        charts.append(Chart(title=title, spec=spec))
    return [*blocks, Charts(charts=charts)]


def _row(line: dict[str, Any], column: str, text: str) -> dict[str, Any]:
    date = line["date"]
    return {
        "date": date.isoformat(),
        "day": short_day(date),
        "area": line["area"],
        "value": line[column],
        "text": text,
    }


def _table(market: Market, daily: pl.DataFrame, areas: list[str], derived: Derived, *, left_out: int) -> Table:
    first, last = derived.days[0], derived.days[-1]
    several = first != last
    rows = []
    for series, area in enumerate(areas, start=1):
        own = daily.filter(pl.col("area") == area)
        begin, end = own.filter(pl.col("date") == first), own.filter(pl.col("date") == last)
        before, now = total(begin["supply"]), total(end["supply"])
        price, old = median(end["median_price_per_sqm"]), median(begin["median_price_per_sqm"])
        wait = median(end["median_days_on_market"])
        moved = price / old - 1 if several and price is not None and old else None
        rows.append(
            [
                Cell(text=area, series=series),
                Cell(text=count(now), detail=change(now - before) if several else ""),
                Cell(text=market.money(price), detail="" if moved is None else percent(moved, digits=1, signed=True)),
                Cell(text=count(None if wait is None else round(wait))),
            ]
        )
    span = f"Small figures: change since {day(first)}. " if several else ""
    more = f"{noun(left_out, 'smaller area is', 'smaller areas are')} left out. " if left_out else ""
    return Table(
        head=["Area", "Listings", f"Median {market.price} per m²", "Days seen"],
        rows=rows,
        numeric=frozenset({1, 2, 3}),
        note=f"{span}{more}".strip(),
    )
