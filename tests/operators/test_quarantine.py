"""`quarantine` shows what could not be used, and why."""

import json
from pathlib import Path

import pytest

from realestate_crawler.contracts.feed import encode, quarantine_name
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.opening import open_store
from tests.graph_fixtures.feeds import day, deliver, listing
from tests.operators.conftest import Operate

LINES = [{"reason": "price below zero", "item": {"listing_key": "x"}}, {"reason": "no key", "item": "raw ü"}]
RUN = f"{day(1):%Y%m%dT%H%M%SZ}-000001"


@pytest.fixture
def put_aside(tmp_path: Path) -> Path:
    """One run with two lines in quarantine, one without."""
    prefix = f"feeds/source=town/scope=all/run={RUN}/"
    writer = FeedWriter(open_store(str(tmp_path / "landing")), prefix, tmp_path / "q", quarantine_name, 10)
    for line in LINES:
        writer.write(encode(line))
    sealed = writer.seal()
    assert sealed
    writer.deliver(sealed)
    deliver(tmp_path, [listing("h")], run_seq=1, quarantine=writer.parts, quarantined=2)
    deliver(tmp_path, [listing("h")], run_seq=2)
    return tmp_path


def test_counts_by_reason(put_aside: Path, operate: Operate) -> None:
    answer = operate("quarantine", "list")
    assert answer.code == 0
    for reason in ("no key", "price below zero"):
        assert f"town    all    {RUN}  {reason}" in answer.out
    assert "2 rows" in answer.out


def test_the_lines_of_a_run_as_they_are(put_aside: Path, operate: Operate) -> None:
    for name in (RUN, f"town/all/{RUN}"):
        answer = operate("quarantine", "show", name)
        assert [json.loads(line) for line in answer.out.splitlines()] == LINES


def test_nothing_is_said(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h")], run_seq=1)
    assert operate("quarantine", "list").out == "nothing is in quarantine\n"


def test_an_unknown_run_is_refused(put_aside: Path, operate: Operate) -> None:
    assert operate("quarantine", "show", "nobody").code == 2


def test_a_damaged_quarantine_is_named(put_aside: Path, operate: Operate) -> None:
    part = next((put_aside / "landing").rglob("quarantine-*"))
    part.write_bytes(part.read_bytes()[:-3])
    for words in (["list"], ["show", RUN]):
        answer = operate("quarantine", *words)
        assert answer.code == 5
        assert part.name in answer.err
