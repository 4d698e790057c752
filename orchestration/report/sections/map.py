"""The map of listings, one per market: prices per m² can only be compared inside one."""

import polars as pl

from orchestration.report.blocks import Block, Chart, Group, Note, Section
from orchestration.report.charts import points_on_map
from orchestration.report.data import Derived
from orchestration.report.figures import between, ends
from orchestration.report.market import Market
from orchestration.report.words import count, noun, web_address

POINTS_SHOWN = 4_000
AREAS_TO_GO_TO = 12
# Fixed, so that the same listings give the same page.
_SEED = 20_260
_SPECKS = 0.1

Box = tuple[float, float, float, float]


def listings_map(derived: Derived) -> Section:
    """Points coloured by price per m²; a sample, spread over the markets, when there are too many."""
    placed = derived.present.with_columns(pl.col("latitude", "longitude").cast(pl.Float64)).filter(
        pl.col("latitude").is_between(-85, 85), pl.col("longitude").is_between(-180, 180)
    )
    shown = placed.sort("source", "listing_key")
    blocks: list[Block | Group] = []
    if placed.height > POINTS_SHOWN:
        shown = shown.sample(POINTS_SHOWN, seed=_SEED).sort("source", "listing_key")
        text = f"A random sample of {count(POINTS_SHOWN)} of the {count(placed.height)} listings with a point is drawn."
        blocks.append(Note(text=text))
    if without := derived.present.height - placed.height:
        blocks.append(Note(text=f"{noun(without, 'listing has', 'listings have')} no usable coordinates."))
    for market in derived.markets:
        points = market.of(shown)
        if not points.is_empty():
            blocks.append(Group(title=market.label, blocks=[_chart(market, points)]))
    if placed.is_empty():
        blocks = [Note(text="No listing states where it is, so there is no map.")]
    return Section(
        name="map",
        title="Map of listings",
        intro="Each point is a listing; point at it for title and price, click it to open the advert.",
        blocks=blocks,
    )


def _chart(market: Market, points: pl.DataFrame) -> Chart:
    rows = []
    for point in points.iter_rows(named=True):
        per_sqm, link = point["per_sqm"], web_address(point["listing_url"])
        row = {
            "lon": round(point["longitude"], 5),
            "lat": round(point["latitude"], 5),
            "v": None if per_sqm is None else round(per_sqm, 2),
            "title": point["title"] or point["unparsed_address"] or point["area"],
            "price": market.money(point["price"]),
            "value": market.money(per_sqm),
            "link": link,
        }
        rows.append({name: value for name, value in row.items() if value is not None})
    known = points["per_sqm"].drop_nulls()
    scale = _scale(known)
    said = [f"{noun(len(rows), 'listing')}."]
    if scale is not None:
        ends = f"{market.money(scale[0])} and {market.money(scale[1])}"
        said.append(f"The colours reach from the 5 % cheapest to the 5 % dearest per m² ({ends}).")
    if len(known) < len(rows):
        said.append(f"{noun(len(rows) - len(known), 'point is', 'points are')} grey: no price per m².")
    unit = f"{market.currency or 'Price'} per m²"
    return Chart(
        title=f"{market.price.capitalize()} per m² ({market.unit})",
        spec=points_on_map(rows, scale=scale, unit=unit),
        note=" ".join(said),
        boxes=_boxes(points),
    )


def _scale(known: pl.Series) -> tuple[float, float] | None:
    if known.is_empty():
        return None
    low, high = between(known, 0.05, 0.95)
    return (round(low, 2), round(high, 2)) if high > low else (low * 0.9, high * 1.1)


def _boxes(points: pl.DataFrame) -> dict[str, Box]:
    """What the reader can look at: everything but stray points, everything, and each of the largest areas."""
    most, every = _box(points, trim=True), _box(points, trim=False)
    boxes = {"All listings": every} if most == every else {"Most listings": most, "All listings": every}
    areas = points.group_by("area").len().sort("len", "area", descending=[True, False])
    near = {
        f"{area} ({count(many)})": _box(points.filter(pl.col("area") == area), trim=True)
        for area, many in (areas.head(AREAS_TO_GO_TO) if areas.height > 1 else areas.clear()).iter_rows()
    }
    # Towns far apart would be specks in an empty frame: begin with the largest one.
    scattered = near and sum(map(_extent, near.values())) < _SPECKS * _extent(most)
    return near | boxes if scattered else boxes | near


def _extent(box: Box) -> float:
    west, south, east, north = box
    return (east - west) * (north - south)


def _box(points: pl.DataFrame, *, trim: bool) -> Box:
    """West, south, east, north of the points; trimmed: without the few that are far from nine tenths of them."""
    sides = []
    for axis in ("longitude", "latitude"):
        values = points[axis]
        if trim:
            low, high = between(values, 0.05, 0.95)
            reach = 0.5 * (high - low) + 1e-9
            values = values.filter(values.is_between(low - reach, high + reach))
        sides.append(ends(values))
    (west, east), (south, north) = sides
    return west, south, east, north
