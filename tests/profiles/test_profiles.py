"""Profiles: every bundled one is whole and polite, a wrong one says where, a criterion becomes an address."""

from pathlib import Path

import pytest
import yaml

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.profiles.model import Profile
from realestate_crawler.profiles.registry import ProfileError, for_host, for_page, load, names, read
from realestate_crawler.profiles.search import SearchError, page_address, search_address

GOOD = """\
name: site
title: A site
hosts: [site.example]
terms:
  notice: Whether you crawl this site is your decision; read its terms and robots.txt first.
  licence: none stated
"""


def written(folder: Path, text: str, name: str = "site") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", names())
def test_every_bundled_profile_is_whole_and_polite(name: str) -> None:
    profile = load(name)
    assert "your decision" in profile.terms.notice
    assert profile.terms.robots == "obeyed"
    assert profile.politeness.delay_seconds >= 1
    assert profile.politeness.concurrent_requests == 1
    assert profile.links.listing or profile.results.fields


def test_there_are_profiles_for_many_sites_and_no_two_share_a_host() -> None:
    hosts = [host for name in names() for host in load(name).hosts]
    assert len(names()) >= 12
    assert len(hosts) == len(set(hosts))


def test_no_code_outside_the_profiles_names_a_site() -> None:
    root = Path(__file__).parents[2] / "realestate_crawler"
    sites = {host.rsplit(".", 1)[0].split(".")[-1] for name in names() for host in load(name).hosts} - {"co", "bremen"}
    words = {site for site in sites if len(site) > 5}
    for folder in ("pages", "domain"):
        for path in (root / folder).glob("*.py"):
            text = path.read_text().lower()
            assert not [word for word in words if f'"{word}' in text or f"/{word}." in text or f"{word}.com" in text], (
                path
            )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("colour: red\n", "colour"),
        ("results: {fields: {priec: {value: '1'}}}\n", "no such field: priec"),
        ("results: {fields: {city: {value: a, css: b}}}\n", "exactly one of"),
        ("listing: {fields: {city: {css: a, regex: '('}}}\n", "not a regular expression"),
        ("listing: {fields: {city: {css: 'main::attr(wire:snapshot)'}}}\n", r"inside a name is written \:"),
        ("listing: {fields: {city: {css: 'p >'}}}\n", "listing.fields.city.css: Value error, not a CSS selector: p >"),
        ("results: {cards: 'div['}\n", "results.cards: Value error, not a CSS selector"),
        ("search: {letters: {ue: u}}\n", "search.letters.ue"),
        ("links: {listing: '('}\n", "not a regular expression"),
        ("search: {parameters: {price_max: p}}\n", "no such bound: price_max"),
        ("volatile: [views]\n", "no such field: views"),
        ("politeness: {concurrent_requests: 50}\n", "concurrent_requests"),
    ],
)
def test_a_wrong_profile_says_file_and_key(tmp_path: Path, change: str, told: str) -> None:
    path = written(tmp_path, GOOD + change)
    with pytest.raises(ProfileError) as problem:
        read(path)
    assert str(path) in str(problem.value)
    assert told in str(problem.value)


def test_a_profile_cannot_switch_robots_off_or_leave_out_the_notice(tmp_path: Path) -> None:
    for text in (GOOD.replace("  licence", "  robots: ignored\n  licence"), GOOD.replace("  notice", "  note")):
        with pytest.raises(ProfileError):
            read(written(tmp_path, text, "site"))
        read.cache_clear()


