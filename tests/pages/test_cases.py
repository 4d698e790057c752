"""Every folder below `cases` is one page, what it shows, and what is to be read from it.

A case without `output.json` gets one written and fails once, for review.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from realestate_crawler.commands.extract import told
from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.registry import read

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/page.yaml"))


def as_read(case: Path) -> dict[str, Any]:
    about = yaml.safe_load((case / "page.yaml").read_text())
    profile = read(case / about["profile"]) if "profile" in about else None
    body = next(case.glob("input.*")).read_bytes()
    page = told(read_page(body, about.get("url", ""), profile), explain=False)
    for listing in page["listings"]:
        listing.pop("raw", None)
        for name in [name for name, value in listing.items() if value is None]:
            del listing[name]
    return page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_is_read_as_its_case_says(case: Path) -> None:
    expected = case / "output.json"
    read_now = as_read(case)
    if not expected.exists():
        expected.write_text(json.dumps(read_now, indent=1, ensure_ascii=False) + "\n")
        pytest.fail(f"{expected} was missing and has been written: review it")
    assert read_now == json.loads(expected.read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_value_says_where_it_comes_from(case: Path) -> None:
    about = yaml.safe_load((case / "page.yaml").read_text())
    body = next(case.glob("input.*")).read_bytes()
    for reading in read_page(body, about.get("url", "")).readings:
        filled = {
            name
            for name in ("list_price", "currency", "living_area", "city", "latitude")
            if getattr(reading.listing, name) is not None
        }
        assert filled <= set(reading.provenance)
