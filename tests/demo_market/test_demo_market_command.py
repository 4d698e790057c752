"""`scrapy demo-market`, as a user starts it."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from realestate_crawler.demo_market.market import Market
from realestate_crawler.demo_market.truth import day_truth

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "scrapy", "demo-market"]


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def started():
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        running.append(process)
        return process, process.stdout.readline()

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_serves_and_stops_cleanly(started, how):
    process, line = started("--port", "0", "--size", "80", "--seed", "3", "--day", "4")
    found = re.fullmatch(r"demo market: (http://127\.0\.0\.1:\d+/) day 4, (\d+) listings, seed 3\n", line)
    assert found
    assert int(found.group(2)) == len(Market(3, 80).adverts(4))
    with urllib.request.urlopen(found.group(1) + "search") as response:
        assert response.status == 200
    process.send_signal(how)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_busy_port_is_exit_code_2_with_the_reason():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = run("--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken" in done.stderr
    assert done.stdout == ""


def test_the_truth_of_a_day_is_one_json_object():
    told = json.loads(run("--truth", "5", "--seed", "9", "--size", "60").stdout)
    truth = day_truth(Market(9, 60), 5)
    assert told["day"] == 5
    assert set(told["new"]) == truth.new
    assert set(told["gone"]) == truth.gone
    assert set(told["back"]) == truth.back
    assert {key: set(fields) for key, fields in told["changed"].items()} == {
        key: set(fields) for key, fields in truth.changed.items()
    }


def test_the_day_advances_by_itself(started):
    process, _ = started("--port", "0", "--size", "50", "--day-seconds", "0.2")
    assert process.stdout.readline() == f"demo market: day 2, {len(Market(7, 50).adverts(2))} listings\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--size", "10"], "50 to 100000"),
        (["--day", "0"], "days 1 to 3650"),
        (["--truth", "0"], "days 1 to 3650"),
        (["--cap", "0"], "at least 1"),
        (["--day-seconds", "0"], "more than 0"),
        (["--latency", "-1"], "0 to 60"),
        (["--fail", "listing=503"], "PREFIX=STATUS"),
        (["--fail", "/listing/=999"], "PREFIX=STATUS"),
        (["--porto", "3"], "--porto"),
        (["--port", "many"], "invalid int"),
    ],
)
def test_bad_arguments_are_refused_with_the_reason(arguments, reason):
    done = run(*arguments)
    assert done.returncode == 2
    assert reason in done.stdout + done.stderr
