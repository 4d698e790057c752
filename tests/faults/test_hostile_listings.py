"""F10, F12, F13, F14: listings whose pages are damaged, wrongly encoded, unparsable or malicious, in one crawl.

Each of them is read right, or rejected with a reason; the healthy ones beside them always arrive.
"""

import gzip
import json

import brotli
import pytest

from orchestration.resources.landing import Landing
from tests.faults.small_site import HEALTHY, crawled, facts, page, price_of, site
from tests.faults.table import claims
from tests.serving import Raw

HTML = {"Content-Type": "text/html; charset=utf-8"}


def cut(headers, body, end=None):
    return Raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n\r\n" + body[:end])


def packed(body, damage):
    data = bytearray(gzip.compress(body))
    return 200, {"Content-Encoding": "gzip"}, bytes(damage(data))


def wrong_checksum(data):
    data[-8] ^= 1
    return data


def chunks(body):
    return b"%x\r\n%s\r\n" % (len(body), body)


# Variant → the answer, made of a healthy page's bytes.
DAMAGED = {
    "length too long": lambda body: cut(b"Content-Length: 99999", body),
    "chunk cut": lambda body: cut(b"Transfer-Encoding: chunked", chunks(body), -20),
    "no length and cut": lambda body: cut(b"Connection: close", body, -20),
    "gzip cut": lambda body: packed(body, lambda data: data[:-9]),
    "gzip CRC wrong": lambda body: packed(body, wrong_checksum),
    "brotli cut": lambda body: (200, {"Content-Encoding": "br"}, brotli.compress(body)[:-5]),
}
CZECH = "<p>Žižkov, cena bez provize, č. 5</p>"
# Variant → the answer, and whether its letters are doubtful.
ENCODED = {
    "cp1250 sent as UTF-8": (lambda text: (200, HTML, (text + CZECH).encode("cp1250", "ignore")), True),
    "header against meta": (
        lambda text: (
            200,
            {"Content-Type": "text/html; charset=windows-1250"},
            ("<meta charset=utf-8>" + text.replace("for sale", "Žižkov for sale")).encode("cp1250", "ignore"),
        ),
        True,
    ),
    "UTF-16": (lambda text: text.encode("utf-16"), False),
    "UTF-16 ": (lambda text: text.encode("utf-16-le"), True),
    "invalid bytes": (lambda text: (200, HTML, text.encode().replace(b"3 bedrooms", b"3 bedrooms \xff\xfe\xc0")), True),
    "NUL in text": (lambda text: text.replace("bedrooms", "bed\0rooms").encode(), True),
}
# Variant → the page.
UNPARSABLE = {
    "10 000 levels": lambda key: page(key, before="<div>" * 10_000, after="</div>" * 10_000),
    "2 000 000 siblings": lambda key: page(key, after="<b>" * 2_000_000),
    "2 000 000 siblings ": lambda key: page(key, after="<b>" * 1_000_000),
}


def with_facts(key, **more):
    return json.dumps(facts(key, **more))


def replaced(key, field, text):
    """The healthy JSON-LD with a text in place of the value of a field."""
    return with_facts(key, **{field: "HERE"}).replace('"HERE"', text)


# Variant → the JSON-LD of the page, as text, and the fields that must not come of it.
MALICIOUS = {
    "100 000 levels": (lambda key: "[" * 100_000 + "]" * 100_000, ()),
    "5 000 digits": (lambda key: replaced(key, "yearBuilt", "9" * 5000), ("year_built",)),
    "NaN": (lambda key: replaced(key, "numberOfRooms", "NaN"), ("rooms_total",)),
    "Infinity": (lambda key: replaced(key, "numberOfRooms", "Infinity"), ("rooms_total",)),
    "1e999": (lambda key: replaced(key, "numberOfRooms", "1e999"), ("rooms_total",)),
    "lone surrogate": (lambda key: replaced(key, "name", r'"House \ud800"'), ()),
    "NUL": (lambda key: replaced(key, "name", r'"House \u0000"'), ()),
    "duplicate keys": (lambda key: with_facts(key)[:-1] + ', "numberOfBedrooms": 4}', ()),
    "prototype keys": (
        lambda key: with_facts(key, __proto__={"price": 1}, __class__="x", constructor={"name": "y"}),
        (),
    ),
    "array for object": (lambda key: with_facts(key, offers=[[]], address=[None, 3], geo="x", floorSize=[]), ()),
    "1 MB string": (lambda key: with_facts(key, description="x" * 1_000_000, name="y" * 1_000_000), ()),
    "price in words": (
        lambda key: with_facts(key, offers={"@type": "Offer", "price": "na zapytanie", "priceCurrency": "PLN"}),
        (),
    ),
}


