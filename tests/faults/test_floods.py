"""F11: a site that sends too much costs bounded memory and time, is counted, and spoils nothing beside it."""

import gzip
import time

import pytest

from tests.faults.peak import LONGEST, measured
from tests.faults.small_site import HEALTHY, page, site, words
from tests.faults.table import claims

MB = 1024 * 1024
ONE = "9000001"
# Half of the setting's default; less would hit healthy pages on a busy machine.
TIME_OUT = 15
MOST_MB = 150


def endless(piece):
    while True:
        yield piece


def dripping():
    for letter in page(ONE):
        yield letter.encode()
        time.sleep(0.5)


def packed(times):
    body = b"\0" * (200 * MB)
    for _ in range(times):
        body = gzip.compress(body, 1 if len(body) > MB else 9)
    return body


FLAT = b"<b>" * (64 * MB // 3)
# Variant → the answer to the listing's page, and what the manifest says of it.
FLOODS = {
    "gzip bomb": (
        lambda path: (200, {"Content-Encoding": "gzip"}, packed(1)),
        "1 requests failed: a body of more than 4194304 bytes",
    ),
    "endless body": (lambda path: (200, {}, endless(b"<p>" * 20_000)), "1 requests failed: "),
    "slow drip": (lambda path: (200, {}, dripping()), "1 requests failed: "),
    "flat HTML": (lambda path: FLAT, "1 requests failed: "),
    "nested encodings": (
        lambda path: (200, {"Content-Encoding": "gzip, gzip, gzip"}, packed(3)),
        "1 requests failed: DamagedBodyError",
    ),
}
# Small enough to be downloaded, and still too much for a tree, for objects, or for a reader.
READ = {
    "tags": ("<b>" * 400_000, "more than 50000 tags"),
    "attributes": (f"<p {' '.join(f'a{n}' for n in range(200_000))}>", "a tag with more than 5000 attributes"),
    "lists": (f'<script type="application/json">[{"[]," * 1_000_000}1]</script>', "more than 300000 lists"),
    "objects": ("<script>window.X = [" + '{"a": 1},' * 100_000 + "1]</script>", "more than 80000 objects"),
    "words": ("a x " * 950_000, "more than 500000 words"),
    "letters": ("\U0001f3e0xyz" * 550_000, None),
    "numbers": (f'<script type="application/ld+json">[{"1.5," * 1_000_000}1]</script>', None),
}


@pytest.fixture(scope="module")
def usual(serve, tmp_path_factory):
    """Peak memory of the same crawl without a flood."""
    folder = tmp_path_factory.mktemp("usual")
    done, peak, _ = measured(folder, *words(folder, serve(site({ONE: page(ONE)})).url))
    assert done.code == 0
    return peak


def crawl(serve, folder, answer):
    told = words(folder, serve(site({ONE: answer})).url)
    return measured(folder, *told, settings={"DOWNLOAD_TIMEOUT": TIME_OUT})


@pytest.mark.parametrize("flood", claims("F11", {name: name for name in FLOODS}))
def test_f11_a_flood_is_one_failure_in_bounded_memory_and_time(serve, tmp_path, usual, flood):
    answer, reason = FLOODS[flood]
    done, peak, seconds = crawl(serve, tmp_path, answer)
    assert done.code == 3
    assert {line["listing_key"] for line in done.lines()} == set(HEALTHY)
    assert any(told.startswith(reason) for told in done.manifest["reasons"]), done.manifest["reasons"]
    assert not done.manifest["complete"]
    assert peak - usual < MOST_MB, f"{peak:.0f} MB, {usual:.0f} MB without the flood"
    assert seconds < LONGEST


@pytest.mark.fault("F11", "flat HTML")
@pytest.mark.parametrize("flood", READ)
def test_f11_what_is_small_enough_to_be_fetched_does_not_flood_the_reader(serve, tmp_path, usual, flood):
    text, reason = READ[flood]
    done, peak, _ = crawl(serve, tmp_path, lambda path: page(ONE, after=text))
    if reason is None:
        assert done.code == 0
    else:
        assert f"no listing could be read (parse_suspect: {reason})" in str(done.manifest["reasons"])
        assert {line["listing_key"] for line in done.lines()} == set(HEALTHY)
    assert peak - usual < MOST_MB, f"{peak:.0f} MB, {usual:.0f} MB without the flood"
