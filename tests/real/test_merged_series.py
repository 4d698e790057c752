"""Real tables that several portals were merged into, with partial, flapping, empty and re-parsed crawls.

Nothing is removed that a later snapshot shows; what is removed, is removed by the second complete look without it;
every mass change that no market made is held. What is held or doubted at which snapshot is written down here and was
looked at by a person; keys and presence are computed from the files, by contract 3, with none of the project's code.
"""

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl
import pytest

from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, LISTINGS
from tests.graph_fixtures.tables import lake_at, refresh
from tests.real.series import moment, run, snapshots

SIZE = {"column": "sqft", "unit": "sqft"}
PLACE = {"latitude": "lat", "longitude": "lng", "unparsed_address": "address"}


@dataclass
class Series:
    """A folder of snapshots, how it is read, and what was seen in it.

    Attributes:
        doubted: moment → scopes that are not complete then (beside those that never are).
        held: moment → scope → beginnings of what is held.
    """

    folder: str
    mapping: dict
    key: tuple
    portal: str
    removed: int
    doubted: dict = field(default_factory=dict)
    held: dict = field(default_factory=dict)
    never: frozenset = frozenset()


SERIES = [
    Series(
        "us-cincinnati-multisource",
        {
            "rows": "listings",
            "key": "id",
            "fields": {"list_price": "price", "bedrooms_total": "beds", "bathrooms_total_integer": "baths"}
            | {"living_area": SIZE, "property_type": "property_type", "standard_status": "status"}
            | {"listing_url": "url"}
            | PLACE,
            "constants": {"currency": "USD", "country": "US", "offer": "sale"},
            "volatile": ["image_analysis", "last_updated"],
            "scopes": {"column": "source", "claimed": "source_counts"},
        },
        ("id",),
        "source",
        21,
        # Two portals are missing at 19:07; afterwards one is a sixth smaller, which the third look makes usual.
        {
            "2026-04-12T19:07": {"comey", "huff"},
            "2026-04-12T19:19": {"comey", "sibcy_cline"},
            "2026-04-12T23:12": {"comey"},
        },
        # Coordinates vanish for twelve minutes; 307 of one portal vanish for good, too many for no person to look.
        {
            "2026-04-12T19:07": {"sibcy_cline": ["latitude: 12 of 12 lost", "longitude: 12 of 12 lost"]},
            "2026-04-13T01:03": {"comey": ["307 of 2126 listings would be removed"]},
            "2026-04-13T01:42": {"comey": ["307 of 2126 listings would be removed"]},
            "2026-04-13T04:11": {"comey": ["307 of 2506 listings would be removed"]},
            "2026-04-13T04:37": {"comey": ["307 of 2506 listings would be removed"]},
            "2026-04-13T05:49": {"comey": ["307 of 2506 listings would be removed"]},
        },
    ),
    Series(
        "us-san-francisco-rentals",
        {
            "rows": "listings",
            "key": ["source", "source_id"],
            "fields": {"list_price": "price", "bedrooms_total": "beds", "bathrooms_total_integer": "baths"}
            | {"living_area": SIZE, "title": "title", "listing_url": "url"}
            | PLACE,
            "constants": {"currency": "USD", "country": "US", "offer": "rent", "price_period": "monthly"},
            "volatile": ["scraped_at", "stale", "posted_at"],
            # Exactly 360, 350 and 40 or 200 rows, whatever the market does: some pages of results, not all.
            "scopes": {
                "column": "source",
                "claimed": {"at": "sources", "count": "count"},
                "snapshots": {"craigslist": "window", "redfin": "window", "trulia": "window"},
            },
        },
        ("source", "source_id"),
        "source",
        3,
        {
            "2026-06-18T07:48": {""},
            "2026-06-18T10:45": {"apartments_com"},
            "2026-06-18T11:07": {"apartments_com"},
            "2026-06-18T11:21": {"apartments_com"},
            "2026-06-18T11:34": {"apartments_com"},
            "2026-06-18T12:41": {"apartments_com", "zillow"},
        },
        # Every price of one portal changes at 11:21, as its reader is repaired, and again what is still there at 14:00.
        {
            "2026-06-18T11:21": {"craigslist": ["list_price: 350 of 350 changed at once"]},
            "2026-06-18T11:34": {"craigslist": ["list_price: 350 of 360 changed at once"]},
            "2026-06-18T14:00": {"craigslist": ["list_price: 78 of 78 changed at once"]},
        },
        frozenset({"craigslist", "redfin", "trulia"}),
    ),
    Series(
        "ph-panay-foreclosures",
        {
            "key": "source_url",
            "fields": {"list_price": "price_php", "unparsed_address": "location_text", "state_or_province": "province"}
            | {"lot_size_area": {"column": "lot_area_sqm", "unit": "m2"}}
            | {"living_area": {"column": "floor_area_sqm", "unit": "m2"}, "property_type": "property_type"},
            "constants": {"currency": "PHP", "country": "PH", "offer": "sale"},
            "scopes": {"column": "source"},
        },
        ("source_url",),
        "source",
        15,
        # Result pages fail and come back: 91, 91, 78, 91, 88, 77, 63, 67 listings.
        {
            "2026-07-23T02:29": {"foreclosurephilippines"},
            "2026-07-30T02:06": {"foreclosurephilippines"},
            "2026-08-01T08:17": {"foreclosurephilippines"},
        },
    ),
    Series(
        "sk-bratislava-portals",
        {
            "key": "id",
            "fields": {"list_price": "price", "unparsed_address": "location", "title": "title", "listing_url": "url"},
            "constants": {"currency": "EUR", "country": "SK", "offer": "sale"},
            "snapshot": "window",
            "scopes": {"column": "portal"},
        },
        ("id",),
        "portal",
        0,
        never=frozenset({"bazos", "nehnutelnosti", "reality"}),
    ),
    Series(
        "ar-buenos-aires-multisite",
        {
            "key": "id",
            "fields": {"list_price": "price_amount", "currency": "price_currency", "association_fee": "expenses"}
            | {"living_area": {"column": "surface_m2", "unit": "m2"}, "rooms_total": "rooms"}
            | {"bedrooms_total": "bedrooms", "unparsed_address": "address", "title": "title"},
            "constants": {"country": "AR"},
            "scopes": {"column": "site"},
        },
        ("id",),
        "site",
        0,
    ),
    Series(
        "de-hamburg-house-search",
        {
            "key": "id",
            "fields": {"list_price": "price", "unparsed_address": "ort", "title": "title", "listing_url": "url"}
            | {"living_area": {"column": "living_area", "unit": "m2"}}
            | {"lot_size_area": {"column": "plot_area", "unit": "m2"}},
            "constants": {"currency": "EUR", "country": "DE", "offer": "sale"},
            "volatile": ["last_seen"],
            "scopes": {"column": "source"},
        },
        ("id",),
        "source",
        0,
    ),
]