def key_of(name):
    number = [*DAMAGED, *ENCODED, *UNPARSABLE, *MALICIOUS].index(name)
    return str(9_000_001 + number)


def pages():
    made = {}
    for name, answer in DAMAGED.items():
        made[key_of(name)] = lambda path, answer=answer: answer(page(path.rpartition("/")[2]).encode())
    for name, (answer, _) in ENCODED.items():
        made[key_of(name)] = lambda path, answer=answer: answer(page(path.rpartition("/")[2]))
    for name, text in UNPARSABLE.items():
        made[key_of(name)] = lambda path, text=text: text(path.rpartition("/")[2])
    for name, (data, _) in MALICIOUS.items():
        made[key_of(name)] = lambda path, data=data: page(path.rpartition("/")[2], data(path.rpartition("/")[2]))
    return made


@pytest.fixture(scope="module")
def server(serve):
    return serve(site(pages()))


@pytest.fixture(scope="module")
def done(server, tmp_path_factory):
    return crawled(tmp_path_factory.mktemp("listings"), server.url, settings={"RETRY_TIMES": 1})


@pytest.fixture(scope="module")
def lines(done):
    return {line["listing_key"]: line for line in done.lines()}


def test_what_is_healthy_arrives_and_the_crawl_says_that_it_is_not_complete(done, lines):
    assert {key: lines[key]["list_price"] for key in HEALTHY} == {key: price_of(key) for key in HEALTHY}
    assert (done.code, done.manifest["complete"], done.manifest["items"]) == (3, False, len(lines))
    landing = Landing(root=str(done.landing))
    (feed,) = landing.feeds()
    assert landing.read(feed, landing.manifest(feed)).height == len(lines)


@pytest.mark.parametrize("name", claims("F10", {name: name for name in DAMAGED}))
def test_f10_a_damaged_body_is_asked_for_again_and_then_a_failure(server, done, lines, name):
    key = key_of(name)
    assert server.asked.count(f"/listing/{key}") == 2
    assert key not in lines
    assert f"/listing/{key}: " in done.err


@pytest.mark.parametrize("name", claims("F12", {name: name.strip() for name in ENCODED}))
def test_f12_digits_are_right_and_doubtful_letters_are_flagged(done, lines, name):
    key, line = key_of(name), lines[key_of(name)]
    assert (line["list_price"], line["living_area"], line["bedrooms_total"]) == (price_of(key), 90, 3)
    assert line.get("quality_flag") == ("encoding_suspect" if ENCODED[name][1] else None)
    assert sum(n for told, n in done.manifest["notes"].items() if told.startswith("pages whose letters")) == 5


@pytest.mark.parametrize("name", claims("F13", {name: name.strip() for name in UNPARSABLE}))
def test_f13_a_page_that_no_parser_holds_is_rejected_and_never_stored_with_empty_fields(done, lines, name):
    key = key_of(name)
    assert key not in lines
    if name == "2 000 000 siblings":  # more bytes than are fetched
        assert f"/listing/{key}: DownloadCancelledError" in done.err
    else:
        why = [told for told in done.manifest["reasons"] if told.endswith(f"/listing/{key}")]
        assert [told.partition(": ")[0] for told in why] == ["no listing could be read (parse_suspect"]


@pytest.mark.parametrize("name", claims("F14", {name: name for name in MALICIOUS}))
def test_f14_malicious_data_costs_at_most_its_own_field(lines, name):
    key, line = key_of(name), lines[key_of(name)]
    if name == "price in words":
        assert (line.get("list_price"), line["price_qualifier"]) == (None, "on_request")
    else:
        assert line["list_price"] == price_of(key)
    assert line["bedrooms_total"] in ((3, 4) if name == "duplicate keys" else (3,))
    assert [line.get(field) for field in MALICIOUS[name][1]] == [None] * len(MALICIOUS[name][1])
    assert len(json.dumps(line)) < 100_000
    assert set(line) <= set(lines[HEALTHY[0]]) | {"price_qualifier"}
