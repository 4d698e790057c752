"""The shape of the code: small files with one job, layers that hold, every field documented."""

import subprocess
import sys
from pathlib import Path

import pytest
from itemadapter import ItemAdapter

from realestate_crawler import settings
from realestate_crawler.items import MEANINGS, PERSONAL_FIELDS, SOURCE_FIELDS, Form, Listing
from realestate_crawler.vocabulary import SYNONYMS, lookup
from tests.longest import LONGEST

ROOT = Path(__file__).parents[2]
OURS = [path for folder in ("realestate_crawler", "orchestration", "tests") for path in (ROOT / folder).rglob("*.py")]
MOST_LINES = 300


def test_no_file_is_longer_than_a_reader_can_hold():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in OURS}
    assert len(long) > 100
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


@pytest.mark.parametrize("word", ["util", "helper", "common", "misc", "stuff"])
def test_no_file_is_named_after_nothing(word):
    assert [path for path in OURS if word in path.stem.lower()] == []


def test_every_module_says_what_it_is():
    silent = [
        path for path in OURS if path.read_text().strip() and not path.read_text().lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_the_layers_hold():
    lint = Path(sys.executable).with_name("lint-imports")
    if not lint.exists():
        pytest.skip("import-linter is not installed beside this Python")
    done = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_only_the_settings_read_the_environment():
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "realestate_crawler").rglob("*.py")
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    }
    assert readers == {"realestate_crawler/settings.py"}


def test_every_field_has_a_meaning_that_is_a_sentence():
    for name, meaning in MEANINGS.items():
        assert meaning.meaning.endswith("."), name
        assert meaning.meaning[0].isupper(), name


@pytest.mark.parametrize("name", SOURCE_FIELDS)
def test_a_number_has_a_unit_or_counts_something_and_a_choice_a_vocabulary(name):
    meaning = MEANINGS[name]
    if meaning.form in (Form.MONEY, Form.AREA, Form.DEGREES, Form.TIMESTAMP, Form.COUNTRY, Form.CURRENCY):
        assert meaning.unit
    assert (meaning.vocabulary is not None) == (meaning.form is Form.CHOICE)
    if meaning.unit in MEANINGS:
        assert MEANINGS[meaning.unit].form in (Form.CHOICE, Form.CURRENCY)
    if meaning.reso:
        assert meaning.reso[0].isupper()
        assert meaning.reso.isalnum()
        assert not name.startswith(meaning.reso)


def test_each_field_has_a_standard_name_of_one_of_both_vocabularies_or_is_our_own():
    ours = {name for name in SOURCE_FIELDS if not MEANINGS[name].reso and not MEANINGS[name].schema_org}
    assert ours == {"price_qualifier"}
    reso = [MEANINGS[name].reso for name in MEANINGS if MEANINGS[name].reso]
    assert len(reso) == len(set(reso))


def test_the_fields_that_name_people_are_the_known_ones():
    assert {"list_agent_full_name", "owner_name"} == PERSONAL_FIELDS


def test_scrapys_own_adapter_knows_the_item():
    adapter = ItemAdapter(Listing(listing_key="k"))
    assert list(adapter.field_names()) == list(MEANINGS)
    assert adapter.get_field_meta("list_price")["meaning"] is MEANINGS["list_price"]
    adapter["list_price"] = 5
    assert adapter.asdict()["list_price"] == 5
    with pytest.raises(KeyError):
        adapter["prize"] = 5
    with pytest.raises(TypeError):
        Listing("k")


def test_every_synonym_is_found_and_every_value_names_itself():
    for vocabulary, words in SYNONYMS.items():
        for member in vocabulary:
            assert lookup(vocabulary, f" {member.value.upper()} ") is member
        for word, member in words.items():
            assert word == word.casefold()
            assert lookup(vocabulary, word) is member
        assert lookup(vocabulary, "castle in the air") is None


def test_the_shipped_settings_are_careful():
    assert settings.DOWNLOAD_HANDLERS == {"file": None, "data": None, "ftp": None, "s3": None}
    assert (settings.TELNETCONSOLE_ENABLED, settings.REMOTE_CONTROL_ENABLED) == (False, False)
    assert (settings.ROBOTSTXT_OBEY, settings.COOKIES_ENABLED) == (True, False)
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES is True
    assert settings.DOWNLOAD_DELAY >= 1
    assert settings.CONCURRENT_REQUESTS_PER_DOMAIN == 1
    assert settings.USER_AGENT.startswith("realestate-crawler/")
    assert "Mozilla" not in settings.USER_AGENT


def test_files_whose_tests_are_begun_first_are_there():
    assert [name for name in LONGEST if not (ROOT / name).is_file()] == []