def keys_by_portal(path, series):
    """Portal → keys of a snapshot, as its file has them."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        document = json.load(file)
    rows = document[series.mapping["rows"]] if "rows" in series.mapping else document
    found = defaultdict(set)
    for row in rows.values() if isinstance(rows, dict) else rows:
        parts = [str(row[name]) for name in series.key]
        told = [part.replace(":", r"\:") for part in parts] if len(parts) > 1 else parts
        found[row[series.portal]].add(":".join(told))
    return found


def presence(looks):
    """Contract 3 for one portal: per look the keys that it removes; `looks` are (moment, complete, keys) in order."""
    state, removed = {}, {}
    for at, complete, keys in looks:
        absent = {key: seen for key, seen in state.items() if key not in keys} if complete else {}
        due = {key for key, seen in absent.items() if seen == "missing"}
        active = sum(seen != "removed" for seen in state.values())
        removed[at] = due if len(due) <= max(20, active // 10) else set()
        state |= {key: "missing" for key, seen in absent.items() if seen == "present"}
        state |= dict.fromkeys(removed[at], "removed") | dict.fromkeys(keys, "present")
    return removed


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("series", SERIES, ids=lambda series: series.folder)
def test_nothing_is_removed_that_is_there_and_no_mass_change_passes(tmp_path, series):
    files = snapshots(series.folder)
    (tmp_path / "mapping.yaml").write_text(json.dumps({"source": "merged", **series.mapping}))
    for path in files:
        words = (f"mapping={tmp_path}/mapping.yaml", f"input={path}", f"observed_at={moment(path)}")
        run(tmp_path, "scrapy", "crawl", "dataset", *(w for word in words for w in ("-a", word)), codes=(0, 3))
    refresh(tmp_path)
    lake = lake_at(tmp_path)
    feeds = lake.read(FEEDS).with_columns(
        at=pl.col("observed_at").dt.strftime("%Y-%m-%dT%H:%M"), portal=pl.col("scope").str.slice(len("merged."))
    )
    doubted, held = defaultdict(set), defaultdict(dict)
    for row in feeds.sort("at", "portal").iter_rows(named=True):
        never = row["portal"] in series.never
        if not row["complete"] and not never:
            doubted[row["at"]].add(row["portal"])
        if row["holds"]:
            held[row["at"]][row["portal"]] = row["holds"]
    begun = {at for at in doubted if at in series.doubted}
    assert {at: doubted[at] for at in begun} == series.doubted
    assert doubted.keys() - begun <= {"2026-06-18T10:35"}, "portals that were never there yet"
    assert held.keys() == series.held.keys()
    for at, told in series.held.items():
        assert held[at].keys() == told.keys()
        for portal, beginnings in told.items():
            words = held[at][portal]
            assert [word[: len(start)] for word, start in zip(words, beginnings, strict=True)] == beginnings

    shown = {moment(path)[:16]: keys_by_portal(path, series) for path in files}
    expected = {}
    for (portal,), own in feeds.sort("run_seq").group_by("portal"):
        looks = [(at, complete, shown[at][portal]) for at, complete in own.select("at", "complete").iter_rows()]
        expected |= {(portal, key): at for at, gone in presence(looks).items() for key in gone}
    changes = lake.read(LISTING_CHANGES).filter(pl.col("change_type") == "removed")
    found = {
        (scope.removeprefix("merged."), key): at.strftime("%Y-%m-%dT%H:%M")
        for scope, key, at in changes.select("scope", "listing_key", "observed_at").iter_rows()
    }
    assert found == expected, "removed by the second complete look without it, and by nothing else"
    assert len(found) == series.removed
    later = [
        key for (portal, key), at in found.items() if any(at < when and key in shown[when][portal] for when in shown)
    ]
    assert later == [], "removed, and there again"
    last = shown[moment(files[-1])[:16]]
    present = set(lake.read(LISTINGS).filter(pl.col("presence") == "present")["listing_key"])
    assert {key for keys in last.values() for key in keys} <= present
