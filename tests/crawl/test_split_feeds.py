"""One crawl that fills several feeds: each has its own run, its own errors and its own end."""

import asyncio
import json
from types import SimpleNamespace

import pytest
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.crawl import Crawl
from realestate_crawler.items import Listing
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.runs import claim_run
from realestate_crawler.landing.store import StoreError
from realestate_crawler.pipelines.feed import STAT_FEEDS, FeedPipeline
from realestate_crawler.pipelines.quarantine import QuarantineItem
from tests.crawl.test_pipelines import NOW


class Refusing(LocalStore):
    """A folder that takes nothing for one scope."""

    def put_if_absent(self, key, data):
        if "scope=town.bo/" in key:
            raise StoreError(f"{key}: no space left")
        return super().put_if_absent(key, data)


@pytest.fixture
def stage(tmp_path, monkeypatch):
    monkeypatch.setenv("REALESTATE_LANDING", str(tmp_path / "landing"))

    def make(store=LocalStore):
        crawl = Crawl(source="s", criterion=Criterion(id="town", source="s"), observed_at=NOW, unnamed="no portal")
        for name in ("ann", "bo"):
            crawl.branch(f"town.{name}", {"value": name}).ledger.expected = 2
        crawler = SimpleNamespace(settings=Settings())
        crawler.stats = MemoryStatsCollector(SimpleNamespace(settings=Settings({"STATS_DUMP": False})))
        return FeedPipeline(crawler, crawl, store(tmp_path / "landing"), tmp_path / "spool", 100)

    return make


def run(stage, *more, error_in=""):
    """Two items of each portal through the stage; scope → what became of it."""

    async def live():
        await stage.open_spider()
        items = [Listing(listing_key=f"{name}{n}", scope=f"town.{name}") for name in ("ann", "bo") for n in (1, 2)]
        await asyncio.gather(*(stage.process_item(item) for item in items))
        for item in more:
            await stage.item_dropped(item, QuarantineItem("no portal", item))
            stage.crawl.ledger.expected += 1
        if error_in:
            stage.error_happened(Listing(scope=error_in))
        await stage.spider_closed(SimpleNamespace(name="x"), "finished")

    asyncio.run(live())
    return {told.scope: told for told in stage.crawler.stats.get_value(STAT_FEEDS)}


def manifest(stage, scope):
    return json.loads(stage.store.get(stage.feeds[scope].run.prefix + "manifest.json"))


def test_each_branch_has_its_feed_and_nothing_is_claimed_for_the_whole(stage):
    live = stage()
    told = run(live)
    assert {scope: each.outcome for scope, each in told.items()} == {"town.ann": "complete", "town.bo": "complete"}
    assert manifest(live, "town.bo")["items"] == 2
    assert manifest(live, "town.bo")["criterion"]["options"] == {"value": "bo"}
    assert not list(live.store.keys("feeds/source=s/scope=town/"))


def test_what_belongs_to_no_branch_is_a_feed_of_its_own(stage):
    live = stage()
    told = run(live, Listing(listing_key="x"))
    assert told["town"].outcome == "partial"
    assert manifest(live, "town")["quarantined"] == 1


def test_an_error_in_one_branch_is_none_of_the_others(stage):
    told = run(stage(), error_in="town.ann")
    assert (told["town.ann"].outcome, told["town.bo"].outcome) == ("partial", "complete")


def test_an_error_of_the_whole_is_one_of_each(stage):
    live = stage()
    live.error_happened()
    assert {each.outcome for each in run(live).values()} == {"partial"}


def test_a_busy_branch_stops_itself_only(stage, monkeypatch):
    live = stage()
    claim_run(live.store, "s", "town.bo", NOW)
    monkeypatch.setattr("os.getpid", lambda: 1)  # the claim was made by this process, which lives
    told = run(live, Listing(listing_key="lost", scope="town.bo"))
    assert (told["town.ann"].outcome, told["town.bo"].outcome) == ("complete", "busy")
    assert "is at work" in told["town.bo"].reasons[0]
    assert not list((live.store.root / "feeds").rglob("scope=town.bo/run=*"))


def test_a_branch_that_the_store_refuses_is_told_and_the_others_are_delivered(stage):
    told = run(stage(Refusing))
    assert (told["town.ann"].outcome, told["town.bo"].outcome) == ("complete", "undelivered")
    assert "no space left" in told["town.bo"].reasons[0]
