"""`scrapy extract` and `scrapy genprofile`: one line a page, the exit code, what is written."""

import argparse
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy.settings import Settings

from realestate_crawler.commands import extract, genprofile
from realestate_crawler.items import Listing
from realestate_crawler.pages.page import Page, Reading, Verdict
from realestate_crawler.pages.profile_draft import address_pattern, draft

CASES = Path(__file__).parent / "cases"


def run(command, args: list[str], *options: str) -> int:
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.settings = Settings()
    command.add_options(parser)
    command.run(args, parser.parse_args(list(options)))
    return command.exitcode


def page(case: str) -> str:
    return str(next((CASES / case).glob("input.*")))


def test_one_line_a_page_and_the_highest_code(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(extract.Command(), [page("results-cards-de"), page("blocked-captcha"), page("gone")])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["verdict"] for line in lines] == ["results", "blocked", "gone"]
    assert code == extract.EXIT_CODES["gone"]
    assert set(extract.ALWAYS) <= lines[0]["listings"][0].keys()


@pytest.mark.parametrize(
    ("case", "code"),
    [("listing-json-ld", 0), ("results-api", 0), ("blocked-captcha", 10), ("gone", 11), ("empty", 12), ("other", 13)],
)
def test_the_exit_code_says_what_the_page_is(case: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(extract.Command(), [page(case)]) == code
    assert json.loads(capsys.readouterr().out)["verdict"]


def test_explain_says_where_each_value_stands(capsys: pytest.CaptureFixture[str]) -> None:
    run(extract.Command(), [page("listing-json-ld")], "--explain")
    listing = json.loads(capsys.readouterr().out)["listings"][0]
    assert listing["provenance"]["list_price"]["source"] == "json_ld"
    assert "offers.price" in listing["provenance"]["list_price"]["where"]


def test_a_profile_by_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    case = CASES / "results-profile"
    run(extract.Command(), [page("results-profile")], "--profile", str(case / "profile.yaml"))
    assert [x["listing_key"] for x in json.loads(capsys.readouterr().out)["listings"]] == ["19726", "19435"]


def test_what_cannot_be_read_is_told_and_the_rest_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(extract.Command(), [str(tmp_path / "none.html"), page("results-api")]) == extract.UNREADABLE
    told = capsys.readouterr()
    assert "none.html" in told.err
    assert json.loads(told.out)["verdict"] == "results"
    assert run(extract.Command(), [page("results-api")], "--profile", "nowhere") == extract.UNREADABLE
    assert "no profile nowhere" in capsys.readouterr().err


def test_a_draft_can_be_used_at_once_and_nothing_is_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = (
        "--profiles",
        str(tmp_path / "p"),
        "--cases",
        str(tmp_path / "c"),
        "--url",
        "https://immo.example.de/wohnung-kaufen/ulm?page=1",
    )
    assert run(genprofile.Command(), [page("results-cards-de")], *folders) == 0
    profile = next((tmp_path / "p").iterdir())
    assert r"/expose/\d+" in profile.read_text()
    assert '/wohnung-kaufen/{city}"' in profile.read_text()
    capsys.readouterr()
    assert run(extract.Command(), [page("results-cards-de")], "--profile", str(profile)) == 0
    read_now = json.loads(capsys.readouterr().out)["listings"]
    case = next((tmp_path / "c").iterdir())
    assert [x["listing_key"] for x in json.loads((case / "output.json").read_text())["listings"]] == [
        x["listing_key"] for x in read_now
    ]
    before = profile.read_text()
    assert run(genprofile.Command(), [page("results-cards-de")], *folders) == extract.UNREADABLE
    assert profile.read_text() == before


def test_a_draft_of_two_pages_knows_the_search_the_listings_and_the_country(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ("--profiles", str(tmp_path / "p"), "--cases", str(tmp_path / "c"), "--name", "both")
    urls = (
        "--url",
        "https://www.homefinder.example.co.uk/to-rent/property/bristol/",
        "--url",
        "https://www.homefinder.example.co.uk/to-rent/details/60000009/",
    )
    pages = [page("results-weekly-monthly-gb"), page("listing-size-as-text")]
    assert run(genprofile.Command(), pages, *places, *urls) == 0
    told = (tmp_path / "p" / "both.yaml").read_text()
    assert 'rent: "https://www.homefinder.example.co.uk/to-rent/property/{city}/"' in told
    assert "paging: {parameter: pn}" in told
    assert r"listing: '/details/\d+'" in told
    assert "country: GB" in told
    assert "currency: GBP" in told
    assert {path.name for path in (tmp_path / "c").iterdir()} == {"both-results", "both-listing"}
    capsys.readouterr()
    assert run(extract.Command(), pages, "--profile", str(tmp_path / "p" / "both.yaml")) == 0
    assert run(genprofile.Command(), [pages[0], pages[0]], "--name", "twice", *places[:4]) == extract.UNREADABLE
    assert "same kind" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("known", "pattern"),
    [
        (
            [("https://a.example/hab-oak-st-12-850336", "850336"), ("https://a.example/hab-elm-850337", "850337")],
            r"'/hab-[^/]*\d+'",
        ),
        ([("https://a.example/expose/FID-F12-365", "FID-F12-365")], r"'/expose/[\w-]+'"),
        ([("https://a.example/x/1234567/view.html", "1234567")], r"'/x/\d+'"),
        ([("https://a.example/imovel/casa-azul-2690001/", "2690001")], r"'/imovel/[^/]*\d+'"),
        ([("https://a.example/listing", "")], None),
    ],
)
def test_what_addresses_of_listings_have_in_common(known: list[tuple[str, str]], pattern: str | None) -> None:
    assert address_pattern(known) == pattern


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A server with an open page, and one that its robots.txt closes."""
    shutil.copy(page("results-cards-de"), tmp_path / "search.html")
    shutil.copy(page("listing-json-ld"), tmp_path / "listing.html")
    (tmp_path / "closed.html").write_text("<h1>Hello</h1>")
    (tmp_path / "robots.txt").write_text("User-agent: *\nDisallow: /closed.html\n")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args) -> None:
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *args) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def scrapy(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "scrapy", *words, "-s", "DOWNLOAD_DELAY=0"]
    return subprocess.run(command, cwd=root, env={**os.environ, **env}, capture_output=True, text=True, check=False)


def test_several_addresses_are_fetched_in_one_go_and_robots_txt_is_obeyed(site: str, tmp_path: Path) -> None:
    listing = str(tmp_path / "listing.html")
    done = scrapy("extract", f"{site}/search.html", f"{site}/closed.html", f"{site}/listing.html", listing)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["results", "listing", "listing"]
    assert done.returncode == extract.UNREADABLE
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"{site}/closed.html: ")
    assert "robots.txt" in told


def test_a_draft_from_addresses_is_known_by_its_name(site: str, tmp_path: Path) -> None:
    own = {"REALESTATE_PROFILES": str(tmp_path / "p")}
    words = ("--name", "served", "--cases", str(tmp_path / "c"))
    done = scrapy("genprofile", f"{site}/search.html?sort=new&page=1", f"{site}/listing.html", *words, **own)
    assert done.returncode == 0, done.stderr
    assert f'"{site}/search.html?sort=new"' in (tmp_path / "p" / "served.yaml").read_text()
    assert scrapy("extract", page("results-cards-de"), "--profile", "served", **own).returncode == 0


def test_a_table_shows_what_is_to_be_compared_with_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    run(extract.Command(), [page("results-cards-de"), page("blocked-captcha")], "--table")
    lines = capsys.readouterr().out.splitlines()
    names, first = lines[1].split(), lines[2]
    assert lines[0].startswith("results: ")
    assert names[:4] == ["listing_key", "offer", "price", "living_area"]
    assert re.search(r"EUR(/month)? .*m²", first)
    assert lines[-2].startswith("blocked: 0 listings")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/treffer?ort=musterstadt-am-see&page=1", '"https://a.example/treffer?ort={city}"'),
        ("/suche/Musterstadt%20am%20See", '"https://a.example/suche/{city}"\n  slug: quote'),
        ("/s/musterstadt_am_see/", '"https://a.example/s/{city}/"\n  slug: underscore'),
        ("/s/ort-17", '"https://a.example/s/ort-17"\n  # put {city}'),
    ],
)
def test_the_town_in_the_address_of_a_search_becomes_its_city(address: str, told: str) -> None:
    listings = [Listing(listing_key=key, listing_url=f"https://a.example/{key}") for key in ("11", "12")]
    listings[0].city = "Musterstadt am See"
    results = Page(
        Verdict.RESULTS,
        next_page_url="https://a.example/?page=2",
        readings=[Reading(listing) for listing in listings],
    )
    assert told in draft([(results, f"https://a.example{address}")]).text


@pytest.mark.parametrize(
    ("address", "told"), [("muenchen", "{city}"), ("munchen", '{city}"\n  letters: {}'), ("berlin", "berlin")]
)
def test_it_is_seen_how_a_site_does_without_umlauts(address: str, told: str) -> None:
    listing = Listing(listing_key="1", city="München", country="DE")
    results = Page(Verdict.RESULTS, readings=[Reading(listing)])
    assert f"https://a.example/{told}" in draft([(results, f"https://a.example/{address}")]).text


def test_a_file_is_read_without_a_crawl_engine_and_without_what_other_commands_need() -> None:
    script = (
        "import sys\n"
        "from scrapy.cmdline import execute\n"
        "try:\n"
        "    execute(['scrapy', 'extract', sys.argv[1]])\n"
        "except SystemExit as ended:\n"
        "    code = ended.code\n"
        "heavy = ('twisted.internet.reactor', 'boto3', 'jinja2', 'pydantic_settings', 'realestate_crawler.crawl')\n"
        "print(code, [name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, page("listing-json-ld")],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["verdict"] == "listing"
    assert done.stderr.splitlines()[-1] == "0 []"
