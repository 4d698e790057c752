"""Small Delta tables with everything that is hard to carry: nulls, amounts, truth values, dates, odd letters."""

import datetime
import random
from decimal import Decimal

import polars as pl

SCHEMA = pl.Schema(
    {
        "source": pl.String,
        "listing_key": pl.String,
        "country": pl.String,
        "city": pl.String,
        "offer": pl.String,
        "property_type": pl.String,
        "title": pl.String,
        "list_price": pl.Decimal(14, 2),
        "currency": pl.String,
        "price_per_sqm": pl.Float64,
        "bedrooms_total": pl.Int32,
        "furnished": pl.Boolean,
        "on_market_date": pl.Date,
        "first_seen_at": pl.Datetime("us", "UTC"),
        "last_seen_at": pl.Datetime("us", "UTC"),
        "raw": pl.String,
    }
)
TITLES = ("", "Altbau, 3 Zi. „schön“", "Byt 2+kk; 'Žižkov'", "東京 駅 5分", 'say "no"', "a\tb\\n", "😀 flat", None)


def listings(rows: int, *, months: tuple[int, ...] = (9, 10, 11), seed: int = 1) -> pl.DataFrame:
    """Listings first seen in months of 2026, the same for the same seed."""
    chance = random.Random(seed)
    return pl.DataFrame([_listing(chance, number, months) for number in range(rows)], schema=SCHEMA, orient="row")


def _listing(chance: random.Random, number: int, months: tuple[int, ...]) -> tuple[object, ...]:
    seen = datetime.datetime(
        2026, months[number % len(months)], chance.randint(1, 30), chance.randint(0, 23), 59, 59, 999_999, datetime.UTC
    )
    price = Decimal(chance.randint(50_000_00, 990_000_00)) / 100

    def sometimes(value: object) -> object:
        return value if chance.random() < 0.8 else None

    return (
        "test",
        f"L{number:06d}",
        "CZ",
        chance.choice(["Praha", "Brno", "Plzeň"]),
        chance.choice(["sale", "rent"]),
        chance.choice(["apartment", "house"]),
        chance.choice(TITLES),
        sometimes(price),
        "CZK",
        sometimes(float(price) / chance.randint(20, 200)),
        sometimes(chance.randint(0, 6)),
        chance.choice([True, False, None]),
        sometimes(seen.date()),
        seen,
        seen + datetime.timedelta(days=1),
        '{"price": "1 000"}',
    )
