"""The page says what the frames hold, needs nothing from elsewhere, and lets no listing write HTML."""

import datetime as dt
import itertools
import json
import re
from decimal import Decimal

import polars as pl
import pytest
from parsel import Selector

from orchestration.report import build_report
from tests.report.material import START, empty_data, report_data, town

EVIL = "</script><img src=x onerror=alert(1)>\"'&<!--"


def page(data):
    return Selector(build_report(data))


def text(selector):
    return " ".join(" ".join(selector.xpath(".//text()[not(ancestor::script or ancestor::style)]").getall()).split())


def section(selector, name):
    return text(selector.css(f"#{name}")).replace("\u00a0", " ")


def charts(selector):
    return json.loads(selector.css("#charts::text").get())


def test_nothing_is_fetched_from_elsewhere():
    html = build_report(report_data())
    found = Selector(html)
    assert not found.css("script[src], img, iframe, object, embed, source, video, audio, form, base").getall()
    assert found.css("link::attr(href)").getall() == ["data:,"]
    style = found.css("style::text").get()
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src 'none'" in found.css("meta[http-equiv]::attr(content)").get()
    assert "$schema" not in found.css("#charts::text").get()
    assert html.count("vegaEmbed=") <= 1


def test_links_lead_to_the_adverts_only():
    data = report_data()
    links = page(data).css("a::attr(href)").getall()
    known = set(data.history["listing_url"])
    assert {link for link in links if not link.startswith("#")} <= known
    assert any(link in known for link in links)


def test_texts_of_listings_stay_texts():
    made = town()
    for version in made.versions:
        version |= {"title": EVIL, "city": EVIL, "currency": EVIL, "property_type": EVIL, "country": EVIL}
        version |= {"listing_url": "javascript:alert(1)"}
    data = report_data(made)
    hostile = [pl.lit(EVIL).alias("scope"), pl.lit(EVIL).alias("source"), pl.lit([EVIL]).alias("reasons")]
    found = page(report_data(made, title=EVIL, lake_versions={EVIL: 1}, feeds=data.feeds.with_columns(hostile)))
    assert not found.css("img").getall()
    assert len(found.css("script").getall()) == 3
    assert {link[0] for link in found.css("a::attr(href)").getall()} == {"#"}
    assert found.css("title::text").get() == EVIL
    points = next(value for name, value in charts(found).items() if value["boxes"])["spec"]["datasets"]
    assert all(EVIL in row["title"] and "link" not in row for row in next(iter(points.values())))


def test_the_headline_counts_what_is_present():
    data = report_data()
    said = section(page(data), "headline")
    assert f"Listings present {data.listings.height}" in said
    assert "Cities 4" in said
    sale = data.listings.filter(offer="sale", currency="DKK")["price_per_sqm"].median()
    assert f"For sale, DKK DKK {sale:,.0f}" in said
    last = data.market_daily.filter(pl.col("date") == pl.col("date").max())
    for label, column in (("New", "new_listings"), ("Removed", "removed_listings"), ("Price cuts", "price_cuts")):
        assert f"{label} on the last day {last[column].sum()}" in said
    assert "Data as of 6 March 2026, 06:30 UTC" in text(page(data))


def test_currencies_offers_and_periods_are_never_mixed():
    found = page(report_data())
    for name in ("supply", "activity", "prices", "map"):
        titles = found.css(f"#{name} h3::text").getall()
        assert titles == ["For sale, DKK", "For sale, CHF", "For rent, CHF per month"]


def test_markets_too_small_to_be_drawn_are_named():
    made = town()
    few = [key for key, row in made.current.items() if row["offer"] == "sale"][:3]
    for version in made.versions:
        if version["listing_key"] in few:
            version["currency"] = "XTS"
    found = page(report_data(made))
    assert "For sale, XTS" not in found.css("h3::text").getall()
    assert "Too small to be drawn, and in the counts only: For sale, XTS (3 listings)." in section(found, "headline")


def test_the_only_market_is_drawn_however_small():
    made = town(3)
    keys = [key for key, row in made.current.items() if row["price_per_sqm"] and row["offer"] == "sale"][:2]
    made.versions = [version for version in made.versions if version["listing_key"] in keys]
    made.changes = [change for change in made.changes if change["listing_key"] in keys]
    made.current = {key: made.current[key] for key in keys}
    for version in made.versions:
        version["currency"] = "DKK"
    found = page(report_data(made, days=3))
    for name in ("supply", "activity", "prices"):
        assert found.css(f"#{name} h3::text").getall() == ["For sale, DKK"]


