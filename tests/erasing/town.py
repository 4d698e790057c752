"""A town with canaries in every layer: a listing that is to go, and people who are named in others."""

import contextlib
import json
import sqlite3

from orchestration.assets.exploration import make_report
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.snapshot import take_snapshot
from orchestration.logic.schemas import LISTINGS
from orchestration.resources import staging
from realestate_crawler.contracts.feed import encode, quarantine_name
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.opening import open_store
from tests.graph_fixtures.feeds import SOURCE, day, deliver, listing
from tests.graph_fixtures.tables import lake_at
from tests.operators.test_replay import refresh_all

KEY = "KANARYKEY-1"
URL = f"https://town.example.org/listing/{KEY}-flat"
STREET = "Kanarystreet 5"
NAME, PHONE, EMAIL = "Zuzana Canarová", "0911 987 654", "zuzana@canary.example.org"
PEOPLE = (NAME, PHONE, EMAIL)
TEXT = f"Ask {NAME.upper()}, tel. +421 911/987 654 or {EMAIL}. 62 m2, 250 000 EUR"


def home(key, price=100, **more):
    """A listing as others of the town are."""
    url = f"https://town.example.org/listing/{key}-flat"
    return listing(key, list_price=price, city="Lund", offer="sale", currency="EUR", listing_url=url, **more)


def canary(price, **more):
    """The listing that is to go."""
    return home(KEY, price, unparsed_address=STREET, **more)


def named(key, price, **more):
    """A listing that names people, each in another place."""
    extra = {"text": TEXT, "agent": {"name": NAME, "tel": 911987654, "hours": "9-17"}, "rooms": 2.5}
    return home(
        key, price, owner_name=NAME, title=f"Flat, {PHONE}", raw={"title": f"Flat,  {PHONE}"}, extra=extra, **more
    )


def aside(root, run_seq, *items, scope="north"):
    """Lines of quarantine: (reason, item)."""
    prefix = f"feeds/source={SOURCE}/scope={scope}/run={day(run_seq):%Y%m%dT%H%M%SZ}-{run_seq:06d}/"
    writer = FeedWriter(open_store(str(root / "landing")), prefix, root / "q", quarantine_name, 10)
    for reason, item in items:
        told = item if isinstance(item, str) else {name: getattr(item, name) for name in item.__slots__}
        writer.write(encode({"reason": reason, "observed_at": day(run_seq), "item": told}))
    sealed = writer.seal()
    if sealed:
        writer.deliver(sealed)
    return {"quarantine": writer.parts, "quarantined": len(items)}


def days(root):
    """Six days of two scopes: the listing comes, changes, goes, comes back; people are named, and named otherwise."""
    others = [home(f"h{n}", 100 + n) for n in range(6)]
    north = [
        [*others, canary(100), named("n1", 50)],
        [*others, canary(90), named("n1", 55)],
        [*others[:5], named("n1", 55)],
        [*others[:5], home("n1", 55, title="Flat", extra={"text": f"Now ask {NAME}"})],
        [*others[:5], canary(95), named("n1", 55)],
        [*others[:5], canary(95), home("n1", 55)],
    ]
    south = [[home("s1"), named("n2", 7)], [canary(90), home("s1")], [home("s1")], [home("s1"), named("n2", 8)]]
    for number in range(1, 7):
        more = {}
        if number == 2:
            odd = home("odd", 1, owner_name=NAME)
            more = aside(
                root, 2, ("odd", canary(1)), ("odd", odd), ("raw", f"Listing(listing_key={KEY!r}, owner={NAME!a})")
            )
            more |= {"reasons": [f"no listing could be read (other): {URL}", f"and {EMAIL}"], "complete": False}
        deliver(root, north[number - 1], run_seq=number, scope="north", lines_per_part=3, **more)
        if number <= len(south):
            deliver(root, south[number - 1], run_seq=number, scope="south")
        refresh_all(root)


def leavings(root):
    """What runs leave beside feeds and tables."""
    lake = lake_at(root)
    make_report(lake, str(root / "reports"))
    (root / "reports" / "notes.txt").write_text(f"{NAME} asked about {URL}\n")
    rows = lake.read(LISTINGS)
    staging.write(lake.root, SOURCE, "north", rows.with_columns(run_seq=1))
    for name in ("listings", "listing_changes"):
        take_snapshot(lake.root, DATASOURCES[name], lake.version(LISTINGS) if name == "listings" else 0)
    spool = root / "spool"
    (spool / "logs" / "run").mkdir(parents=True)
    (spool / "logs" / "run" / "north.log").write_text(f"INFO quiet\nWARNING {URL}: HTTP 503\nINFO {NAME!a} {PHONE}\n")
    dead = spool / SOURCE / "north" / "19990101T000000Z-000009"
    writer = FeedWriter(open_store(str(root / "landing")), "x/", dead, quarantine_name, 10)
    writer.write(encode({"reason": "odd", "item": {"listing_key": KEY, "owner_name": NAME}}))
    writer.seal()
    (root / "landing" / "feeds" / f"source={SOURCE}" / "scope=north" / ".tmp-half").write_bytes(
        f"{NAME} {URL}".encode()
    )
    history = root / "dagster" / "history"
    (history / "runs").mkdir(parents=True)
    (root / "dagster" / "storage" / "x").mkdir(parents=True)
    (root / "dagster" / "storage" / "x" / "value").write_bytes(b"\x80\x04" + URL.encode() + b"\x00" + NAME.encode())
    with contextlib.closing(sqlite3.connect(history / "runs" / "1.db")) as database:
        database.execute("CREATE TABLE event_logs (id INTEGER PRIMARY KEY, run_id TEXT, event TEXT)")
        event = json.dumps({"message": URL, "n": [1, NAME], "ok": True})
        for _ in range(50):
            database.execute("INSERT INTO event_logs (run_id, event) VALUES ('r', ?)", (event,))
        database.execute("DELETE FROM event_logs WHERE id > 40")  # free pages keep what was deleted
        database.commit()
