"""What an area is called."""

from collections import Counter

import polars as pl

from orchestration.logic.market import AREA

NOWHERE = "Place not stated"


def with_area(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds `area`: the city, else the province, else the country; with more where two areas would share a name."""
    places = frame.select(AREA).unique().sort(AREA, nulls_last=True)
    names = [_name(row, depth=1) for row in places.iter_rows()]
    for depth in (2, 3):
        doubles = Counter(names)
        names = [
            _name(row, depth=depth) if doubles[name] > 1 else name
            for row, name in zip(places.iter_rows(), names, strict=True)
        ]
    named = places.with_columns(area=pl.Series(names, dtype=pl.String))
    return frame.join(named, on=AREA, how="left", nulls_equal=True, maintain_order="left")


def _name(place: tuple[str | None, ...], *, depth: int) -> str:
    """The `depth` smallest known parts of a (country, state_or_province, city)."""
    known = [part for part in reversed(place) if part]
    return ", ".join(known[:depth]) or NOWHERE