def test_the_first_inventory_is_not_news():
    data = report_data()
    first = data.changes.filter(pl.col("observed_at") == pl.col("observed_at").min()).height
    news = data.changes.filter(change_type="new").height - first
    found = page(data)
    assert f"{first} listings found by the first run of a search are not counted as new" in section(found, "activity")
    said = re.findall(r"New listings: (\d+)", section(found, "activity"))
    assert sum(map(int, said)) == news


def test_the_biggest_cuts_come_first_and_typing_errors_are_left_out():
    made = town()
    keys = [key for key, row in made.current.items() if row["list_price"]]
    at = max(change["observed_at"] for change in made.changes)
    for key, factor in zip(keys, (0.5, 0.1), strict=False):
        made.reprice(key, at, factor)
    rows = page(report_data(made)).css("#cuts tbody tr")
    shares = [float(re.search(r"\u2212([\d.]+)", text(row))[1]) for row in rows]
    assert shares[0] == 50.0
    assert shares == sorted(shares, reverse=True)
    first, current = text(rows[0]).replace("\u00a0", " "), made.current[keys[0]]
    assert current["title"] in first
    assert f"{current['currency']} {current['list_price']:,.0f}" in first
    assert "1 price that fell by 80 % or more left out" in section(page(report_data(made)), "cuts")


def priced(*prices, **now):
    """A market in which one listing costs this on the last days, one price a day, and the row of its cut if any."""
    made = town(5)
    key = next(key for key, row in made.current.items() if row["first_seen_at"] == START and row["list_price"])
    made.changes = [c for c in made.changes if c["change_type"] == "new"]
    for version in (versions := [v for v in made.versions if v["listing_key"] == key]):
        version |= {"list_price": Decimal(prices[0]), "title": "The one", "currency": "DKK"}
    made.current[key] = versions[0] | {"valid_to": None}
    made.versions = [v for v in made.versions if v["listing_key"] != key] + [made.current[key]]
    for nth, (old, new) in enumerate(itertools.pairwise(prices), start=1):
        made.reprice(key, START + dt.timedelta(days=nth), Decimal(new) / Decimal(old))
    made.current[key] = made.current[key] | now
    data = report_data(made)
    if now.get("gone"):
        data = report_data(made, listings=data.listings.filter(pl.col("listing_key") != key))
    found = page(data)
    rows = [text(row).replace("\u00a0", " ") for row in found.css("#cuts tbody tr")]
    return rows, section(found, "cuts")


def test_a_cut_that_was_taken_back_is_no_cut():
    rows, said = priced(100_000, 80_000, 300_000)
    assert rows == []
    assert "1 cut left out: the price now is not below the one before it, or is in other terms." in said


def test_a_cut_is_told_with_the_price_that_is_asked_now():
    rows, said = priced(100_000, 80_000, 90_000)
    [row] = rows
    assert "DKK 90,000" in row
    assert "\u221220.0 %" in row
    assert "DKK 100,000 to DKK 80,000, 3 Mar 2026" in row
    assert "left out" not in said


def test_every_cut_of_a_listing_has_the_same_price_now():
    rows, _ = priced(100_000, 80_000, 40_000)
    assert [re.findall(r"DKK [0-9,]+[0-9]", row) for row in rows] == [
        ["DKK 40,000", "DKK 80,000", "DKK 40,000"],
        ["DKK 40,000", "DKK 100,000", "DKK 80,000"],
    ]


def test_a_price_in_other_terms_is_not_compared_and_one_that_is_not_stated_not_made_up():
    assert priced(100_000, 80_000, currency="EUR")[0] == []
    [row] = priced(100_000, 80_000, list_price=None)[0]
    assert "\u2013 not stated now" in row


def test_a_cut_of_a_listing_that_is_gone_has_no_price_now():
    [row] = priced(100_000, 80_000, gone=True)[0]
    assert "\u2013 no longer listed" in row


def test_the_runs_tell_coverage_and_why_they_are_not_complete():
    data = report_data()
    said = section(page(data), "runs")
    broken = data.feeds.filter(~pl.col("complete")).row(0, named=True)
    seen, claimed = broken["unique_listings"], broken["claimed_total"]
    assert f"{seen / claimed * 100:.1f} % {seen} of {claimed}" in said
    assert "Result pages 4, 5 were not read. 2 requests failed: 503." in said
    prices = data.listings.filter(pl.col("source") == "demo_ch").height
    assert f"to be believed: {prices} changes of list_price (changed at once)." in said
    assert said.count("Held for a person") == 1
    assert "34 list_price: 34 of 40 changed at once" in said
    assert "though no market does it: title: all." in said
    assert "new columns: energy" in said


