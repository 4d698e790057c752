"""A site cannot lead the crawl into the machine or the network it runs in: F07, F08."""

import pytest
from twisted.internet.address import IPv4Address

from realestate_crawler.domain.network import is_internal
from realestate_crawler.middlewares.resolver import _Receiver
from tests.crawl.market import KEYS
from tests.faults.site import leading_to, linking_to, refreshing_to

BLOCKED = "blocked: an internal address"
RESOLVED = "blocked: a name that leads to an internal address"
FORMS = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::]",
    "10.0.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "224.0.0.1",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "metadata.google.internal",
    "\uff11\uff12\uff17.0.0.1",
)
WAYS = ("redirect", "link", "refresh", "spellings")


def faults(portal, port):
    targets = [f"http://{host}:{port}/{number}" for number, host in enumerate(FORMS)]
    spellings = [f"http://user:word@127.0.0.1:{port}/", f"//localhost:{port}/x", f"http:\\\\[::1]:{port}"]
    return {
        "f07-redirect": leading_to(targets),
        "f07-link": linking_to(portal, targets),
        "f07-refresh": refreshing_to(targets),
        "f07-spellings": leading_to(spellings),
        "f08-public": _after_a_503(f"http://elsewhere.example.com:{port}/"),
        "f08-internal": _after_a_503(f"http://127.0.0.1:{port}/"),
        "name-inside": lambda path, key: None,
        "name-named": lambda path, key: None,
    }


def _after_a_503(target):
    met = set()

    def answer(path, key):
        if key != KEYS[0]:
            return None
        if key not in met:
            met.add(key)
            return 503, {"Retry-After": "0"}, b""
        return 302, {"Location": target}, b""

    return answer


# F07: the market itself stands on 127.0.0.1 and is read; its neighbour on another port is not.
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.fault(
    "F07",
    "127.0.0.1",
    "127.1",
    "decimal",
    "hexadecimal",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "10/8",
    "169.254.169.254",
    "0.0.0.0",
    "localhost.",
)
def test_f07_nothing_internal_is_reached_and_the_run_goes_on(crawled, way):
    site = crawled[f"f07-{way}"]
    count = 3 if way == "spellings" else len(FORMS)
    assert site.visitors == 0
    assert site.failed(BLOCKED) == count, site.manifest["requests"]
    assert site.arrived == set(KEYS[count:])
    assert not site.manifest["complete"]


# F07: a start address in numbers is allowed because a person wrote it; a public name that leads inside is not.
def test_f07_a_name_that_leads_inside_is_refused_when_the_connection_is_made(crawled):
    site = crawled["name-inside"]
    assert (site.times, site.failed(RESOLVED), site.manifest["complete"]) == ([], 1, False)


def test_f07_an_internal_name_is_reached_when_the_operator_says_so(crawled):
    assert crawled["name-named"].arrived == set(KEYS)
    assert crawled["name-named"].manifest["complete"]


# F07: rebinding: every connection asks the guard, so that the second answer is looked at like the first.
def test_f07_the_second_answer_is_looked_at_too():
    passed = []

    class Receiver:
        def addressResolved(self, address):  # noqa: N802 (Twisted's name)
            passed.append(address.host)

    for answer in ("93.184.216.34", "127.0.0.1", "10.0.0.7", "169.254.169.254", "100.64.0.1", "8.8.8.8"):
        _Receiver(Receiver(), "rebinding.example.com", 80).addressResolved(IPv4Address("TCP", answer, 80))
    assert passed == ["93.184.216.34", "8.8.8.8"]


@pytest.mark.parametrize("host", ["93.184.216.34", "example.com", "2606:2800:220:1::1", "3232235777.example.com"])
def test_f07_the_public_network_is_not_internal(host):
    assert not is_internal(host)


@pytest.mark.parametrize("host", ["64:ff9b::7f00:1", "2002:7f00:1::", "fd00::1", "fe80::1%eth0", "ff02::1", "intranet"])
def test_f07_what_carries_an_internal_address_is_internal(host):
    assert is_internal(host)


# F08: after a 503 Scrapy asks again unfiltered; a redirect then leads away.
@pytest.mark.parametrize(
    ("scope", "how"),
    [
        pytest.param("f08-public", "blocked: another site", marks=pytest.mark.fault("F08", "to a public host")),
        pytest.param("f08-internal", BLOCKED, marks=pytest.mark.fault("F08", "to an internal address")),
    ],
)
def test_f08_a_retry_opens_no_way_out(crawled, scope, how):
    site = crawled[scope]
    assert site.visitors == 0
    assert site.failed(how) == 1, site.manifest["requests"]
    assert len(site.asked(KEYS[0])) == 2
    assert site.arrived == set(KEYS[1:])
