"""The stages of an item, one by one, with hand-made items."""

import asyncio
import datetime
import gzip
import json
import math
from decimal import Decimal
from types import SimpleNamespace

import pytest
from scrapy.exceptions import CloseSpider, DropItem
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.crawl import Crawl, crawl_of
from realestate_crawler.domain.privacy import Policy
from realestate_crawler.items import Listing
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.runs import claim_run
from realestate_crawler.landing.store import StoreError
from realestate_crawler.pipelines.deduplicate import DeduplicatePipeline
from realestate_crawler.pipelines.feed import STAT_FEEDS, FeedPipeline
from realestate_crawler.pipelines.identify import IdentifyPipeline
from realestate_crawler.pipelines.match import MatchPipeline
from realestate_crawler.pipelines.normalise import NormalisePipeline
from realestate_crawler.pipelines.privacy import PrivacyPipeline
from realestate_crawler.pipelines.quarantine import QuarantineItem
from realestate_crawler.pipelines.validate import ValidatePipeline

NOW = datetime.datetime(2026, 7, 1, 6, tzinfo=datetime.UTC)


@pytest.fixture
def crawl():
    criterion = Criterion(id="north", source="s", list_price={"max": 100})
    return Crawl(source="s", criterion=criterion, observed_at=NOW, volatile=frozenset({"views"}))


def listing(**told):
    return Listing(**{"listing_key": "k", **told})


def test_normalise_counts_what_it_could_not_read_and_keeps_it(crawl):
    stage = NormalisePipeline(crawl)
    for word in ("castle", "castle", "x" * 60):
        item = stage.process_item(listing(raw={"property_type": word, "year_built": "long ago", "list_price": "5 €"}))
        assert (item.property_type, item.list_price) == (None, 5)
        assert item.raw["property_type"] == word
    assert crawl.ledger.notes == {
        "outside_vocabulary: property_type (castle)": 2,
        f"outside_vocabulary: property_type ({'x' * 40})": 1,
        "unreadable: year_built": 3,
    }


def test_normalise_survives_a_value_too_deep_to_print(crawl):
    deep = value = []
    for _ in range(5000):
        value.append([])
        value = value[0]
    NormalisePipeline(crawl).process_item(listing(raw={"property_type": deep}))
    assert sum(crawl.ledger.notes.values()) == 1


def test_privacy_counts_without_naming(crawl):
    stage = PrivacyPipeline(Policy.DROP, b"", crawl)
    item = stage.process_item(listing(owner_name="Ana Canária", raw={"owner_name": "Ana Canária "}))
    assert "Canária" not in repr(item)
    assert crawl.ledger.notes == {"personal values: drop": 1}


def test_match_drops_with_the_key_that_excludes(crawl):
    stage = MatchPipeline(crawl)
    assert stage.process_item(listing(list_price=Decimal(100))).listing_key == "k"
    with pytest.raises(DropItem, match="outside the criterion: list_price"):
        stage.process_item(listing(list_price=Decimal(101)))
    assert crawl.ledger.drops == {"outside the criterion: list_price": 1}
    assert crawl.ledger.seen == {"k"}


def test_identify_stamps_the_observation(crawl):
    item = IdentifyPipeline(crawl).process_item(listing(extra={"views": 1}))
    assert (item.source, item.scope, item.observed_at) == ("s", "north", NOW)
    other = IdentifyPipeline(crawl).process_item(listing(extra={"views": 2}))
    assert item.content_hash == other.content_hash
    assert len(item.content_hash) == 32
    assert IdentifyPipeline(crawl).process_item(listing(extra={"x": math.nan})).content_hash == ""