@pytest.mark.parametrize(
    ("column", "called"), [("accepts_run", "Accepted by a person"), ("retries_run", "Retried from quarantine")]
)
def test_what_is_no_crawl_says_nothing_of_how_the_latest_crawl_went(column, called):
    data = report_data()
    reason = "no crawl: 59 changes that run demo_dk-1 held are accepted by ann"
    own = {"run_seq": 9, "complete": False, "reasons": [reason], column: "demo_dk-1", "claimed_total": None}
    whole = data.feeds.filter(pl.col("source") == "demo_dk").tail(1)
    given = pl.DataFrame([whole.row(0, named=True) | own | {"flags": ["own"]}], schema=data.feeds.schema)
    found = page(report_data(feeds=pl.concat([data.feeds, given])))
    swiss, danish = (text(group).replace("\u00a0", " ") for group in found.css("#runs .group"))
    assert "denmark-buy" in danish
    assert "The latest run is not complete" not in danish
    assert "no market does it: own" not in danish
    assert f"{called} No crawl: 59 changes that run demo_dk-1 held are accepted by ann. \u2013" in danish
    assert "The latest run is not complete: Result pages 4, 5 were not read." in swiss


def test_a_crawl_that_saw_nothing_makes_the_page_no_newer():
    data = report_data()
    nothing = {"run_seq": 9, "observed_at": START + dt.timedelta(days=334), "complete": False, "unique_listings": 0}
    dead = data.feeds.tail(1).with_columns(pl.lit(value).alias(name) for name, value in nothing.items())
    dead = dead.cast(dict(data.feeds.schema))
    last = data.market_daily.filter(pl.col("date") == pl.col("date").max())
    later = pl.concat([data.market_daily, last.with_columns(pl.col("date") + pl.duration(days=330))])
    found = page(report_data(feeds=pl.concat([data.feeds, dead]), market_daily=later))
    assert "Data as of 6 March 2026, 06:30 UTC · days shown: 2 March 2026 to 6 March 2026" in text(found)


def test_an_empty_lake_says_so():
    found = page(empty_data())
    assert "There are no listings yet" in section(found, "headline")
    assert "No feed has been applied yet" in section(found, "runs")
    assert "No data yet" in text(found)
    assert charts(found) == {}


def test_one_day_has_no_lines_and_claims_no_change():
    found = page(report_data(town(1), days=1))
    assert "Only one day has been watched" in section(found, "activity")
    assert "change since" not in section(found, "supply")
    marks = {str(chart["spec"].get("mark", {})) for chart in charts(found).values()}
    assert not any("line" in mark for mark in marks)


@pytest.mark.parametrize(
    ("columns", "name", "said"),
    [
        (["latitude", "longitude"], "map", "so there is no map"),
        (["list_price", "price_per_sqm"], "prices", "Asking price: no listing has one."),
        (["price_per_sqm"], "headline", "no listing has a price and an area"),
        (["city", "country"], "supply", "Place not stated"),
        (["offer", "currency"], "supply", "Offer not stated, currency not stated"),
    ],
)
def test_what_no_listing_states_is_said_and_breaks_nothing(columns, name, said):
    made = town()
    for version in made.versions:
        version.update(dict.fromkeys(columns))
    assert said in section(page(report_data(made)), name)


def test_a_sample_is_drawn_on_the_map_and_named(monkeypatch):
    monkeypatch.setattr("orchestration.report.sections.map.POINTS_SHOWN", 50)
    found = page(report_data())
    assert re.search(r"A random sample of 50 of the \d+ listings", section(found, "map"))
    maps = [chart["spec"]["datasets"] for chart in charts(found).values() if chart["boxes"]]
    assert sum(len(rows) for datasets in maps for rows in datasets.values()) == 50


def test_a_daily_table_of_another_state_is_noticed():
    data = report_data()
    assert "not made from the same state" not in section(page(data), "headline")
    stale = data.market_daily.with_columns(pl.col("supply") + 1)
    assert "not made from the same state" in section(page(report_data(market_daily=stale)), "headline")


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="listings lacks the columns presence"):
        build_report(report_data(listings=report_data().listings.drop("presence")))


def test_five_thousand_listings_stay_below_six_megabytes():
    data = report_data(town(2, share=15), days=2)
    assert data.listings.height > 5_000
    assert len(build_report(data).encode()) < 6_000_000


def test_the_same_frames_give_the_same_page():
    assert build_report(report_data()) == build_report(report_data())
