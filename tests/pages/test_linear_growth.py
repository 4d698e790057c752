"""A page four times as large takes about four times as long, whatever it is full of, up to the size that is refused as
a flood: no shape of bytes blows up the reader.

CPU time is compared with itself, generously: a quadratic step takes sixteen times as long.
"""

import time
from collections.abc import Callable

import pytest

from realestate_crawler.pages.limits import MAX_BYTES
from realestate_crawler.pages.page import PARSE_SUSPECT, Verdict
from realestate_crawler.pages.reader import read_page

URL = "https://homes.example.com/listing/1234567"
FACTS = "<h1>3 bed house for sale in Otley</h1><p class=price>£325,000</p><p>1,120 sq ft</p>"


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


def numbered(unit: str) -> Callable[[int], str]:
    return lambda size: "".join(unit.format(1_000_000 + n) for n in range(size // len(unit)))


def script(unit: str, kind: str = "") -> Callable[[int], str]:
    return lambda size: f"<script{kind}>{unit * (size // len(unit))}</script>"


JSON, LD = ' type="application/json"', ' type="application/ld+json"'
ROW = '{{"id":{},"price":8,"city":"Otley","bedrooms":3}},'
SHAPES: dict[str, Callable[[int], str]] = {
    "siblings": repeated("<p>x"),
    "nesting": repeated("<div>"),
    "nested microdata": repeated("<div itemscope itemprop=name>a"),
    "nested ids": numbered("<div id=card-{}>"),
    "one word": repeated("a"),
    "one number": repeated("1"),
    "commas": repeated("1,"),
    "amounts in one line": repeated("£1,200 "),
    "spaces": repeated(" "),
    "lines of facts": repeated("<p>£1,200 pcm 3 Zimmer 80 m²</p>"),
    "labels": repeated("<dt>Rooms</dt><dd>3</dd>"),
    "addresses": repeated("<p class=address>Main Street 1, 12345 Otley, Kent CT6 6DL</p>"),
    "cards": numbered("<div class=card><a href='/listing/{}'>House</a><p>£900,000</p><p>3 beds 80 m²</p></div>"),
    "attributes of one tag": lambda size: "<div " + numbered('data-id-{}="1" ')(size) + ">",
    "attributes with JSON": repeated('<p data-x=\'{"price":1,"city":"Otley","a":"bbbbbbbbbbbbbbbbbbbb"}\'>'),
    "a headline of dashes": lambda size: f"<h1>{'-' * size}</h1>",
    "a headline of places": lambda size: f"<h1>in {'Otley, ' * (size // 7)}</h1>",
    "assignments": script("var a={b:1,price:2};"),
    "assignments that fail": script('x={"price":'),
    "calls": script('price;f({"a":1});'),
    "a string that never ends": script('price=JSON.parse("a\\"a'),
    "points": script("lat=1.234;"),
    "brackets": script("[", JSON),
    "data": lambda size: f"<script{JSON}>[" + numbered(ROW)(size) + "{}]</script>",
    "numbered data": lambda size: f'<script{JSON}>[{{"a":1}},"x",' + "[3,4]," * (size // 6) + '"end"]</script>',
    "many blocks": repeated(f'<script{LD}>{{"@type":"House","offers":{{"price":3}}}}</script>'),
    "flight rows": repeated('<script>self.__next_f.push([1,"1:{\\"price\\":1}\\n"])</script>'),
}


def seconds(body: bytes) -> float:
    started = time.process_time()
    assert read_page(body, URL).verdict in Verdict
    return time.process_time() - started


def largest(page: Callable[[int], bytes]) -> int:
    """A size that is not refused as a flood, and twice as much would be."""
    size = MAX_BYTES
    while read_page(page(size), URL).reason.startswith(PARSE_SUSPECT):
        size //= 2
    return size


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_time_grows_with_the_size_of_the_page_and_no_faster(shape: Callable[[int], str]) -> None:
    def page(size: int) -> bytes:
        return f"<html lang=en><head><title>House</title></head><body>{FACTS}{shape(size)}".encode()

    size = largest(page)
    one, two, four = (seconds(page(size // n)) for n in (4, 2, 1))
    print(f"{size} bytes: a quarter {one:.2f} s, half {two:.2f} s, all {four:.2f} s")
    assert four <= 9 * max(one, 0.5)
    assert four <= 6 * max(two, 0.5)
