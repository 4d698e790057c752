"""Starts `scrapy crawl` as a child process: the same command that a person types.

What belongs here: the process. What does not: what it writes (`resources.landing` reads that).
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

PROJECT = Path(__file__).resolve().parents[2]
# A stopped crawl seals its feed first; a slow page may take its download time-out.
GRACE_SECONDS = 60


MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class CrawlOrder:
    """One crawl to be done.

    Attributes:
        criterion: its id in the criteria file.
        source: the spider.
        observed_at: ISO 8601 time to crawl as of; empty = now.
    """

    criterion: str
    source: str
    observed_at: str = ""


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """How one crawl ended.

    Attributes:
        criterion: its id.
        code: exit code of `scrapy crawl`.
        last_words: what it said at the end: outcome, manifest, reasons.
        log: file with its whole log.
    """

    criterion: str
    code: int
    last_words: list[str]
    log: str

    @property
    def outcome(self) -> str:
        """The exit code's name."""
        known = self.code in set(ExitCode)
        return ExitCode(self.code).name.lower().replace("_", " ") if known else f"killed ({self.code})"

    @property
    def words(self) -> str:
        """How it ended, and everything it said at the end."""
        own = bool(self.last_words) and self.last_words[0].startswith(f"{self.criterion}: ")
        first = self.last_words[0] if own else f"{self.criterion}: {self.outcome}"
        return "\n".join([first, *self.last_words[1:]])


class Crawler(dg.ConfigurableResource[Any]):
    """Runs crawls in the places that everything else uses.

    Where each step has a process or a pod of its own, the executor makes the crawls parallel. Where all steps share
    one process, they run one after another: there, `start_ahead` starts the crawls that will be asked for.
    """

    def start_ahead(self, run_id: str, crawls: Sequence[CrawlOrder]) -> None:
        """Starts crawls now; `crawl` in this process then only waits for them."""
        pool = ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="crawl")
        for order in crawls:
            _AHEAD[run_id, order.criterion] = pool.submit(_crawl, run_id, order)
        pool.shutdown(wait=False)

    def crawl(self, run_id: str, order: CrawlOrder) -> CrawlResult:
        """Crawls one criterion of the criteria file and waits for the end."""
        ahead = _AHEAD.pop((run_id, order.criterion), None)
        return ahead.result() if ahead else _crawl(run_id, order)


def stop_all() -> None:
    """Stops every crawl that this process has started; each seals its feed first."""
    for future in _AHEAD.values():
        future.cancel()
    children = list(_RUNNING)
    for child in children:  # all are asked first, so that they seal their feeds at the same time
        _ask_to_stop(child)
    for child in children:
        _stop(child)


_AHEAD: dict[tuple[str, str], Future[CrawlResult]] = {}
_RUNNING: "set[subprocess.Popen[bytes]]" = set()
_ASKED: "set[subprocess.Popen[bytes]]" = set()


def _crawl(run_id: str, order: CrawlOrder) -> CrawlResult:
    places = Places()
    log = (places.spool / "logs" / run_id[:8] / f"{order.criterion}.log").absolute()
    log.parent.mkdir(parents=True, exist_ok=True)
    words = ["-a", f"criteria={places.criteria.absolute()}", "-a", f"only={order.criterion}"]
    if order.observed_at:
        words += ["-a", f"observed_at={order.observed_at}"]
    command = [sys.executable, "-m", "scrapy", "crawl", order.source, *words]
    with log.open("wb") as out:
        child = subprocess.Popen(  # noqa: S603 (our own program; ids are checked by the criteria model)
            command,
            cwd=PROJECT,
            env=_environment(places),
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C in the terminal is ours to pass on
        )
        _RUNNING.add(child)
        try:
            code = child.wait()
        finally:
            _stop(child)
            _RUNNING.discard(child)
            _ASKED.discard(child)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    start = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(f"{order.criterion}: ")), -8)
    return CrawlResult(order.criterion, code, lines[start:], str(log))


def _environment(places: Places) -> dict[str, str]:
    """The child runs in the project's folder: relative places become absolute."""

    def absolute(place: str) -> str:
        return place if "://" in place else str(Path(place).absolute())

    return {
        **os.environ,
        "REALESTATE_CRITERIA": str(places.criteria.absolute()),
        "REALESTATE_LANDING": absolute(places.landing),
        "REALESTATE_SPOOL": str(places.spool.absolute()),
    }


def _ask_to_stop(child: "subprocess.Popen[bytes]") -> None:
    """Once: a crawl that is asked twice leaves its feed unsealed."""
    if child not in _ASKED and child.poll() is None:
        _ASKED.add(child)
        child.terminate()


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is not None:
        return
    _ask_to_stop(child)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
