"""`scrapy crawl dataset`: many tables, good and damaged, from files and over HTTP, read by one command."""

import gzip
import json

import pytest

from realestate_crawler.exit_codes import ExitCode
from tests.crawling import arguments, crawl

CANARY = "Ana Canária"
FIELDS = {
    "list_price": "price",
    "property_type": "kind",
    "year_built": "year",
    "city": "place.city",
    "list_office_name": "seller.name",
}
NASTY = """[
 {"id": 1, "price": "5 €", "kind": "flat", "place": {"city": "Graz", "zone": "B"}, "views": 1,
  "seller": {"name": "CANARY", "since": 2001}},
 {"id": 1, "price": "5 €", "kind": "flat", "place": {"city": "Graz", "zone": "B"}, "views": 2,
  "seller": {"name": "CANARY", "since": 2001}},
 {"id": 1, "price": "6 €", "kind": "flat", "place": {"city": "Graz", "zone": "B"}},
 {"id": 2, "price": "on request", "kind": "castle", "year": 2150},
 {"id": null, "price": 7, "owner": "CANARY"},
 {"id": 4, "price": NaN, "owner": "CANARY"},
 {"id": 5, "note": "\\ud800", "owner": "CANARY"},
 {"id": 6, "note": "a\\u0000b", "owner": "CANARY"},
 {"id": 7, "note": NESTED, "owner": "CANARY"},
 {"id": 8.0, "owner": "CANARY", "tags": ["x", {"y": [1.50]}]}
]""".replace("CANARY", CANARY).replace("NESTED", "[" * 60 + "]" * 60)
CLEAN = [{"id": number, "price": 100 + number, "kind": "house"} for number in range(5)]
ROWS = json.dumps(CLEAN).encode()
WORKBOOK = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + b"\x00" * 16 + b"\x0f\x00\x00\x00xl/workbook.xml"
CSV = b"id,price,kind\n" + b"".join(b"%d,%d,house\n" % (n, 100 + n) for n in range(500))


WEB = {
    "/plain.json": ROWS,
    "/encoded.csv": (200, {"Content-Encoding": "gzip"}, gzip.compress(CSV)),
    "/encoded-and-cut.csv": (200, {"Content-Encoding": "gzip"}, gzip.compress(CSV)[:-500]),
    "/packed.csv.gz": gzip.compress(CSV),
    "/packed-and-cut.csv.gz": gzip.compress(CSV)[:-500],
    "/short.json": (200, {"Content-Length": str(len(ROWS) + 10)}, ROWS),
    "/login.csv": b"<!DOCTYPE html><html>Please log in</html>",
    "/moved.json": (302, {"Location": "/plain.json"}, b""),
}


