"""The private saved pages with their answer keys, and how far a reading agrees with a key on the core fields.

What belongs here: comparing. What does not: any of the material itself.
"""

import json
import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from realestate_crawler.items import Listing
from realestate_crawler.vocabulary import SQUARE_METERS_PER_UNIT, AreaUnits

FOLDER = Path(os.environ.get("REAL_MATERIAL") or Path(__file__).parents[3] / "shared" / "real")
needs_material = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no saved pages at {FOLDER} (set REAL_MATERIAL)")

CORE = {
    "list_price": "list_price",
    "currency": "currency",
    "offer": "offer",
    "living_area": "living_area",
    "bedrooms": "bedrooms_total",
    "rooms": "rooms_total",
    "city": "city",
    "postal_code": "postal_code",
    "latitude": "latitude",
    "longitude": "longitude",
}


@dataclass(frozen=True)
class Saved:
    """One saved page with its key."""

    path: Path
    answer: dict[str, Any]

    @property
    def body(self) -> bytes:
        return self.path.read_bytes()

    @property
    def url(self) -> str:
        return self.answer.get("url") or ""


def saved_pages() -> Iterator[Saved]:
    for key in sorted((FOLDER / "answers").rglob("*.answer.json")):
        path = FOLDER / key.relative_to(FOLDER / "answers").as_posix().removesuffix(".answer.json")
        if path.exists():
            yield Saved(path, json.loads(key.read_text()))


def agreement(saved: Saved, listings: list[Listing]) -> Counter[str]:
    """How many core values are right, wrong and missing."""
    told: Counter[str] = Counter()
    unsure = set(saved.answer.get("unsure") or ())
    for want in saved.answer["listings"]:
        wanted_key = str(want.get("listing_id") or "")
        found = next(
            (x for x in listings if wanted_key and x.listing_key.casefold().endswith(wanted_key.casefold())), None
        )
        if saved.answer["page_kind"] == "detail" and found is None:
            found = listings[0] if listings else None
        for name, field in CORE.items():
            value = want.get(name)
            if value is None or name in unsure:
                continue
            got = getattr(found, field, None)
            told["missing" if got is None else "right" if _same(name, value, got, want, found) else "wrong"] += 1
    return told


def _same(name: str, value: Any, got: Any, want: dict[str, Any], found: Listing | None) -> bool:
    if name in ("latitude", "longitude"):
        return abs(float(value) - float(got)) < 5e-4
    if name == "living_area" and found is not None:
        metres = float(got) * SQUARE_METERS_PER_UNIT[found.living_area_units or AreaUnits.SQUARE_METERS]
        wanted = float(value) * (0.09290304 if want.get("living_area_unit") == "sqft" else 1)
        return abs(metres - wanted) <= 0.006 * wanted
    if isinstance(value, int | float):
        return float(value) == float(got)
    mine, theirs = _fold(value), _fold(got)
    return mine == theirs or (name == "city" and (mine.startswith(theirs) or theirs.startswith(mine)))


def _fold(value: Any) -> str:
    plain = unicodedata.normalize("NFKD", str(value)).casefold()
    return "".join(c for c in plain if c.isalnum())
