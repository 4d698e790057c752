"""What the words after `-a` ask for, and that nothing is requested when they cannot be used."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.spiders.arguments import understand
from realestate_crawler.spiders.demo_market import DemoMarketSpider
from realestate_crawler.spiders.site import SiteSpider


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("REALESTATE_CRITERIA", str(tmp_path / "nowhere.yaml"))
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "watch.yaml"
    entries = [{"id": name, "source": "demo_market", "city": name} for name in ("a", "b")]
    path.write_text(json.dumps({"criteria": [*entries, {"id": "c", "source": "elsewhere"}]}))
    return path


def ids(**words):
    return [criterion.id for criterion in understand("demo_market", words).criteria]


def test_a_file_gives_all_criteria_of_the_spider_and_only_selects(file):
    asked = understand("demo_market", {"criteria": str(file)})
    assert [criterion.id for criterion in asked.criteria] == ["a", "b"]
    assert asked.others == ("c",)
    assert ids(criteria=str(file), only="b") == ["b"]
    assert ids(criteria=str(file), only=" b, a ") == ["a", "b"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"only": "z"}, "no criterion z; there are a, b, c"),
        ({"only": "c"}, "no criterion among the selected has source demo_market"),
        ({"only": ""}, "argument only: names no criterion"),
        ({"only": " , "}, "argument only: names no criterion"),
        ({"colour": "red"}, "argument colour: unknown; there are"),
        ({"options": "x"}, "argument options: unknown"),
        ({"source": "x"}, "argument source: unknown"),
        ({"list_price": "3"}, "argument list_price: unknown"),
        ({"observed_at": "yesterday"}, "argument observed_at: 'yesterday' is not an ISO 8601 time"),
        ({"observed_at": ""}, "argument observed_at"),
        ({"observed_at": "2092-07-01T06:00:00Z"}, "lies more than a year ahead"),
        ({"id": "mine"}, "argument id: names one criterion, 2 are selected (a, b)"),
    ],
)
def test_words_that_cannot_be_used_are_named(file, words, reason):
    with pytest.raises(CriteriaError) as caught:
        understand("demo_market", {"criteria": str(file), **words})
    assert reason in str(caught.value)


def test_without_a_file_words_make_a_criterion_of_their_own(file):
    (one,) = understand("demo_market", {"city": "Porto", "offer": "buy"}).criteria
    assert (one.source, one.city, one.offer) == ("demo_market", "Porto", "sale")
    assert one.id.startswith("adhoc-")
    assert ids(city="Porto", offer="sale") == [one.id]
    assert ids(city="Porto", offer="rent") != [one.id]
    assert ids(city="Porto", id="mine") == ["mine"]
    with pytest.raises(CriteriaError, match="selects from a file"):
        understand("demo_market", {"city": "Porto", "only": "a"})
    with pytest.raises(CriteriaError, match="nothing to watch: give -a criteria=FILE"):
        understand("demo_market", {})


def test_overriding_words_make_another_scope(file):
    """Under the old scope, everything that the words exclude would count as gone."""
    plain = ids(criteria=str(file))
    narrow = ids(criteria=str(file), list_price_max="5")
    assert not set(plain) & set(narrow)
    assert narrow == ids(criteria=str(file), list_price_max="5.0")
    assert set(narrow).isdisjoint(ids(criteria=str(file), list_price_max="6"))
    assert len(set(narrow)) == 2
    assert all(name.startswith(f"{before}-adhoc-") for name, before in zip(narrow, plain, strict=True))


@pytest.mark.parametrize(
    "words", [{}, {"list_price_max": "5"}, {"only": "a", "city": "Porto"}, {"observed_at": "2026-07-01T06:00:00Z"}]
)
def test_each_planned_crawl_follows_exactly_the_criterion_that_was_planned(file, words):
    words = {"criteria": str(file), **words}
    planned = understand("demo_market", words).criteria
    spiders = [DemoMarketSpider(**plan) for plan in DemoMarketSpider.plan(words)]
    assert [spider.crawl.criterion for spider in spiders] == list(planned)


def test_a_time_is_utc_and_the_present_has_whole_seconds(file):
    told = understand("demo_market", {"city": "x", "observed_at": "2026-07-01T06:00:00+02:00"}).observed_at
    assert told.isoformat() == "2026-07-01T04:00:00+00:00"
    assert understand("demo_market", {"city": "x"}).observed_at.microsecond == 0


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ({"list_price_min": "1234567"}, {"min_price": "1234567"}),
        ({"list_price_max": "0.5"}, {"max_price": "0.5"}),
        ({"list_price_max": "123456789.25"}, {"max_price": "123456789.25"}),
        ({"list_price_min": "0"}, {}),
        ({"list_price_max": "0"}, {}),
        ({"bedrooms_total_min": "2.5"}, {"bedrooms_min": "2"}),
        ({"bedrooms_total_max": "2"}, {}),
        ({"property_types": "house"}, {"property_type": "house"}),
        ({"property_types": "house,flat"}, {}),
        ({"offer": "buy", "city": "São Telmo"}, {"offer": "sale", "city": "São Telmo"}),
    ],
)
def test_the_query_never_excludes_what_the_criterion_includes(file, words, query):
    words = {"city": "x", **words}
    asked = urlsplit(DemoMarketSpider(**words).address({})).query
    assert dict(parse_qsl(asked)) == {"city": "x", **query}


def test_a_part_of_a_search_takes_the_place_of_what_it_narrows():
    spider = DemoMarketSpider(city="x", list_price_max="900000")
    asked = spider.address({"list_price_max": "450003", "on_market_date_min": "2026-01-02", "property_type": "land"})
    assert dict(parse_qsl(urlsplit(asked).query)) == {
        "city": "x",
        "max_price": "450003",
        "listed_from": "2026-01-02",
        "property_type": "land",
    }


@pytest.mark.parametrize("spider", [DemoMarketSpider, SiteSpider])
def test_only_a_full_refresh_can_be_asked_for(spider):
    with pytest.raises(CriteriaError, match="refresh: 'some': there is 'full'"):
        spider.plan({"city": "x", "refresh": "some"})
    (plan,) = DemoMarketSpider.plan({"city": "x", "refresh": "full"})
    assert DemoMarketSpider(**plan).all_why == "refresh=full"
