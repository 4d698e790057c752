"""A small made-up market of several days, as the frames that the report reads."""

import datetime as dt
import random
from decimal import Decimal

import polars as pl

from orchestration.logic.market import market_daily
from orchestration.logic.schemas import HELD
from orchestration.report import ReportData

START = dt.datetime(2026, 3, 2, 6, 30, tzinfo=dt.UTC)
TIME = pl.Datetime("us", "UTC")
TEXTS = (
    *("source", "listing_key", "title", "listing_url", "offer", "currency", "price_period", "property_type"),
    *("country", "state_or_province", "city", "postal_code", "unparsed_address"),
)
FIELDS = (
    dict.fromkeys(TEXTS, pl.String())
    | {"list_price": pl.Decimal(14, 2), "living_area_sqm": pl.Float64(), "price_per_sqm": pl.Float64()}
    | {"latitude": pl.Decimal(12, 8), "longitude": pl.Decimal(12, 8), "first_seen_at": TIME}
)
LISTINGS = pl.Schema(
    FIELDS | {"presence": pl.String(), "last_seen_at": TIME, "removed_at": TIME, "held": pl.List(HELD)}
)
HISTORY = pl.Schema(FIELDS | {"valid_from": TIME, "valid_to": TIME, "run_id": pl.String()})
CHANGES = pl.Schema(
    dict.fromkeys(("source", "listing_key", "scope", "run_id"), pl.String())
    | {"observed_at": TIME}
    | dict.fromkeys(("change_type", "field_name", "previous_value", "new_value"), pl.String())
)
_COUNTS = ("result_pages", "items", "unique_listings", "quarantined", "dropped", "new", "changed", "unchanged")
_HELD = ("held", "held_changes", "rekeyed")
FEEDS = pl.Schema(
    dict.fromkeys(("source", "scope", "run_id"), pl.String())
    | {"run_seq": pl.Int64(), "observed_at": TIME, "complete": pl.Boolean(), "reasons": pl.List(pl.String)}
    | dict.fromkeys(("claimed_total", *_COUNTS, "missing", "removed", "relisted", *_HELD), pl.Int64())
    | dict.fromkeys(("holds", "flags", "new_columns", "gone_columns"), pl.List(pl.String))
    | dict.fromkeys(("accepts_run", "retries_run"), pl.String())
)

# City, country, currency, latitude, longitude, price per m² to buy, number of listings.
CITIES = (
    ("Aarhus", "DK", "DKK", 56.157, 10.203, 41_000, 120),
    ("Odense", "DK", "DKK", 55.403, 10.402, 24_000, 70),
    ("Zürich", "CH", "CHF", 47.374, 8.541, 15_500, 110),
    ("Winterthur", "CH", "CHF", 47.499, 8.724, 10_200, 60),
)
SCOPES = {"DK": ("demo_dk", "denmark-buy"), "CH": ("demo_ch", "swiss-cities")}


