"""`scrapy crawl` as a scheduler sees it: each exit code, and what is left behind."""

import datetime
import json
import subprocess
import sys

import pytest
from scrapy.settings import Settings

from realestate_crawler.commands.crawl import unusable_setting
from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.exit_codes import MEANING, ExitCode
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.runs import claim_run
from realestate_crawler.spiders.dataset import DatasetSpider
from tests.crawling import ROOT, crawl, dataset, environment, write_mapping

ROWS = [{"id": number, "price": 100} for number in range(5)]
MAPPING = {"source": "shop", "key": "id", "fields": {"list_price": "price"}}
TIME = "2026-07-01T06:00:00Z"


def test_each_code_has_a_meaning():
    assert set(MEANING) == set(ExitCode)
    assert len(set(MEANING.values())) == len(ExitCode)


def test_0_twice_the_same_table_is_twice_the_same_lines_in_runs_that_follow_each_other(tmp_path):
    words = dataset(tmp_path, ROWS, MAPPING, observed_at=TIME)
    for _ in range(2):
        done = crawl(tmp_path, *words, settings={"FEED_PART_LINES": 2})
        assert done.code == ExitCode.COMPLETE
    first, second = done.manifests
    assert (first["run_seq"], second["run_seq"]) == (1, 2)
    assert [part["lines"] for part in first["parts"]] == [2, 2, 1]
    lines = [{name: value for name, value in line.items() if name != "run_id"} for line in done.lines()]
    assert lines[:5] == lines[5:]
    assert {line["observed_at"] for line in lines} == {TIME}
    for key in ("unique_listings", "items", "columns", "criterion", "observed_at", "complete"):
        assert first[key] == second[key]


@pytest.mark.parametrize(("level", "listed"), [("INFO", False), ("DEBUG", True)])
def test_the_parts_of_a_crawl_are_listed_only_where_everything_is_wanted(tmp_path, level, listed):
    done = crawl(tmp_path, *dataset(tmp_path, ROWS, MAPPING), REALESTATE_LOG_LEVEL=level)
    assert ("Enabled item pipelines" in done.err) is listed
    assert "Spider closed" in done.err


def test_what_was_left_out_or_kept_raw_is_told_at_the_end(tmp_path):
    rows = [*ROWS, ROWS[0], {"id": 9, "price": "a lot"}, {"id": 10, "price": "much"}]
    done = crawl(tmp_path, *dataset(tmp_path, rows, MAPPING))
    assert done.code == ExitCode.COMPLETE
    told = done.err.rpartition("manifest.json")[2].splitlines()
    assert "  1 lines are left out: duplicate key, equal content 1" in told
    assert any(
        line.startswith("  counted, and kept raw: ") and line.endswith("unreadable: list_price 2") for line in told
    )


def test_2_without_any_words_a_table_says_what_it_needs(tmp_path):
    done = crawl(tmp_path, "dataset")
    assert done.code == ExitCode.BAD_CONFIGURATION
    assert "give -a mapping=FILE -a input=FILE-or-URI" in done.err


def test_2_an_older_look_is_refused_because_it_would_undo_what_is_newer(tmp_path):
    words = dataset(tmp_path, ROWS, MAPPING, observed_at=TIME)
    assert crawl(tmp_path, *words).code == ExitCode.COMPLETE
    before = dataset(tmp_path, ROWS, MAPPING, observed_at="2026-06-20T06:00:00Z")
    done = crawl(tmp_path, *before)
    assert done.code == ExitCode.BAD_CONFIGURATION
    assert "was seen at 2026-07-01T06:00:00Z already" in done.err
    assert len(done.manifests) == 1
    done = crawl(tmp_path, *before, "-a", "scope=earlier")
    assert done.code == ExitCode.COMPLETE


def test_5_a_landing_zone_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "landing").write_text("a file")
    done = crawl(tmp_path, *dataset(tmp_path, ROWS, MAPPING))
    assert done.code == ExitCode.FAILED
    assert "shop: failed (exit code 5)" in done.err
    assert "landing/feeds/source=shop/scope=shop/claims/000001.json: cannot be stored" in done.err
    assert "Traceback" not in done.err


def test_6_a_scope_at_which_another_process_is_at_work(tmp_path):
    claim_run(LocalStore(tmp_path / "landing"), "shop", "shop", datetime.datetime.now(datetime.UTC))
    done = crawl(tmp_path, *dataset(tmp_path, ROWS, MAPPING))
    assert done.code == ExitCode.BUSY
    assert "shop: busy (exit code 6)" in done.err
    assert "is at work (process" in done.err
    assert done.manifests == []


