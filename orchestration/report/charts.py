"""Chart shapes: rows in, Vega-Lite out.

What belongs here: axes, marks, tooltips. What does not: colours and fonts (report.css has them, report.js hands them
to Vega), and what is charted (`sections`).
"""

import datetime
import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from orchestration.report.words import short_day

HEIGHT = 260
_FEW, _MANY = 5, 31
# As many labels as there is room for, on a phone too.
_FITTING = alt.expr("max(2, min(6, width / 60))")
# Vega's own "G" for 10^9 means nothing to a house-price analyst.
_SHORT = "replace(format(datum.value, '~s'), 'G', 'B')"


def lines_by_day(
    rows: list[dict[str, Any]], *, areas: Sequence[str], days: Sequence[datetime.date], whole: bool
) -> dict[str, Any]:
    """A line per area over the days; rows hold date (ISO), day and text (date and value for people), area and value."""
    chart = (
        alt.Chart(alt.InlineData(values=rows), height=HEIGHT, width="container")
        # Points show single days; among many they would hide the line, and only answer the pointer.
        .mark_line(point={"size": 36, "filled": True, "opacity": 1 if len(days) <= _MANY else 0}, strokeWidth=2)
        .encode(
            x=alt.X("date:T", title=None, scale=alt.Scale(type="utc"), axis=_dates(days, hour=0)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=_amounts(rows, whole=whole, zero=False)),
            color=_area_colour(areas),
            tooltip=[
                alt.Tooltip("area:N", title="Area"),
                alt.Tooltip("day:N", title="Day"),
                alt.Tooltip("text:N", title="Value"),
            ],
        )
    )
    return _spec(chart)


def bars_by_area(
    rows: list[dict[str, Any]], *, areas: Sequence[str], colours: Sequence[str], whole: bool
) -> dict[str, Any]:
    """A horizontal bar per area; rows hold area, value and text; `colours` are the areas in order of colour."""
    chart = (
        alt.Chart(alt.InlineData(values=rows), height=max(80, 34 * len(areas)), width="container")
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=alt.Y(
                "area:N",
                sort=list(areas),
                title=None,
                scale=alt.Scale(paddingInner=0.3),
                axis=alt.Axis(labelLimit=150, ticks=False),
            ),
            x=alt.X("value:Q", title=None, axis=_amounts(rows, whole=whole, across=True)),
            color=_area_colour(colours),
            tooltip=[alt.Tooltip("area:N", title="Area"), alt.Tooltip("text:N", title="Value")],
        )
    )
    return _spec(chart)


def bars_by_day(counts: Sequence[tuple[datetime.date, int]], *, series: int) -> dict[str, Any]:
    """A bar per (day, count), as wide as the day; `series` is the number of the colour, from 1."""
    days, most = [day for day, _ in counts], max(1, *(number for _, number in counts))
    rows = [
        {"from": f"{day}T02:00Z", "to": f"{day}T22:00Z", "value": number, "text": short_day(day)}
        for day, number in counts
    ]
    chart = (
        alt.Chart(alt.InlineData(values=rows), height=170, width="container")
        .transform_calculate(series=str(series))
        # A bar between two times would lie on its side.
        .mark_rect()
        .encode(
            x=alt.X("from:T", title=None, scale=alt.Scale(type="utc"), axis=_dates(days, hour=12)),
            x2="to:T",
            y=alt.Y(
                "value:Q", title=None, scale=alt.Scale(domain=[0, most], nice=True), axis=_amounts(rows, whole=True)
            ),
            y2=alt.datum(0),
            color=_one_colour(),
            tooltip=[
                alt.Tooltip("text:N", title="Day"),
                alt.Tooltip("value:Q", format=",d", title="Listings"),
            ],
        )
    )
    return _spec(chart)


