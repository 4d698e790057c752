"""Whoever reads a command's output may go before its end."""

import json
import subprocess
import sys
from pathlib import Path

from realestate_crawler.landing.local import LocalStore
from tests.crawling import ROOT, environment


def test_a_reader_that_goes_early_ends_a_command_without_a_traceback(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "landing")
    # More than a pipe holds.
    for number in range(1, 3000):
        store.put_if_absent(f"feeds/source=s/scope=c/claims/{number:06d}.json", json.dumps({}).encode())
    command = [sys.executable, "-m", "orchestration", "doctor"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.stdout.close()
        assert child.stderr is not None
        assert child.stderr.read() == ""
    assert child.returncode == 141