def test_2_settings_are_looked_at_before_anything_is_requested(tmp_path):
    done = crawl(tmp_path, *dataset(tmp_path, ROWS, MAPPING), REALESTATE_PERSONAL_DATA="hash")
    assert done.code == ExitCode.BAD_CONFIGURATION
    assert "REALESTATE_PERSONAL_DATA_KEY" in done.err
    assert not done.landing.exists()


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"PERSONAL_DATA": "drop", "FEED_PART_LINES": "5000"}, None),
        ({"PERSONAL_DATA": "keep", "FEED_PART_LINES": 1}, None),
        ({"PERSONAL_DATA": "publish", "FEED_PART_LINES": 5000}, "PERSONAL_DATA: 'publish' is none of drop, hash, keep"),
        ({"PERSONAL_DATA": "hash", "FEED_PART_LINES": 5000}, "REALESTATE_PERSONAL_DATA_KEY"),
        ({"PERSONAL_DATA": "drop", "FEED_PART_LINES": "many"}, "FEED_PART_LINES: 'many'"),
        ({"PERSONAL_DATA": "drop", "FEED_PART_LINES": 0}, "FEED_PART_LINES: 0"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(monkeypatch, told, word):
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("REALESTATE_PERSONAL_DATA_KEY", raising=False)
    found = unusable_setting(Settings(told))
    assert (found is None) == (word is None)
    assert found is None or word in found


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"mapping": "none.yaml", "input": "t.json"}, "none.yaml: cannot be read"),
        ({"mapping": "m.yaml"}, "argument input: missing"),
        ({"mapping": "m.yaml", "input": "none.json"}, "argument input: none.json: no such file"),
        ({"mapping": "m.yaml", "input": "t.json", "city": "x"}, "argument city: unknown"),
        ({"mapping": "m.yaml", "input": "t.json", "scope": "a/b"}, "argument scope: 'a/b' is no identifier"),
        ({"mapping": "m.yaml", "input": "t.json", "observed_at": "soon"}, "argument observed_at"),
        ({"mapping": "m.yaml", "input": "file:///etc/hostname"}, "argument input: file: is not read"),
        ({"mapping": "m.yaml", "input": "ftp://127.0.0.1/t.json"}, "argument input: ftp: is not read"),
        ({"mapping": "m.yaml", "input": "https://example.org/t.json"}, "REALESTATE_CONTACT"),
        ({"mapping": "bad.yaml", "input": "t.json"}, "constants.offer: 'barter' is outside vocabulary"),
        ({"criteria": "c.yaml", "only": "bad"}, "constants.offer: 'barter' is outside vocabulary"),
        ({"criteria": "c.yaml", "only": "gone"}, "none.json: no such file"),
        ({"criteria": "c.yaml", "only": "odd"}, "criterion odd: key options: a dataset needs 'mapping' and 'input'"),
    ],
)
def test_2_words_that_cannot_be_used_are_refused_before_any_request(tmp_path, monkeypatch, words, reason):
    monkeypatch.chdir(tmp_path)
    write_mapping(tmp_path, MAPPING).rename("m.yaml")
    write_mapping(tmp_path, {**MAPPING, "constants": {"offer": "barter"}}).rename("bad.yaml")
    (tmp_path / "t.json").write_text(json.dumps(ROWS))
    options = {
        "bad": {"mapping": "bad.yaml", "input": "t.json"},
        "gone": {"mapping": "m.yaml", "input": "none.json"},
        "odd": {"mapping": "m.yaml", "input": "t.json", "fast": True},
    }
    entries = [{"id": name, "source": "dataset", "options": told} for name, told in options.items()]
    (tmp_path / "c.yaml").write_text(json.dumps({"criteria": entries}))
    with pytest.raises(CriteriaError) as caught:
        DatasetSpider.plan(words)
    assert reason in str(caught.value)


def scrapy(folder, *words):
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        env=environment(folder),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_2_an_unknown_spider_is_named_with_those_that_there_are(tmp_path):
    done = scrapy(tmp_path, "crawl", "zillow")
    assert done.returncode == ExitCode.BAD_CONFIGURATION
    assert "no spider zillow; there are dataset, demo_market" in done.stderr


def test_scrapy_criteria_lists_what_each_would_do(tmp_path):
    mapping = write_mapping(tmp_path, MAPPING)
    (tmp_path / "t.json").write_text(json.dumps(ROWS))
    told = [
        {"id": "homes", "source": "demo_market", "city": "São Telmo", "list_price": {"max": 5e5}},
        {"id": "shop", "source": "dataset", "options": {"mapping": str(mapping), "input": str(tmp_path / "t.json")}},
    ]
    path = tmp_path / "criteria.yaml"
    path.write_text(json.dumps({"criteria": told}))
    done = scrapy(tmp_path, "criteria")  # REALESTATE_CRITERIA names the file
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "homes: demo_market: city São Telmo, list_price …500000.0\n"
        "    a search that finds more than the source shows is cut by list_price, living_area, on_market_date, "
        "property_type, bedrooms_total\n"
        "    every listing's page is fetched in each crawl\n"
        f"    scrapy crawl demo_market -a criteria={path} -a only=homes\n"
        "shop: dataset: everything\n"
        f"    scrapy crawl dataset -a criteria={path} -a only=shop\n"
        "2 criteria, all usable\n"
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"id": "x", "source": "zillow"}, "criterion x: key source: no spider zillow; there are dataset, demo_market"),
        (
            {"id": "x", "source": "dataset", "options": {"mapping": "none.yaml", "input": "t"}},
            "none.yaml: cannot be read",
        ),
    ],
)
def test_scrapy_criteria_names_what_cannot_be_used(tmp_path, entry, reason):
    path = tmp_path / "watch.yaml"
    path.write_text(json.dumps({"criteria": [entry]}))
    done = scrapy(tmp_path, "criteria", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{path}: criterion x: ")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
