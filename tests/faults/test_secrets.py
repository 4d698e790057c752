"""F20: canary secrets in every place where secrets lie; none of them can be read in anything that is written."""

import gzip
import json
from urllib.parse import urlsplit

import pytest

from realestate_crawler.demo_market.portal import Portal
from realestate_crawler.exit_codes import ExitCode
from realestate_crawler.redaction import Redaction
from realestate_crawler.settings import known_secrets
from tests.crawl.market import CITY, DAY, MARKET, watch
from tests.crawling import arguments, crawl, run_module
from tests.faults.table import claims
from tests.object_store import ObjectStore
from tests.object_store import environment as store_environment
from tests.serving import Server, fetch

CANARY = "canary"
HEADERS = {
    "Set-Cookie": "session=canary-cookie-1",
    "X-Api-Key": "canary-header-2",
    "Authorization": "Bearer canary-header-3",
}
ENVIRONMENT = {
    "AWS_SECRET_ACCESS_KEY": "canary-environment-1",
    "AWS_SESSION_TOKEN": "canary-environment-2",
    "REALESTATE_PERSONAL_DATA": "hash",
    "REALESTATE_PERSONAL_DATA_KEY": "canary-environment-3",
    "REALESTATE_RESO_TOKEN": "canary-environment-4",
    "REALESTATE_LOG_LEVEL": "DEBUG",
}
SETTINGS = {"AWS_SECRET_ACCESS_KEY": "canary-setting-1", "SHOP_API_KEY": "canary-setting-2"}
DRUID = {
    "REALESTATE_DRUID_USER": "druid",
    "REALESTATE_DRUID_PASSWORD": "canary-druid",
    "REALESTATE_DRUID_DEADLINE": "2",
}


@pytest.fixture(scope="module")
def site():
    """The market behind a proxy that wants a password; every answer has secrets in its headers."""
    with Portal(MARKET, day=DAY) as portal:

        def answer(path):
            status, headers, body = fetch(portal.url, urlsplit(path)._replace(scheme="", netloc="").geturl())
            return status, {**headers, **HEADERS}, body

        server = Server(answer)
        yield server, portal
        server.close()


def shown(texts):
    """Where a canary can be read: name of the place → what it is in."""
    found = {}
    for name, text in texts.items():
        data = text.encode() if isinstance(text, str) else text
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        place = data.find(CANARY.encode())
        if place >= 0:
            found[name] = data[max(0, place - 80) : place + 60]
    return found