@pytest.mark.fault("F34", "twice and equal", "twice and different")
def test_repeated_keys_are_dropped_and_told_apart(crawl):
    stage = DeduplicatePipeline(crawl)
    first = listing(content_hash="1")
    assert stage.process_item(first) is first
    for digest, how in (("1", "equal"), ("2", "different"), ("1", "equal")):
        with pytest.raises(DropItem, match=f"duplicate key, {how} content"):
            stage.process_item(listing(content_hash=digest))
    assert crawl.ledger.drops == {"duplicate key, equal content": 2, "duplicate key, different content": 1}
    for _ in range(2):
        stage.process_item(listing(listing_key=""))


def test_an_implausible_year_is_emptied_and_kept_raw(crawl):
    item = ValidatePipeline(crawl).process_item(listing(year_built=2090, title="Flat"))
    assert (item.year_built, item.raw, item.title) == (None, {"year_built": "2090"}, "Flat")
    item = ValidatePipeline(crawl).process_item(listing(year_built=12, raw={"year_built": "anno 12"}))
    assert item.raw == {"year_built": "anno 12"}
    assert crawl.ledger.notes == {"rule broken: year_built_implausible": 2}


@pytest.mark.fault("F34", "empty")
def test_a_listing_without_a_key_goes_to_quarantine(crawl):
    with pytest.raises(QuarantineItem) as caught:
        ValidatePipeline(crawl).process_item(listing(listing_key=""))
    assert caught.value.reason == "key_missing"


def test_a_spider_without_a_crawl_is_told_what_to_do():
    with pytest.raises(TypeError, match="derive it from"):
        crawl_of(SimpleNamespace(spider=SimpleNamespace()))


class Broken(LocalStore):
    """A folder that fails where it is told to."""

    def __init__(self, root, fails):
        super().__init__(root)
        self.fails = fails

    def put_file(self, key, path):
        if self.fails in key:
            raise StoreError(f"{key}: no space left")
        super().put_file(key, path)

    def put_if_absent(self, key, data):
        if self.fails in key:
            raise StoreError(f"{key}: no space left")
        return super().put_if_absent(key, data)


@pytest.fixture
def feed(crawl, tmp_path):
    def make(fails="nothing", lines=2):
        crawler = SimpleNamespace(settings=Settings())
        crawler.stats = MemoryStatsCollector(SimpleNamespace(settings=Settings({"STATS_DUMP": False})))
        return FeedPipeline(crawler, crawl, Broken(tmp_path / "landing", fails), tmp_path / "spool", lines)

    return make


def run(stage, items, reason="finished"):
    """What Scrapy does with the stage; returns the outcome and the reasons."""

    async def live():
        await stage.open_spider()
        for item in items:
            stage.crawl.ledger.account.schedule(item.listing_key)
            try:
                await stage.process_item(item)
            except QuarantineItem as error:
                await stage.item_dropped(item, error)
        await stage.spider_closed(SimpleNamespace(name="x"), reason)

    asyncio.run(live())
    return told(stage)


def told(stage):
    (only,) = stage.crawler.stats.get_value(STAT_FEEDS)
    return only.outcome, only.reasons


def manifest(stage):
    return json.loads(stage.store.get(stage.feeds["north"].run.prefix + "manifest.json"))


def some(count=5):
    return [listing(listing_key=f"k{number}", raw={}) for number in range(count)]


def test_a_feed_has_parts_and_a_manifest_that_tells_the_truth(feed):
    stage = feed()
    assert run(stage, some()) == ("complete", [])
    told = manifest(stage)
    assert [part["lines"] for part in told["parts"]] == [2, 2, 1]
    assert (told["items"], told["unique_listings"], told["run_seq"], told["complete"]) == (5, 5, 1, True)
    assert not stage.feeds["north"].folder.exists()


BAD = [
    ({"extra": {"x": math.nan}}, "nan is not a finite number"),
    ({"extra": {"x": [-math.inf]}}, "-inf is not a finite number"),
    ({"title": "\ud800"}, "surrogates not allowed"),
    ({"extra": {"\udfff": 1}}, "surrogates not allowed"),
    ({"title": "a\x00b"}, "NUL in a text"),
    ({"extra": {"a\x00": 1}}, "NUL in a text"),
    ({"extra": {"x": b"bytes"}}, "a bytes has no place in JSON"),
    ({"listing_key": "\ud800"}, "surrogates not allowed"),
]


