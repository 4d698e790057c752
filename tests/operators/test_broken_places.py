"""A damaged log or a store that is away ends every command in a sentence and exit code 5, never in a traceback."""

import socket

import pytest

from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh

COMMANDS = [
    *(["status"], ["history", "town/home-1"], ["accept", "town/all"], ["restore", "0"]),
    *(["replay"], ["optimize"], ["erase", "--listing", "town", "home-1"]),
]


@pytest.fixture
def well(tmp_path):
    """Three feeds, applied one by one."""
    for run_seq in (1, 2, 3):
        deliver(tmp_path, [listing("home-1", list_price=run_seq), listing("home-2")], run_seq=run_seq)
        refresh(tmp_path)
    return tmp_path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_damaged_log_is_told_in_a_sentence(well, operate, words):
    sorted((well / "lake/silver/listings/_delta_log").glob("*.json"))[1].write_text("{no json")
    answer = operate(*words)
    assert answer.code == 5, answer.err
    assert "Traceback" not in answer.err
    assert answer.err.strip()


def test_a_store_that_is_away_is_told_in_a_sentence(operate, well, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        for name, value in {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "us-east-1"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("REALESTATE_LANDING", "s3://away/landing")
        answer = operate("quarantine", "list")
    assert answer.code == 5
    assert "away" in answer.err
