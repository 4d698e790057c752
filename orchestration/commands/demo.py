"""`demo`: simulated days of the bundled market through the whole graph, from search criteria to the report."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from orchestration.assets.exploration import REPORT
from orchestration.logic.schemas import FEEDS, LISTING_CHANGES, TABLES
from orchestration.resources.crawler import PROJECT
from orchestration.resources.lake import Lake
from realestate_crawler.exit_codes import ExitCode

HELP = "three simulated days of the bundled market, from search criteria to the report; no services, no internet"
CRITERIA = PROJECT / "realestate_crawler" / "demo_market" / "criteria.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--days", type=int, default=3, help="how many days of the market (default: 3)")
    parser.add_argument("--size", type=int, default=600, help="listings on the first day, 50 to 100000 (default: 600)")
    parser.add_argument("--seed", type=int, default=7, help="which market (default: 7)")
    parser.add_argument("--folder", type=Path, default=Path("data/demo"), help="made anew (default: data/demo)")


def run(options: argparse.Namespace) -> int:
    """Runs the days; stops at the first that does not end well."""
    folder = options.folder.absolute()
    if folder.exists() and not (folder / "lake").exists() and any(folder.iterdir()):
        print(f"{folder}: is not a demo's folder: choose another with --folder", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        **os.environ,
        "REALESTATE_CRITERIA": str(CRITERIA),
        "REALESTATE_LANDING": str(folder / "landing"),
        "REALESTATE_LAKE": str(folder / "lake"),
        "REALESTATE_REPORTS": str(folder / "reports"),
        "REALESTATE_SPOOL": str(folder / "spool"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }
    for day in range(1, options.days + 1):
        started = time.monotonic()
        print(f"\n== day {day} of {options.days} ==", flush=True)
        with _market(day, options.size, options.seed) as address:
            print(f"the market is at {address}", flush=True)
            code = subprocess.call(
                [sys.executable, "-m", "orchestration", "materialize"],
                env={**environment, "REALESTATE_DEMO_MARKET_URL": address},
                cwd=PROJECT,
            )
        if code != ExitCode.COMPLETE:
            print(f"day {day} ended with exit code {code}; everything is kept in {folder}", file=sys.stderr)
            return code
        print(f"day {day} took {time.monotonic() - started:.0f} s", flush=True)
    _summary(folder)
    return ExitCode.COMPLETE


@contextmanager
def _market(day: int, size: int, seed: int) -> Iterator[str]:
    """The market on one of its days, on a free port; its address."""
    words = ["--port", "0", "--day", str(day), "--size", str(size), "--seed", str(seed)]
    server = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "scrapy", "demo-market", *words], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    try:
        first = server.stdout.readline() if server.stdout else ""
        if not first.startswith("demo market: "):
            raise RuntimeError(f"the demo market did not start: {first!r}")
        yield first.split()[2].rstrip("/")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()


def _summary(folder: Path) -> None:
    lake = Lake(root=str(folder / "lake"))
    kinds = lake.read(LISTING_CHANGES).with_columns(date=pl.col("observed_at").dt.date())
    cuts = pl.col("field_name").eq("list_price") & (
        pl.col("new_value").cast(pl.Float64, strict=False) < pl.col("previous_value").cast(pl.Float64, strict=False)
    )
    days = (
        kinds.group_by("date")
        .agg(
            new=(pl.col("change_type") == "new").sum(),
            changed=pl.col("listing_key").filter(pl.col("change_type") == "changed").n_unique(),
            price_cuts=cuts.sum(),
            missing=(pl.col("change_type") == "missing").sum(),
            removed=(pl.col("change_type") == "removed").sum(),
            relisted=(pl.col("change_type") == "relisted").sum(),
        )
        .sort("date")
    )
    seen = lake.read(FEEDS).group_by(pl.col("observed_at").dt.date().alias("date")).agg(pl.col("complete").all())
    print("\nwhat changed, day by day:")
    names = ("new", "changed", "price_cuts", "missing", "removed", "relisted")
    print(f"  {'':12}" + "".join(f"{name.replace('_', ' '):>12}" for name in names) + "    crawls")
    for row in days.join(seen, on="date").sort("date").iter_rows(named=True):
        told = "".join(f"{row[name]:>12}" for name in names)
        print(f"  {row['date']!s:12}{told}    {'complete' if row['complete'] else 'NOT complete'}")
    print("\ntables:")
    for table in TABLES:
        rows = lake.scan(table).select(pl.len()).collect().item()
        print(f"  {lake.uri(table)}  ({rows} rows, version {lake.version(table)})")
    print(f"\nreport: {folder / 'reports' / REPORT}")
    print(f"graph:  DAGSTER_HOME={folder / 'dagster'} {Path(sys.executable).parent / 'dagster'} dev")
