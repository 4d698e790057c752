"""A page cannot lead the browser into the machine or the network it runs in: F07, F08 with the real Chromium."""

import json
import re
import shutil

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.portal import Portal
from tests.crawl.market import behind
from tests.crawl.test_site_crawl import CITY, profile
from tests.crawling import arguments, crawl
from tests.faults.names import SETTING, VARIABLE
from tests.faults.site import Trap
from tests.faults.test_internal_addresses import BLOCKED, FORMS, RESOLVED
from tests.serving import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium on this machine"),
]
MARKET = Market(11, 400)
ADVERTS = [advert for advert in MARKET.adverts(1) if advert.city == CITY and advert.offer == "sale"]
KEYS = sorted(advert.key for advert in ADVERTS if advert.bedrooms)
NAMES = {"inside.example.com": ["127.0.0.1"], "turning.example.com": ["93.184.216.34", "127.0.0.1"]}
ROBOTS = b"User-agent: *\nDisallow: /forbidden\n"

# What a page may try while it is shown. TRAP is the other server, /hop/… a redirect of the site's own to it.
LOADED = {
    "script": "<script src='TRAP/a.js'></script>",
    "style": "<link rel=stylesheet href='TRAP/a.css'>"
    "<style>@import url('TRAP/b.css'); b {background: url(TRAP/c)}</style>",
    "frame": "<iframe src='TRAP/f'></iframe><object data='TRAP/o'></object><embed src='TRAP/e'>",
    "frame inside a frame": '<iframe srcdoc="<iframe src=TRAP/g></iframe><script>fetch(`TRAP/h`)</script>"></iframe>',
    "picture, film, font": "<img src='TRAP/i'><video src='TRAP/v' autoplay></video>"
    "<link rel=preload as=font href='TRAP/t'>",
    "hints": "<link rel=prefetch href='TRAP/p'><link rel=preconnect href='TRAP'><link rel=dns-prefetch href='TRAP'>"
    "<link rel=modulepreload href='TRAP/m.js'><link rel=prerender href='TRAP/r'><link rel=icon href='TRAP/s'>",
    "speculation": '<script type=speculationrules>{"prefetch": [{"urls": ["TRAP/x"], "eagerness": "immediate"}],'
    '"prerender": [{"urls": ["/forbidden/x"], "eagerness": "immediate"}]}</script><script type=speculationrules>'
    '{"prefetch": [{"urls": ["/forbidden/y"], "eagerness": "immediate"}]}</script>',
    "fetch": "<script>fetch('TRAP/j'); fetch('TRAP/k', {mode: 'no-cors', keepalive: true})</script>",
    "request": "<script>const x = new XMLHttpRequest(); x.open('GET', 'TRAP/l'); x.send()</script>",
    "beacon": "<script>navigator.sendBeacon('TRAP/n', 'x')</script>",
    "events": "<script>new EventSource('TRAP/q')</script>",
    "sockets": "<script>new WebSocket('ws://TRAPHOST/w'); new WebSocket('wss://TRAPHOST/z')</script>",
    "worker": "<script>for (const code of [\"importScripts('TRAP/u.js')\", \"fetch('TRAP/y')\"])"
    "new Worker(URL.createObjectURL(new Blob([code]))); new SharedWorker('TRAP/sw.js')</script>",
    "service worker": "<script>navigator.serviceWorker && navigator.serviceWorker.register('/sw.js')</script>",
    "peer": "<iframe id=i></iframe><script>for (const w of [window, i.contentWindow]) { try {"
    "const p = new w.RTCPeerConnection({iceServers: [{urls: 'stun:TRAPHOST'},"
    "{urls: 'turn:TRAPHOST?transport=tcp', username: 'a', credential: 'b'}]}); p.createDataChannel('x');"
    "p.createOffer().then(o => p.setLocalDescription(o)) } catch {} }</script>",
    "transport": "<script>try { new WebTransport('https://TRAPHOST/wt') } catch {}</script>",
    "window": "<script>window.open('TRAP/open'); window.open('about:blank')</script>"
    "<a id=a target=_blank href='TRAP/b'>x</a><a id=p ping='TRAP/p' href='#x'>x</a>"
    "<script>a.click(); p.click()</script>",
    "file": "<iframe src='file:///etc/passwd'></iframe><script>fetch('file:///etc/passwd').catch(() => 0)</script>",
    "hop": "<script src='/hop/a.js'></script><iframe src='/hop/b'></iframe><script>fetch('/hop/c')</script>"
    "<img src='/hop/d'>",
    "name that leads inside": "<script src='http://inside.example.com:PORT/'></script>"
    "<script>fetch('http://intranet:PORT/'); fetch('http://inside.example.com:PORT/a')</script>",
    "forms of this machine": "<script>for (const h of FORMS) fetch('http://' + h + ':PORT/')</script>",
    "forbidden by robots.txt": "<script src='/forbidden/a.js'></script><iframe src='/forbidden/b'></iframe>"
    "<script>fetch('/forbidden/c'); fetch('/hop-to-forbidden')</script>",
}
LATER = "<script>addEventListener('load', () => setTimeout(() => location.replace('{}'), 50))</script>"
# What takes the page's place once it is there: it is not let, and the page stays as it is.
STAYS = {
    "location": LATER.format("TRAP/later"),
    "location, forbidden": LATER.format("/forbidden/later"),
    "location, hop": LATER.format("/hop/later"),
    "location, file": "<script>location.href = 'file:///etc/passwd'</script>",
    "refresh": "<meta http-equiv=refresh content='0; url=TRAP/refresh'>",
}
# What takes the page's place before it is there: the page leads there, and is refused like a redirect.
AWAY = {
    "<script>location.href = 'TRAP/away'</script>": BLOCKED,
    "<script>location.replace('/forbidden/away')</script>": "forbidden by robots.txt",
    "<script>location.replace('/hop/away')</script>": BLOCKED,
    "<script>location.replace('http://elsewhere.example.com:PORT/')</script>": "blocked: another site",
    "<form id=f method=post action='TRAP/form'></form><script>f.submit()</script>": BLOCKED,
    "<a id=d download href='TRAP/d'>x</a><script>d.click()</script>": BLOCKED,
}
# Where the page itself redirects to.
HOPS = {f"http://{host}:PORT/{number}": BLOCKED for number, host in enumerate(FORMS)} | {
    "http://inside.example.com:PORT/": "blocked: another site",
    "/hop/page": BLOCKED,
    "/forbidden/page": "forbidden by robots.txt",
    "http://elsewhere.example.com:PORT/": "blocked: another site",
    "file:///etc/passwd": "HTTP 302",
}


