"""The figures at the top: how large the market is, what it costs, what the last day brought."""

import polars as pl

from orchestration.logic.market import AREA
from orchestration.report.blocks import Block, Figure, Figures, Note, Section
from orchestration.report.data import Derived
from orchestration.report.figures import median, total
from orchestration.report.words import count, day, noun, percent


def headline(derived: Derived) -> Section:
    """Headline figures; says so when there is nothing yet."""
    blocks: list[Block] = [Figures(figures=[*_size(derived), *_prices(derived), *_last_day(derived)])]
    if derived.present.is_empty():
        blocks.append(Note(text="There are no listings yet: no applied feed holds any.", tone="warn"))
    else:
        blocks.append(Note(text=_known(derived.present)))
    if derived.small:
        named = "; ".join(f"{market.label} ({noun(many, 'listing')})" for market, many in derived.small)
        blocks.append(Note(text=f"Too small to be drawn, and in the counts only: {named}."))
    if stale := _differs_from_gold(derived):
        blocks.append(Note(text=stale, tone="warn"))
    return Section(name="headline", title="At a glance", blocks=blocks)


def _size(derived: Derived) -> list[Figure]:
    unseen = derived.present.filter(pl.col("presence") == "missing").height
    cities = derived.present.filter(pl.col("city").is_not_null()).select(AREA).n_unique()
    return [
        Figure(
            label="Listings present",
            value=count(derived.present.height - unseen),
            detail=f"and {count(unseen)} missed once, not yet taken as removed" if unseen else "",
        ),
        Figure(label="Cities", value=count(cities)),
    ]


def _prices(derived: Derived) -> list[Figure]:
    found = []
    for market in derived.markets:
        known = market.of(derived.present)["per_sqm"].drop_nulls()
        found.append(
            Figure(
                label=f"Median {market.price} per m² · {market.label}",
                value=market.money(median(known)),
                detail=f"of {noun(len(known), 'listing')}" if len(known) else "no listing has a price and an area",
            )
        )
    return found


def _last_day(derived: Derived) -> list[Figure]:
    if not derived.days:
        return []
    last = derived.days[-1]
    sums = derived.daily.filter(pl.col("date") == last).select(
        pl.col("new_listings", "removed_listings", "price_cuts").sum()
    )
    new, removed, cuts = sums.row(0)
    only_first = derived.first_inventory and len(derived.days) == 1
    found_first = f"{count(derived.first_inventory)} were there at the first look" if only_first else ""
    return [
        Figure(label="New on the last day", value=count(new), detail=found_first or day(last)),
        Figure(label="Removed on the last day", value=count(removed), detail=day(last)),
        Figure(label="Price cuts on the last day", value=count(cuts), detail=day(last)),
    ]


def _known(present: pl.DataFrame) -> str:
    """How much the listings tell, as a sentence."""
    shares = present.select(
        pl.col("price").is_not_null().mean().alias("price"),
        pl.col("per_sqm").is_not_null().mean().alias("per_sqm"),
        (pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null()).mean().alias("place"),
    ).row(0)
    price, per_sqm, place = (percent(share) for share in shares)
    return f"Of these listings {price} state a price, {per_sqm} a price and a living area, {place} a point on the map."


def _differs_from_gold(derived: Derived) -> str:
    """A warning when gold/market_daily was made from another version of the history."""
    if not derived.days:
        return ""
    last = pl.col("date") == derived.days[-1]
    gold = total(derived.source.market_daily.filter(last)["supply"])
    here = total(derived.daily.filter(last)["supply"])
    if gold == here:
        return ""
    return (
        f"The table market_daily counts {count(gold)} listings on {day(derived.days[-1])}, the listing history "
        f"{count(here)}: the two tables were not made from the same state. This page follows the history."
    )
