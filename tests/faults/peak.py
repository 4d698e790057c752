"""The largest memory that a crawl ever held, by the kernel's own count of its process."""

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from tests.crawling import ROOT, Done, environment

LONGEST = 120


def measured(folder, *words, settings=None, **env):
    """Runs `scrapy crawl WORDS`: (what became of it, peak resident set in MB, seconds)."""
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"-s{name}={value}" for name, value in {"RETRY_TIMES": 0, **(settings or {})}.items()]
    out, err = folder / "out", folder / "err"
    began = time.monotonic()
    with out.open("wb") as to_out, err.open("wb") as to_err:
        child = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", *words, *options],
            cwd=ROOT,
            env=environment(folder, **env),
            stdout=to_out,
            stderr=to_err,
        )
    peak = 0.0
    while child.poll() is None:
        if time.monotonic() - began > LONGEST:
            child.kill()
        # Never falls, so that only what is taken in the last moments could be missed.
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{child.pid}/status").read_text().splitlines()
            peak = max(peak, next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024)
        time.sleep(0.05)
    done = Done(child.returncode, out.read_text(), err.read_text(), folder / "landing", folder / "spool")
    return done, peak, time.monotonic() - began