class Tried:
    """One crawl in which every listing's page tries something else."""

    def __init__(self, folder):
        self.trap = Trap()
        keys = iter(KEYS)
        self.of = dict(zip([*LOADED, *STAYS], keys, strict=False))
        pages = {self.of[name]: self._written(page) for name, page in {**LOADED, **STAYS}.items()}
        self.away = {next(keys): self._written(page) for page in AWAY}
        self.hops = {next(keys): self._written(target) for target in HOPS}
        self.after_503 = next(keys)
        self.met = set()
        pages |= self.away
        with Portal(MARKET, day=1) as portal:
            pass_on = behind(portal)

            def answer(path):
                if path.startswith("/hop-to-forbidden"):
                    return 302, {"Location": "/forbidden/hop"}, b""
                if path.startswith("/hop/"):
                    return 302, {"Location": self._written("TRAP/hop")}, b""
                key = (re.match(r"/listing/(\w+)", path) or [None, None])[1]
                if key == self.after_503 and key not in self.met:
                    self.met.add(key)
                    return 503, {"Retry-After": "0"}, b""
                if key == self.after_503:
                    return 302, {"Location": self._written("TRAP/503")}, b""
                if key in self.hops:
                    return 302, {"Location": self.hops[key].encode().decode("latin-1")}, b""
                status, headers, body = pass_on(path)
                return status, headers, body.replace(b"</body>", pages.get(key, "").encode() + b"</body>")

            self.site = Server(answer, robots=ROBOTS)
            try:
                rendered = profile(folder, self.site.url, needs_javascript=True)
                words = arguments(profile=rendered, city=CITY, offer="sale", country="PT")
                settings = {**SETTING, "RETRY_TIMES": 1, "LOG_LEVEL": "INFO"}
                self.done = crawl(folder, "site", *words, settings=settings, **{VARIABLE: json.dumps(NAMES)})
            finally:
                self.site.close()
                self.trap.close()
        self.manifest = self.done.manifest
        self.arrived = {line["listing_key"] for line in self.done.lines()}

    def _written(self, page):
        page = page.replace("TRAPHOST", f"127.0.0.1:{self.trap.port}").replace("FORMS", json.dumps(FORMS))
        return page.replace("TRAP", f"http://127.0.0.1:{self.trap.port}").replace("PORT", str(self.trap.port))

    def refused(self, why):
        """How often the browser was refused something for a reason."""
        return sum(count for note, count in self.manifest["notes"].items() if why in note and "browser" in note)


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    return Tried(tmp_path_factory.mktemp("browser"))