def nested(levels):
    value = "bottom"
    for _ in range(levels):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("told", "reason"),
    [*BAD, ({"extra": {"x": nested(60)}}, "nested deeper"), ({"extra": {"x": nested(900)}}, "nested deeper")],
)
def test_an_unwritable_item_goes_to_quarantine_with_its_reason_and_the_others_arrive(feed, told, reason):
    stage = feed()
    stage.crawl.ledger.columns.update(told.get("extra", {}))
    stage.crawl.ledger.notes[f"outside: {told.get('title')}"] += 1
    outcome, reasons = run(stage, [*some(3), listing(**told)])
    assert (outcome, reasons) == ("partial", ["1 listings in quarantine"])
    assert manifest(stage)["items"] == 3
    assert manifest(stage)["unique_listings"] == 4
    (part,) = manifest(stage)["quarantine"]
    line = json.loads(gzip.decompress(stage.store.get(stage.feeds["north"].run.prefix + part["key"])))
    assert reason in line["reason"]
    assert line["item"]


@pytest.mark.parametrize("fails", ["part-00001", "part-00003", "quarantine", "manifest"])
def test_a_store_that_fails_keeps_the_local_copy_and_commits_nothing(feed, fails):
    stage = feed(fails)
    items = [*some(), listing(title="\x00")]
    outcome, reasons = run(stage, items)
    assert outcome == "undelivered"
    assert "no space left" in reasons[0]
    assert str(stage.feeds["north"].folder) in reasons[-1]
    assert not [key for key in stage.store.keys("feeds/") if key.endswith("manifest.json")]
    kept = {path.name for path in stage.feeds["north"].folder.iterdir()}
    sealed = json.loads((stage.feeds["north"].folder / "manifest.json").read_bytes())
    there = {key.rpartition("/")[2] for key in stage.store.keys(stage.feeds["north"].run.prefix)}
    assert {part["key"] for part in sealed["parts"] + sealed["quarantine"]} == (kept | there) - {"manifest.json"}


def test_a_manifest_that_is_there_already_is_never_replaced(feed):
    stage = feed()

    async def live():
        await stage.open_spider()
        stage.store.put_if_absent(stage.feeds["north"].run.prefix + "manifest.json", b"{}")
        await stage.spider_closed(SimpleNamespace(name="x"), "finished")

    asyncio.run(live())
    assert told(stage)[0] == "undelivered"
    assert stage.store.get(stage.feeds["north"].run.prefix + "manifest.json") == b"{}"


def test_a_busy_scope_closes_the_spider_before_it_starts(feed, monkeypatch):
    stage = feed()
    claim_run(stage.store, "s", "north", NOW)
    monkeypatch.setattr("os.getpid", lambda: 1)  # the claim was made by this process, which lives

    async def opening():
        with pytest.raises(CloseSpider):
            await stage.open_spider()
        await stage.spider_closed(SimpleNamespace(name="x"), "busy")

    asyncio.run(opening())
    assert told(stage)[0] == "busy"


def test_errors_in_callbacks_and_stages_are_no_complete_crawl(feed):
    stage = feed()
    stage.error_happened()
    outcome, reasons = run(stage, some(2))
    assert (outcome, reasons) == ("partial", ["1 errors while reading pages or items"])


def test_what_cannot_be_used_leaves_no_feed(feed):
    stage = feed()
    stage.crawl.ledger.unusable = True
    stage.crawl.ledger.gaps.append("t.json: damaged gzip")
    assert run(stage, []) == ("unusable", ["t.json: damaged gzip"])
    assert [key for key in stage.store.keys("feeds/") if "claims" not in key] == []