def files(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def crawled(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("secrets")
    server, portal = site
    done = crawl(
        folder,
        "tells_all",
        *arguments(city=CITY, id="town"),
        settings={**SETTINGS, "SPIDER_MODULES": "tests.crawl.failing"},
        http_proxy=server.url.replace("://", "://user:canary-proxy-1@"),
        no_proxy="",
        REALESTATE_DEMO_MARKET_URL=portal.url,
        **ENVIRONMENT,
    )
    return folder, done, server


PLACES = ["environment", "settings", "proxy", "exception text", "response header"]


@pytest.mark.parametrize("place", claims("F20", {place: place for place in PLACES}))
def test_f20_a_crawl_at_debug_level_shows_none(crawled, place):
    folder, done, server = crawled
    assert done.code == ExitCode.PARTIAL
    assert shown({"out": done.out, "err": done.err, **files(folder)}) == {}
    met = {
        "environment": "the key is [secret]",
        "settings": "'AWS_SECRET_ACCESS_KEY': '[secret]'",
        "proxy": "DEBUG: Crawled (200)",
        "exception text": "RuntimeError: no such key: [secret]",
        "response header": "DEBUG: Crawled (200)",
    }
    assert met[place] in done.err, "what would show it was not even met"
    assert any("Proxy-Authorization" in headers for headers in server.headers)


@pytest.fixture(scope="module")
def materialized(site, tmp_path_factory):
    """A run into a store, with a Druid that does not answer: all that it said and wrote."""
    folder = tmp_path_factory.mktemp("materialized")
    watch(folder, town=site[1].url)
    with ObjectStore("bucket") as store:
        places = {f"REALESTATE_{name}": f"s3://bucket/{name.lower()}" for name in ("LANDING", "LAKE", "REPORTS")}
        env = {
            **ENVIRONMENT,
            **store_environment(store.url),
            **places,
            **DRUID,
            "REALESTATE_DRUID_URL": "http://127.0.0.1:9",
        }
        done = run_module(folder, "orchestration", "materialize", seconds=280, **env)
        objects = {key: data for (_, key), (data, *_) in store.objects.items()}
    return folder, done, objects


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "place", claims("F20", {place: place for place in ("Druid password", "Dagster config", "environment")})
)
def test_f20_a_materialization_shows_none_in_logs_events_tables_and_feeds(materialized, place):
    folder, done, objects = materialized
    assert done.returncode == ExitCode.FAILED, done.stderr[-3000:]
    assert "druid" in done.stderr.lower()
    assert [key for key in objects if "_delta_log" in key]
    assert [key for key in objects if key.endswith("manifest.json")]
    assert [name for name in files(folder) if name.endswith(".db")], "Dagster's run history"
    assert [name for name in files(folder) if name.endswith(".log") and b"DEBUG" in files(folder)[name]]
    assert shown({"out": done.stdout, "err": done.stderr, **files(folder), **objects}) == {}


@pytest.mark.fault("F20", "feed address")
@pytest.mark.parametrize(
    ("words", "env", "code"),
    [
        (["scrapy", "crawl", "demo_market", "-a", "city=X"], {"REALESTATE_LANDING": "s3://me:canary-1@bucket/x"}, 2),
        (["orchestration", "materialize"], {"REALESTATE_LANDING": "s3://me:canary-1@bucket/x"}, 5),
        (["orchestration", "materialize"], {"REALESTATE_LAKE": "s3://me:canary-1@bucket/x"}, 5),
        (["orchestration", "doctor"], {"REALESTATE_LANDING": "s3://me:canary-1@bucket/x"}, 5),
        (["scrapy", "crawl", "demo_market", "-a", "criteria=CRITERIA"], {}, 2),
    ],
)
def test_f20_an_address_that_carries_a_password_is_refused_and_not_repeated(tmp_path, words, env, code):
    url = "http://me:canary-2@127.0.0.1:9"
    criterion = {"id": "a", "source": "demo_market", "city": "X", "options": {"url": url}}
    path = tmp_path / "criteria.yaml"
    if words[0] == "scrapy":
        path.write_text(json.dumps({"criteria": [criterion]}))
    else:
        path.write_text(json.dumps({"criteria": [{**criterion, "options": {}}]}))
    told = [str(path).join(word.split("CRITERIA")) for word in words]
    env = {"AWS_REGION": "x", **env}
    done = run_module(tmp_path, *told, seconds=120, **env)
    assert done.returncode == code, done.stderr[-2000:]
    told = {name: data for name, data in files(tmp_path).items() if name != str(path)}
    assert shown({"out": done.stdout, "err": done.stderr, **told}) == {}
    assert not (tmp_path / "landing").exists()


def test_what_is_secret_is_known_by_its_name_and_masked_wherever_it_stands(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://u:p%40ssword@proxy:1")
    monkeypatch.setenv("SOME_TOKEN", "abc")
    found = known_secrets(
        {"MAIL_PASSWORD": "hunter2hunter2", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "BOT_NAME": "the-bot"}
    )
    assert {"hunter2hunter2", "p%40ssword", "p@ssword"} <= found
    assert not {"AKIAEXAMPLE", "the-bot", "abc", ""} & found
    assert Redaction(["secret", "secret-longer"]).masked("a secret-longer secret") == "a [secret] [secret]"