def histogram(rows: list[dict[str, Any]], *, median: float, series: int) -> dict[str, Any]:
    """Bars from `low` to `high` with height `n`, and a line at the median; `text` names the range for people."""
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .transform_calculate(series=str(series))
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X(
                "low:Q",
                bin="binned",
                title=None,
                axis=_amounts(rows, whole=False, across=True),
                scale=alt.Scale(nice=False),
            ),
            x2="high:Q",
            y=alt.Y("n:Q", title="Listings", axis=_amounts(rows, whole=True, field="n")),
            color=_one_colour(),
            tooltip=[alt.Tooltip("text:N", title="Between"), alt.Tooltip("n:Q", format=",d", title="Listings")],
        )
    )
    line = (
        alt.Chart(alt.InlineData(values=[{"median": median}]))
        .mark_rule(strokeWidth=2, strokeDash=[5, 3])
        .encode(x="median:Q")
    )
    return _spec(alt.layer(bars, line).properties(height=220, width="container"))


def points_on_map(rows: list[dict[str, Any]], *, scale: tuple[float, float] | None, unit: str) -> dict[str, Any]:
    """Points at lon/lat, coloured by `v` between the two ends of `scale` (grey without `v`).

    Args:
        rows: lon, lat, v, title, price, value, link (each but lon and lat may be missing).
        scale: the price per m² that get the first and the last colour; None when there are none.
        unit: title of the colours.
    """
    points = (
        alt.Chart(alt.InlineData(values=rows), height=520, width="container")
        .mark_circle(size=42, opacity=0.8, clip=True, stroke=None)
        .encode(
            longitude="lon:Q",
            latitude="lat:Q",
            href="link:N",
            tooltip=[
                alt.Tooltip("title:N", title="Listing"),
                alt.Tooltip("price:N", title="Price"),
                alt.Tooltip("value:N", title="Per m²"),
                alt.Tooltip("link:N", title="Link (click)"),
            ],
        )
        .add_params(
            alt.param(name="mapScale", value=1000.0),
            alt.param(name="mapCenter", value=[0.0, 0.0]),
        )
        .project(
            type="mercator",
            scale=alt.expr("mapScale"),
            center=alt.expr("mapCenter"),
            translate=alt.expr("[width / 2, height / 2]"),
        )
    )
    if scale is not None:
        legend = alt.Legend(
            orient="bottom", direction="horizontal", gradientLength=240, title=unit, labelExpr=_SHORT, padding=14
        )
        colour = alt.Scale(domain=list(scale), clamp=True)
        known = alt.when("isValid(datum.v)").then(alt.Color("v:Q", scale=colour, legend=legend))
        points = points.encode(color=known.otherwise(alt.value("#8a8f98")))
    return _spec(points)


def _dates(days: Sequence[datetime.date], *, hour: int) -> alt.Axis:
    """A label at the given hour (UTC) of at most six of the days, the last one always."""
    labelled = days[:: -math.ceil(len(days) / 6)]
    times = [alt.DateTime(year=day.year, month=day.month, date=day.day, hours=hour, utc=True) for day in labelled]
    return alt.Axis(values=times[::-1], format="%-d %b", grid=False, ticks=False, labelFlush=False, labelPadding=8)


def _amounts(
    rows: list[dict[str, Any]], *, whole: bool, field: str = "value", zero: bool = True, across: bool = False
) -> alt.Axis:
    if whole:
        numbers = [row[field] for row in rows]
        low, high = 0 if zero else min(numbers), max(1, *numbers)
        # Vega would put halves between the first few whole numbers and print them as whole ones.
        few = {"values": list(range(low, high + 1))} if high - low <= _FEW else {"tickCount": 5, "tickMinStep": 1}
        return alt.Axis(format=",d", **few)
    return alt.Axis(labelExpr=_SHORT, tickCount=_FITTING if across else 5, labelSeparation=8)


def _area_colour(areas: Sequence[str]) -> alt.Color:
    # The range comes from the page's own colours; the table beside the chart is the legend.
    return alt.Color("area:N", scale=alt.Scale(domain=list(areas)), legend=None)


def _one_colour() -> alt.Color:
    # A field of its own, because only a scale knows the page's colours.
    return alt.Color("series:O", scale=alt.Scale(domain=list(range(1, 9)), range="category"), legend=None)


def _spec(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    spec: dict[str, Any] = chart.to_dict()
    # The address of the schema is for editors; a page that fetches nothing has no use for it.
    del spec["$schema"], spec["config"]
    return spec