@pytest.fixture(scope="module")
def done(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("datasets")
    web = serve(lambda path: WEB.get(path, 404))
    tables = {
        "nasty": (
            NASTY.encode(),
            {"fields": FIELDS, "volatile": ["views"], "personal": ["owner", "seller.name", "fax"]},
        ),
        "clean": (ROWS, {"fields": {"list_price": "price", "property_type": "kind"}}),
        "window": (ROWS, {"snapshot": "window"}),
        "empty": (b"[]", {}),
        "cut-gzip": (gzip.compress(ROWS)[:-9], {}),
        "cut-json": (ROWS[:-9], {}),
        "workbook": (WORKBOOK, {}),
        "misnamed": (ROWS, {"fields": {"list_price": "prize"}}),
        "no-list": (b'{"meta": 1, "homes": []}', {}),
    }
    entries = []
    for name, (data, mapping) in tables.items():
        (folder / f"{name}.data").write_bytes(data)
        entries.append((name, str(folder / f"{name}.data"), mapping))
    for path in [*WEB, "/nowhere.json"]:
        entries.append(("web" + path.replace("/", "-"), web.url + path, {}))
    for name in ("there", "gone"):
        entries.append((f"s3-{name}", f"s3://tables/{name}.json", {}))
    objects = serve(lambda path: ROWS if path == "/tables/there.json" else 404)
    secrets = {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "canary-of-the-store",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    criteria = []
    for name, where, mapping in entries:
        written = folder / f"{name}.mapping"
        written.write_text(json.dumps({"source": name, "key": "id", **mapping}))
        criteria.append(
            {"id": f"scope-{name}", "source": "dataset", "options": {"mapping": str(written), "input": where}}
        )
    (folder / "criteria.yaml").write_text(json.dumps({"criteria": criteria}))
    words = arguments(criteria=folder / "criteria.yaml")
    fast = {"DOWNLOAD_DELAY": 0.01}
    return crawl(folder, "dataset", *words, settings=fast, AWS_ENDPOINT_URL=objects.url, **secrets)


def manifest_of(done, source):
    found = [manifest for manifest in done.manifests if manifest["source"] == source]
    return found[0] if found else None


def lines_of(done, source):
    return [line for line in done.lines() if line["source"] == source]


COMPLETE = ["clean", "web-plain.json", "web-encoded.csv", "web-packed.csv.gz", "web-moved.json", "s3-there"]


@pytest.mark.parametrize("source", COMPLETE)
def test_a_whole_table_is_complete(done, source):
    manifest = manifest_of(done, source)
    assert manifest["complete"], manifest["reasons"]
    rows = 500 if "csv" in source else 5
    assert manifest["items"] == manifest["unique_listings"] == len(lines_of(done, source)) == rows
    assert f"scope-{source}: complete (exit code 0)" in done.err


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("cut-gzip", "damaged gzip"),
        ("cut-json", "not JSON"),
        ("workbook", "an Excel workbook, no table of text: save it as CSV"),
        ("misnamed", "the mapping names columns that no row has: prize; the file has id, kind, price"),
        ("no-list", "found an object with meta, homes: set rows"),
        ("web-packed-and-cut.csv.gz", "damaged gzip"),
        ("s3-gone", "s3://tables/gone.json: cannot be read: "),
        ("web-login.csv", "a web page or XML document, no table"),
    ],
)
def test_a_table_that_cannot_be_used_leaves_no_feed_and_exit_code_2(done, source, reason):
    assert manifest_of(done, source) is None
    assert f"scope-{source}: bad configuration (exit code 2)" in done.err
    told = done.err.split(f"scope-{source}: bad configuration")[1].split("scope-")[0]
    assert reason in told
    assert not list((done.landing / "feeds" / f"source={source}").rglob("*.jsonl.gz"))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("empty", "no listing at all was seen: an empty crawl proves nothing"),
        ("web-short.json", "1 requests failed: "),
        ("web-encoded-and-cut.csv", "1 requests failed: DamagedBodyError"),
        ("web-nowhere.json", "1 requests failed: HTTP 404"),
    ],
)
def test_a_table_that_did_not_come_is_partial(done, source, reason):
    manifest = manifest_of(done, source)
    assert (manifest["complete"], manifest["items"]) == (False, 0)
    assert any(told.startswith(reason) for told in manifest["reasons"])
    assert f"scope-{source}: partial (exit code 3)" in done.err


def test_a_window_is_delivered_and_proves_no_absence(done):
    manifest = manifest_of(done, "window")
    assert (manifest["complete"], manifest["failed"]) == (False, False)
    assert "scope-window: complete (exit code 0)" in done.err


def test_every_row_of_a_nasty_table_is_accounted_for(done):
    manifest = manifest_of(done, "nasty")
    assert manifest["drops"] == {"duplicate key, equal content": 1, "duplicate key, different content": 1}
    assert (manifest["items"], manifest["quarantined"], manifest["unique_listings"]) == (3, 5, 7)
    assert manifest["reasons"] == ["5 listings in quarantine"]
    one, two, eight = lines_of(done, "nasty")
    assert (one["listing_key"], one["list_price"], one["currency"], one["city"]) == ("1", 5, "EUR", "Graz")
    assert one["extra"] == {"place": {"zone": "B"}, "views": 1, "seller": {"since": 2001}}
    assert two["raw"] == {"list_price": "on request", "property_type": "castle", "year_built": "2150"}
    assert not {"list_price", "property_type", "year_built"} & two.keys()
    assert (eight["listing_key"], eight["extra"]) == ("8", {"tags": ["x", {"y": [1.5]}]})
    for note in (
        "outside_vocabulary: property_type (castle)",
        "rule broken: year_built_implausible",
        "column not there: fax",
    ):
        assert manifest["notes"][note] == 1


def test_quarantine_keeps_the_item_with_its_reason(done):
    told = {line["reason"]: line["item"] for line in done.lines("quarantine")}
    assert len(told) == 5
    assert told["key_missing"]["list_price"] == 7
    for word in ("nan is not a finite number", "surrogates not allowed", "NUL in a text", "nested deeper"):
        (item,) = (item for reason, item in told.items() if word in reason)
        assert "nasty" in item


def test_no_name_of_a_person_is_written_anywhere(done):
    surname = CANARY.split()[1]
    written = [path for path in done.landing.rglob("*") if path.is_file()]
    assert len(written) > 20
    for path in written:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
        assert surname not in text
        assert surname not in text.encode().decode("unicode_escape", "replace")
    assert surname not in done.out + done.err
    assert "canary-of-the-store" not in done.out + done.err


def test_of_all_tables_the_worst_decides(done):
    assert done.code == ExitCode.BAD_CONFIGURATION
