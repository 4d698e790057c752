"""A place of its own for each test, and the commands as a person types them."""

import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.__main__ import main
from tests.crawling import places


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Operate = Callable[..., Answer]


def set_places(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Landing zone, lake, spool and all else below one folder."""
    for name, place in places(root).items():
        monkeypatch.setenv(name, place)
    monkeypatch.chdir(root)


def typed(*words: str) -> Answer:
    """Runs `python -m orchestration <words>` in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture
def operate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operate:
    """The commands, on the places below tmp_path."""
    set_places(tmp_path, monkeypatch)
    return typed