def test_files_that_are_no_profiles(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        read(tmp_path / "none.yaml")
    with pytest.raises(ProfileError, match="not a YAML file"):
        read(written(tmp_path, "a: [", "broken"))
    with pytest.raises(ProfileError, match="not the name of the file"):
        read(written(tmp_path, GOOD, "other"))
    with pytest.raises(ProfileError, match="no profile nowhere; there are"):
        load("nowhere")


def test_a_user_s_own_profile_goes_before_the_bundled_one(tmp_path: Path) -> None:
    name = names()[0]
    written(tmp_path, GOOD.replace("name: site", f"name: {name}"), name)
    assert load(name, [tmp_path]).title == "A site"


def test_a_profile_is_found_by_host_by_canonical_address_and_by_mark(tmp_path: Path) -> None:
    written(tmp_path, GOOD + "marks: ['only-here']\n")
    found = for_host("www.site.example", [tmp_path])
    assert found is not None
    assert found.name == "site"
    assert for_host("notsite.example", [tmp_path]) is None
    assert for_page(b'<link rel="canonical" href="https://www.site.example/1">', "", [tmp_path]) is found
    assert for_page(b"<p class=only-here>", "", [tmp_path]) is found
    assert for_page(b"<p>", "https://elsewhere.invalid/", [tmp_path]) is None


SEARCH = (
    GOOD
    + """\
search:
  urls: {sale: 'https://site.example/buy/{property_type}/{city}', rent: 'https://site.example/rent/{city}'}
  property_types: {apartment: flats}
  parameters: {list_price_max: to, list_price_min: from, rooms_total_min: rooms}
paging: {parameter: page}
"""
)


def criterion(**more: object) -> Criterion:
    return Criterion.model_validate({"id": "c", "source": "site", **more})


def test_a_criterion_becomes_the_site_s_address_and_what_it_cannot_say_is_named(tmp_path: Path) -> None:
    profile = read(written(tmp_path, SEARCH))
    wanted = criterion(
        city="Bad Homburg",
        offer="sale",
        property_types=["flat"],
        list_price={"min": 1000, "max": 2_500_000},
        rooms_total={"min": 2, "max": 4},
        year_built={"min": 1950},
    )
    found = search_address(profile, wanted)
    assert found.url == "https://site.example/buy/flats/bad-homburg?from=1000&to=2500000&rooms=2"
    # Only the lower bound of the rooms is expressed, so that the range is still filtered afterwards.
    assert found.not_expressed == ("rooms_total", "year_built")
    assert page_address(profile, found.url, 3) == f"{found.url}&page=3"


@pytest.mark.parametrize(
    ("told", "city", "address"),
    [
        ({"country": "DE"}, "Düsseldorf", "duesseldorf"),
        ({"country": "AT", "search": {"slug": "underscore"}}, "Groß Öd", "gross_oed"),
        ({"country": "DE", "search": {"letters": {}}}, "Düsseldorf", "dusseldorf"),
        ({"country": "ES"}, "Peñíscola", "peniscola"),
        ({"country": "DK", "search": {"letters": {"å": "aa"}}}, "Århus", "aarhus"),
        ({"country": "DE", "search": {"slug": "quote"}}, "Köln", "K%C3%B6ln"),
        ({"search": {"slug": "plus", "letters": {"ö": "oe"}}}, "Köln Süd", "Koeln+S%C3%BCd"),
    ],
)
def test_a_town_is_written_as_the_site_writes_it(told, city: str, address: str) -> None:
    search = {"urls": {"sale": "https://site.example/{city}"}, **told.pop("search", {})}
    profile = Profile.model_validate({**yaml.safe_load(GOOD), **told, "search": search})
    assert search_address(profile, criterion(city=city)).url == f"https://site.example/{address}"


def test_an_address_from_the_site_itself_wins_and_must_be_the_site_s(tmp_path: Path) -> None:
    profile = read(written(tmp_path, SEARCH))
    own = criterion(city="Ulm", options={"url": "https://www.site.example/s?q=1"})
    assert search_address(profile, own).url == "https://www.site.example/s?q=1"
    with pytest.raises(SearchError, match="not a host of site"):
        search_address(profile, criterion(options={"url": "https://elsewhere.invalid/"}))


def test_what_the_address_needs_and_the_criterion_lacks_is_an_error(tmp_path: Path) -> None:
    profile = read(written(tmp_path, SEARCH))
    with pytest.raises(SearchError, match="key city"):
        search_address(profile, criterion(offer="rent"))
    with pytest.raises(SearchError, match=r"no search address for offer auction .*options\.url"):
        search_address(profile, criterion(city="Ulm", offer="auction"))
