"""A site that asks for a pause gets it: F04, by the times at which requests reached the server."""

import datetime
from email.utils import format_datetime

import pytest

from tests.crawl.market import KEYS
from tests.faults.table import claims

ONE = KEYS[0]
# Eight at a time; when one is answered the next leaves, before anybody has looked at the answer.
UNDER_WAY = 16
LEFT = "the host is left alone: it asked to wait too often or too long"


def _in(seconds):
    return format_datetime(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds), usegmt=True)


# Scope → status, Retry-After of the first answer (None = no header), seconds until the second request at least.
PAUSES = {
    "f04-seconds": (429, lambda: "3", 3.0),
    "f04-date": (503, lambda: _in(4), 3.0),  # a date has whole seconds
    "f04-past": (429, lambda: _in(-3600), 1.0),
    "f04-garbage": (429, lambda: "soon, I hope", 2.0),
    "f04-none-429": (429, lambda: None, 2.0),
    "f04-none-503": (503, lambda: None, 2.0),
}
ABSURD = {"f04-absurd": "1000000000", "f04-digits": "9" * 5000, "f04-century": "Fri, 31 Dec 2199 23:59:59 GMT"}


def faults(portal, port):
    return {
        **{scope: _once(status, header) for scope, (status, header, _) in PAUSES.items()},
        **{scope: _always(429, {"Retry-After": told}) for scope, told in ABSURD.items()},
        "f04-always": _always(429, {"Retry-After": "1"}),
    }


def _once(status, header):
    met = set()

    def answer(path, key):
        if key != ONE or key in met:
            return None
        met.add(key)
        told = header()
        return status, {"Retry-After": told} if told else {}, b""

    return answer


def _always(status, headers):
    return lambda path, key: (status, headers, b"") if key else None


VARIANTS = {
    "f04-seconds": "seconds",
    "f04-date": "date",
    "f04-past": "past date",
    "f04-garbage": "garbage",
    "f04-none-429": "no header",
    "f04-none-503": "no header",
}


@pytest.mark.parametrize("scope", claims("F04", VARIANTS))
def test_f04_nobody_asks_before_the_time(crawled, scope):
    site = crawled[scope]
    first, second = site.asked(ONE)
    told = PAUSES[scope][2]
    assert second - first >= 0.95 * told
    # The whole host rests: only what was under way already still comes, on a busy machine as late as it likes.
    meanwhile = [when for when, _ in site.times if first < when < first + 0.9 * told]
    assert len(meanwhile) <= UNDER_WAY < len(KEYS)
    assert site.arrived == set(KEYS)
    assert site.manifest["complete"], site.manifest["reasons"]


@pytest.mark.parametrize("scope", claims("F04", dict.fromkeys(ABSURD, "absurd")))
def test_f04_who_asks_for_ages_is_left_alone_at_once(crawled, scope):
    site = crawled[scope]
    assert len([path for _, path in site.times if "/listing/" in path]) <= UNDER_WAY
    assert 1 <= site.failed("HTTP 429") <= UNDER_WAY
    assert site.failed(LEFT) > 0
    assert not any("never ended" in reason for reason in site.manifest["reasons"])
    assert not site.manifest["complete"]


def test_f04_who_never_stops_asking_is_left_alone(crawled):
    site = crawled["f04-always"]
    assert site.failed(LEFT) > 0
    # On a busy machine an answer may come too late to be one: that is a failure of its own.
    failures = {how: number for how, number in site.manifest["requests"].items() if how.startswith("failed: ")}
    assert sum(failures.values()) == len(KEYS), failures
    assert not site.arrived
    listing_times = [when for when, path in site.times if "/listing/" in path]
    assert max(listing_times) - min(listing_times) >= 5
    assert len(listing_times) <= 6 * UNDER_WAY
    assert not site.manifest["complete"]
