"""F01: robots.txt that cannot be had, or is none: unreachable forbids everything, unavailable nothing (RFC 9309)."""

import pytest

from tests.crawl.market import KEYS
from tests.faults.table import claims
from tests.serving import RESET

RULES = b"User-agent: *\nDisallow: /listing/"
# Scope → the answer to /robots.txt.
ROBOTS = {
    "f01-500": 500,
    "f01-503": (503, {"Retry-After": "0"}, b""),
    "f01-dropped": RESET,
    "f01-404": 404,
    "f01-403": 403,
    "f01-utf16": (200, {"Content-Type": "text/plain"}, RULES.decode().encode("utf-16")),
    "f01-redirects": (302, {"Location": "/rules-1"}, b""),
}
# Scope → how each request ended that was not made.
UNREACHABLE = {
    "f01-500": "forbidden by robots.txt",
    "f01-503": "forbidden by robots.txt",
    "f01-dropped": "robots.txt could not be reached",
    "f01-utf16": "forbidden by robots.txt",
}
NOTES = {
    "f01-500": "robots.txt: HTTP 500: nothing is allowed",
    "f01-503": "robots.txt: HTTP 503: nothing is allowed",
    "f01-utf16": "robots.txt: not UTF-8: nothing is allowed",
}


def redirecting(path, key):
    """Six hops that end at the rules."""
    if path.startswith("/rules-"):
        hop = int(path.removeprefix("/rules-"))
        return (302, {"Location": f"/rules-{hop + 1}"}, b"") if hop < 6 else RULES
    return None


def faults(portal, port):
    return {scope: redirecting if scope == "f01-redirects" else lambda path, key: None for scope in ROBOTS}


@pytest.mark.parametrize(
    "scope",
    claims("F01", {"f01-500": "500", "f01-503": "503", "f01-dropped": "dropped", "f01-utf16": "UTF-16"}),
)
def test_f01_what_is_unreachable_or_unreadable_forbids_everything(crawled, scope):
    site = crawled[scope]
    assert site.times == []
    assert site.failed(UNREACHABLE[scope]) == 1, site.manifest["requests"]
    assert not site.manifest["complete"]
    assert site.manifest["failed"]
    assert NOTES.get(scope) in [*site.manifest["notes"], None]
    assert f"{scope}: partial (exit code 3)" in site.told


@pytest.mark.parametrize("scope", claims("F01", {"f01-404": "404", "f01-403": "403"}))
def test_f01_what_is_unavailable_allows_everything_and_is_noted(crawled, scope):
    site = crawled[scope]
    assert site.arrived == set(KEYS)
    assert site.manifest["complete"], site.manifest["reasons"]
    assert site.manifest["notes"][f"robots.txt: HTTP {scope[-3:]}: everything is allowed"] == 1


@pytest.mark.fault("F01", "redirects")
def test_f01_rules_behind_redirects_are_obeyed(crawled):
    site = crawled["f01-redirects"]
    assert [path for _, path in site.times if path.startswith("/rules-")] == [f"/rules-{hop}" for hop in range(1, 7)]
    assert any(path.startswith("/search") for _, path in site.times)
    assert not any(path.startswith("/listing/") for _, path in site.times)
    assert site.failed("forbidden by robots.txt") == len(KEYS)
    assert not site.manifest["complete"]
