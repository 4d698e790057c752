"""What happened per day: listings that came, went, or became cheaper."""

import polars as pl

from orchestration.report.blocks import Block, Chart, Charts, Group, Note, Section
from orchestration.report.charts import bars_by_day
from orchestration.report.data import Derived
from orchestration.report.figures import total
from orchestration.report.market import Market
from orchestration.report.words import count, noun

_COUNTS = (
    ("new_listings", "New listings", 2),
    ("removed_listings", "Removed listings", 4),
    ("price_cuts", "Price cuts", 1),
)


def activity(derived: Derived) -> Section:
    """Three small charts per market, each with its own scale."""
    blocks: list[Block | Group] = []
    if derived.first_inventory:
        blocks.append(
            Note(
                text=f"{noun(derived.first_inventory, 'listing')} found by the first run of a search "
                f"{'is' if derived.first_inventory == 1 else 'are'} not counted as new: nobody knows when they came."
            )
        )
    if not derived.days:
        blocks.append(Note(text="No day has been counted yet."))
    elif len(derived.days) < 2:
        blocks.append(Note(text="Only one day has been watched so far; comings and goings need a second one."))
    else:
        blocks += [group for market in derived.markets if (group := _group(derived, market))]
    return Section(
        name="activity",
        title="New, removed, cheaper",
        intro="Listings per day (UTC). A vanished advert is removed; that does not mean sold. A price cut is a lower "
        "asking price in the same currency and for the same offer.",
        blocks=blocks,
    )


def _group(derived: Derived, market: Market) -> Group | None:
    daily = market.of(derived.daily)
    if daily.is_empty():
        return None
    days = pl.DataFrame({"date": derived.days}, schema={"date": pl.Date})
    columns = [column for column, _, _ in _COUNTS]
    sums = daily.group_by("date").agg(pl.col(columns).sum())
    every_day = days.join(sums, on="date", how="left").sort("date").fill_null(0)
    charts = []
    for column, title, series in _COUNTS:
        happened = total(every_day[column])
        per_day = list(every_day.select("date", column).iter_rows())
        charts.append(Chart(title=f"{title}: {count(happened)}", spec=bars_by_day(per_day, series=series)))
    return Group(title=market.label, blocks=[Charts(charts=charts)])
