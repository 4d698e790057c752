"""A market in three small tables, the same for the same seed; every combination that the queries ask for is there."""

import datetime
import random
from decimal import Decimal

import polars as pl

from realestate_crawler.items import MEANINGS, Form

UTC = pl.Datetime("us", "UTC")
FIRST = datetime.datetime(2026, 9, 1, 6, tzinfo=datetime.UTC)
LAST = datetime.datetime(2026, 11, 20, 6, 30, tzinfo=datetime.UTC)
UNTIL = "2026-11-21"

TYPES: dict[Form, pl.DataType] = {
    Form.MONEY: pl.Decimal(14, 2),
    Form.AREA: pl.Decimal(16, 4),
    Form.NUMBER: pl.Decimal(10, 2),
    Form.INTEGER: pl.Int64(),
    Form.DEGREES: pl.Decimal(12, 8),
    Form.DATE: pl.Date(),
    Form.TIMESTAMP: UTC,
}
LISTINGS = pl.Schema(
    {name: TYPES.get(meaning.form, pl.String()) for name, meaning in MEANINGS.items()}
    | {"presence": pl.String(), "is_active": pl.Boolean(), "present_in": pl.List(pl.String())}
    | {"first_seen_at": UTC, "last_seen_at": UTC, "removed_at": UTC}
    | {"price_per_sqm": pl.Float64(), "living_area_sqm": pl.Float64()}
)
CHANGES = pl.Schema(
    dict.fromkeys(("source", "listing_key", "scope", "run_id"), pl.String())
    | {"observed_at": UTC}
    | dict.fromkeys(("change_type", "field_name", "previous_value", "new_value"), pl.String())
)
COUNTS = ("supply", "new_listings", "removed_listings", "relisted_listings", "price_cuts", "price_rises")
DAILY = pl.Schema(
    {"date": pl.Date()}
    | dict.fromkeys(
        ("country", "state_or_province", "city", "offer", "property_type", "currency"),
        pl.String(),
    )
    | dict.fromkeys(COUNTS, pl.Int64())
    | dict.fromkeys(("median_list_price", "median_price_per_sqm", "median_days_on_market"), pl.Float64())
)


def tables(rows: int = 6_000, seed: int = 3) -> dict[str, pl.DataFrame]:
    """Table name → its rows."""
    chance = random.Random(seed)
    listings = [_listing(chance, number) for number in range(rows)]
    # A city in which nothing has a price: engines differ in what they call the median of nothing.
    unpriced = {"city": "Telč", "list_price": None, "price_per_sqm": None, "offer": "sale"}
    on_market = {"presence": "present", "is_active": True, "removed_at": None}
    listings += [_listing(chance, rows + number) | unpriced | on_market for number in range(3)]
    changes = [change for listing in listings for change in _changes(chance, listing)]
    return {
        "listings": pl.DataFrame(listings, schema=LISTINGS),
        "listing_changes": pl.DataFrame(changes, schema=CHANGES),
        "market_daily": pl.DataFrame(list(_daily(chance)), schema=DAILY),
    }


def _moment(chance: random.Random, first: datetime.datetime) -> datetime.datetime:
    return first + (LAST - first) * chance.random()


def _listing(chance: random.Random, number: int) -> dict[str, object]:
    offer = chance.choice(["sale", "sale", "rent"])
    area = chance.choice([None, Decimal(chance.randint(25, 250))])
    per_sqm = chance.gauss(90_000, 15_000) if offer == "sale" else chance.gauss(350, 60)
    price = Decimal(round(per_sqm * float(area or 80))) if chance.random() < 0.9 else None
    first = _moment(chance, FIRST)
    last = _moment(chance, first)
    presence = chance.choice(["present", "present", "present", "missing", "removed"])
    return {
        "source": chance.choice(["one", "two"]),
        "listing_key": f"L{number:05d}",
        "listing_url": f"https://example.org/{number}",
        "title": chance.choice(["plain", "ends with \\", 'a "quoted" one', "„Žižkov“"]),
        "offer": offer,
        "property_type": chance.choice(["apartment", "house", None]),
        "list_price": price,
        "currency": "CZK",
        "price_period": chance.choice(["month", "month", "year"]) if offer == "rent" else None,
        "living_area": area,
        "bedrooms_total": chance.choice([None, 1, 2, 3]),
        "city": chance.choice(["Praha", "Brno", "O'Higgins", None]),
        "country": chance.choice(["CZ", "CL"]),
        "presence": presence,
        "is_active": presence != "removed",
        "present_in": ["a", "b"],
        "first_seen_at": first,
        "last_seen_at": last,
        "removed_at": last if presence == "removed" else None,
        "price_per_sqm": float(price) / float(area) if price and area else None,
        "living_area_sqm": float(area) if area else None,
    }


def _changes(chance: random.Random, listing: dict[str, object]) -> list[dict[str, object]]:
    def change(kind: str, **more: object) -> dict[str, object]:
        at = _moment(chance, FIRST)
        key = {name: listing[name] for name in ("source", "listing_key")}
        return key | {"scope": "s", "run_id": "r", "observed_at": at, "change_type": kind} | more

    found = [change("new")]
    if chance.random() < 0.4:
        before, now = (Decimal(chance.randint(1_000_00, 9_000_00)) / 100 for _ in range(2))
        moved = {"field_name": "list_price", "previous_value": str(before), "new_value": str(now)}
        found += [change("changed", **moved)]
    if chance.random() < 0.2:
        found += [change("changed", field_name="title", previous_value="a", new_value=None)]
    if chance.random() < 0.1:
        found += [change("removed"), change("relisted")]
    return found


def _daily(chance: random.Random) -> "list[dict[str, object]]":
    found = []
    for number in range((LAST - FIRST).days + 1):
        for city in ("Praha", "Brno"):
            for offer in ("sale", "rent"):
                row: dict[str, object] = {
                    "date": (FIRST + datetime.timedelta(days=number)).date(),
                    "country": "CZ",
                    "city": city,
                    "offer": offer,
                    "property_type": "apartment",
                    "currency": "CZK",
                }
                found.append(row | {name: chance.randint(0, 50) for name in COUNTS})
    return found