@pytest.mark.fault("F07", "127.0.0.1")
def test_f07_whatever_pages_try_nobody_comes_to_the_other_server(tried):
    assert tried.trap.visitors == 0
    assert tried.refused("blocked: an internal address") > len(FORMS)
    assert tried.refused("an internal or unknown address") >= 2  # sockets, workers: only the gateway sees them


def test_f07_no_page_that_robots_forbid_is_asked_by_a_page(tried):
    assert [path for path in tried.site.asked if path.startswith("/forbidden")] == []
    assert "/hop-to-forbidden" in tried.site.asked
    assert tried.refused("forbidden by robots.txt") >= 5


@pytest.mark.parametrize("name", [*LOADED, *STAYS])
def test_f07_the_page_is_read_all_the_same(tried, name):
    assert tried.of[name] in tried.arrived


def test_f07_where_a_page_leads_is_followed_by_the_rules_of_every_request(tried):
    wanted = {}
    for why in [*HOPS.values(), *AWAY.values()]:
        wanted[f"failed: {why}"] = wanted.get(f"failed: {why}", 0) + 1
    wanted[f"failed: {BLOCKED}"] += 1  # F08, below
    told = {how: count for how, count in tried.manifest["requests"].items() if how.startswith("failed")}
    assert told == wanted
    assert tried.arrived & {*tried.hops, *tried.away, tried.after_503} == set()
    assert set(tried.of.values()) <= tried.arrived
    assert not tried.manifest["complete"]


@pytest.mark.fault("F08", "to an internal address")
def test_f08_after_a_503_a_redirect_leads_nowhere_either(tried):
    asked = [path for path in tried.site.asked if tried.after_503 in path]
    assert len(asked) == 2


def test_the_browser_loads_no_picture_and_says_who_it_is(tried):
    assert not [path for path in tried.site.asked if path.endswith((".png", ".jpg", ".ico"))]
    assert "/hop/d" not in tried.site.asked
    assert {agent.partition("/")[0] for agent in tried.site.agents} == {"realestate-crawler"}


def test_f07_a_name_that_leads_inside_is_refused_as_a_page_of_the_operators_own(tmp_path):
    trap = Trap()
    try:
        page = profile(tmp_path, f"http://inside.example.com:{trap.port}", needs_javascript=True)
        page.write_text(page.read_text().replace("- 127.0.0.1", "- inside.example.com"))
        words = arguments(profile=page, city=CITY, offer="sale", country="PT")
        names = {VARIABLE: json.dumps(NAMES), "REALESTATE_CONTACT": "tests@example.org"}
        done = crawl(tmp_path, "site", *words, settings=SETTING, **names)
    finally:
        trap.close()
    assert trap.visitors == 0
    assert done.manifest["requests"] == {f"failed: {RESOLVED}": 1}
