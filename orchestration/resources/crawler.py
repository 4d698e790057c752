"""Starts `scrapy crawl` as a child process: the same command that a person types.

What belongs here: the process. What does not: what it writes (`resources.landing` reads that).
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

PROJECT = Path(__file__).resolve().parents[2]
# A stopped crawl seals its feed first; a slow page may take its download time-out.
GRACE_SECONDS = 60


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


class Crawler(dg.ConfigurableResource[Any]):
    """Runs crawls in the places that everything else uses."""

    def crawl(self, places: Places, source: str, criterion: str, observed_at: str | None, run: str) -> CrawlResult:
        """Crawls one criterion of the criteria file and waits for the end.

        Args:
            places: where criteria, landing zone and spool lie.
            source: the spider.
            criterion: its id in the file.
            observed_at: ISO 8601 time to crawl as of; None = now.
            run: names the folder of the log.
        """
        log = (places.spool / "logs" / run / f"{criterion}.log").absolute()
        log.parent.mkdir(parents=True, exist_ok=True)
        words = ["-a", f"criteria={places.criteria.absolute()}", "-a", f"only={criterion}"]
        if observed_at:
            words += ["-a", f"observed_at={observed_at}"]
        command = [sys.executable, "-m", "scrapy", "crawl", source, *words]
        with log.open("wb") as out:
            child = subprocess.Popen(  # noqa: S603 (our own program; ids are checked by the criteria model)
                command, cwd=PROJECT, env=_environment(places), stdout=out, stderr=subprocess.STDOUT
            )
            try:
                code = child.wait()
            finally:
                _stop(child)
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        start = next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(f"{criterion}: ")), -8)
        return CrawlResult(criterion, code, lines[start:], str(log))


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


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