class Town:
    """Listings that come, change and go, written down as the lake would."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.versions: list[dict] = []
        self.changes: list[dict] = []
        self.current: dict[str, dict] = {}

    def listing(self, number, city, country, currency, latitude, longitude, level):
        dice = self.dice
        area = round(dice.lognormvariate(4.4, 0.4))
        rent = country == "CH" and dice.random() < 0.4
        per_sqm = level / (380 if rent else 1) * dice.lognormvariate(0, 0.22)
        price = None if dice.random() < 0.04 else Decimal(round(area * per_sqm, -1 if rent else -3))
        far = dice.random() < 0.08
        source, _ = SCOPES[country]
        return dict.fromkeys(FIELDS) | {
            "source": source,
            "listing_key": str(number),
            "title": f"{dice.choice(['Bright', 'Quiet', 'Large', 'Central'])} home no. {number} in {city}",
            "listing_url": f"https://{source.replace('_', '-')}.example/listing/{number}",
            "offer": "rent" if rent else "sale",
            "price_period": "month" if rent else None,
            "currency": currency,
            "property_type": dice.choice(["apartment", "apartment", "house", None]),
            "country": country,
            "city": city,
            "list_price": price,
            "living_area_sqm": float(area),
            "price_per_sqm": None if price is None else float(price) / area,
            "latitude": None if far else Decimal(f"{latitude + dice.gauss(0, 0.02):.6f}"),
            "longitude": None if far else Decimal(f"{longitude + dice.gauss(0, 0.03):.6f}"),
        }

    def note(self, row, at, kind, field=None, old=None, new=None):
        source, scope = SCOPES[row["country"]]
        run = f"{source}-{at:%Y%m%d}"
        told = {"source": source, "listing_key": row["listing_key"], "scope": scope, "run_id": run, "observed_at": at}
        texts = [None if value is None else str(value) for value in (old, new)]
        self.changes.append(
            told | {"change_type": kind, "field_name": field, "previous_value": texts[0], "new_value": texts[1]}
        )

    def open(self, row, at):
        version = row | {"valid_from": at, "valid_to": None, "run_id": f"{row['source']}-{at:%Y%m%d}"}
        self.versions.append(version)
        self.current[row["listing_key"]] = version

    def arrive(self, row, at):
        self.open(row | {"first_seen_at": at}, at)
        self.note(row, at, "new")

    def reprice(self, key, at, factor):
        old = self.current[key]
        if old["list_price"] is None:
            return
        price = (old["list_price"] * Decimal(str(factor))).quantize(Decimal("1"))
        old["valid_to"] = at
        values = {"list_price": price, "price_per_sqm": float(price) / old["living_area_sqm"]}
        self.open({name: old[name] for name in FIELDS} | values, at)
        self.note(old, at, "changed", "list_price", f"{old['list_price']:.2f}", f"{price:.2f}")

    def leave(self, key, at):
        row = self.current.pop(key)
        row["valid_to"] = at
        self.note(row, at, "removed")


def town(days: int = 5, seed: int = 7, share: float = 1.0) -> Town:
    """A market watched for `days` days; `share` of the usual number of listings."""
    made, number = Town(seed), 0
    for nth in range(days):
        at = START + dt.timedelta(days=nth)
        for key in list(made.current):
            fate = made.dice.random()
            if fate < 0.03:
                made.reprice(key, at, made.dice.choice([0.82, 0.9, 0.95, 0.97, 1.04]))
            elif fate < 0.05:
                made.leave(key, at)
        for city, country, currency, latitude, longitude, level, many in CITIES:
            for _ in range(round(many * share) if nth == 0 else made.dice.randrange(1, 6)):
                number += 1
                made.arrive(made.listing(number, city, country, currency, latitude, longitude, level), at)
    return made


def feeds(made: Town, days: int) -> pl.DataFrame:
    rows = []
    for source, scope in SCOPES.values():
        for nth in range(days):
            at = START + dt.timedelta(days=nth)
            own = [c for c in made.changes if c["source"] == source and c["observed_at"] == at]
            kinds = {kind: sum(c["change_type"] == kind for c in own) for kind in ("new", "changed", "removed")}
            seen = sum(
                v["source"] == source and v["valid_from"] <= at and (v["valid_to"] is None or v["valid_to"] > at)
                for v in made.versions
            )
            broken = source == "demo_ch" and nth == days - 1
            rows.append(
                dict.fromkeys(FEEDS, 0)
                | kinds
                | {"source": source, "scope": scope, "run_id": f"{source}-{at:%Y%m%d}", "run_seq": nth + 1}
                | {"observed_at": at, "complete": not broken, "claimed_total": seen + (9 if broken else 0)}
                | {"result_pages": 1 + seen // 30, "items": seen, "unique_listings": seen, "unchanged": seen}
                | {"reasons": ["result pages 4, 5 were not read", "2 requests failed: 503"] if broken else []}
                | {
                    "new_columns": ["energy"] if nth == 2 else [],
                    "gone_columns": [],
                    "held_changes": 34 if broken else 0,
                }
                | {"holds": ["list_price: 34 of 40 changed at once"] if broken else [], "flags": ["title: all"]}
                | {"accepts_run": None, "retries_run": None}
            )
    return pl.DataFrame(rows, schema=FEEDS)


def held(version: dict) -> list[dict[str, str]] | None:
    """Of the Swiss scope, every price is held."""
    told = {
        "scope": "swiss-cities",
        "run_id": "r",
        "what": "list_price",
        "new_value": "1",
        "pattern": "changed at once",
    }
    return [told] if version["source"] == "demo_ch" else None


def report_data(made: Town | None = None, days: int = 5, **changed) -> ReportData:
    """The frames of a town; keywords replace attributes."""
    made = made or town(days)
    history = pl.DataFrame(made.versions, schema=HISTORY)
    changes = pl.DataFrame(made.changes, schema=CHANGES)
    now = START + dt.timedelta(days=days - 1)
    listings = pl.DataFrame(
        [
            v | {"presence": "present", "last_seen_at": now, "removed_at": None, "held": held(v)}
            for v in made.current.values()
        ],
        schema=LISTINGS,
    )
    dates = [(START + dt.timedelta(days=nth)).date() for nth in range(days)]
    values = {
        "title": "House prices, watched",
        "generated_at": now + dt.timedelta(minutes=20),
        "lake_versions": {"listings": 11, "listing_changes": 12},
        "listings": listings,
        "history": history,
        "changes": changes,
        "market_daily": market_daily(history, changes, days=dates),
        "feeds": feeds(made, days),
    }
    return ReportData(**(values | changed))


def empty_data() -> ReportData:
    """A lake before its first feed."""
    made = Town(1)
    history, changes = pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=CHANGES)
    frames = {"listings": pl.DataFrame(schema=LISTINGS), "feeds": pl.DataFrame(schema=FEEDS)}
    return report_data(made, market_daily=market_daily(history, changes, days=[]), **frames)
