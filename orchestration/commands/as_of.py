"""`as-of`: the market as it was."""

import argparse
import sys
from pathlib import Path

import polars as pl

from orchestration.logic.as_of import TIME, MomentError, as_of, moment, unknown
from orchestration.logic.schemas import FEEDS, LISTING_HISTORY
from orchestration.queries.render import as_table
from orchestration.resources.lake import Lake
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "the market as it was at the end of a day, or at a time; every listing into a file with --output"
_SUMMARY = ("source", "offer", "property_type", "currency")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("date", metavar="DATE", help="2026-01-31 (its end, UTC), or 2026-01-31T12:00")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write every listing: FILE.csv or FILE.parquet")
    parser.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")
    parser.epilog = "Exit codes: 0 told or written; 2 no date, another kind of file, or the file exists."


def run(options: argparse.Namespace) -> int:
    """Prints a summary, and writes the file."""
    try:
        at = moment(options.date)
    except MomentError as error:
        print(error, file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    output: Path | None = options.output
    if output is not None and output.suffix not in (".csv", ".parquet"):
        print(f"{output}: must end with .csv or .parquet", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    if output is not None and output.exists() and not options.overwrite:
        print(f"{output}: exists; --overwrite replaces it", file=sys.stderr)
        return ExitCode.BAD_CONFIGURATION
    lake = Lake(root=Places().lake_root)
    found = as_of(lake.scan(LISTING_HISTORY), at).collect()
    print(f"{found.height} listings on the market at {at:{TIME}} ({lake.uri(LISTING_HISTORY)})")
    for remark in unknown(lake.scan(FEEDS), at):
        print(remark)
    if found.height:
        price = pl.col("list_price").cast(pl.Float64)
        groups = found.group_by(_SUMMARY).agg(listings=pl.len(), median_list_price=price.median()).sort(_SUMMARY)
        print(as_table(groups), end="")
    if output is not None:
        _write(found, output)
        print(f"written: {output}")
    return ExitCode.COMPLETE


def _write(found: pl.DataFrame, output: Path) -> None:
    """Whole or not at all: written beside its place and moved there."""
    output.parent.mkdir(parents=True, exist_ok=True)
    beside = output.with_name(f".tmp-{output.name}")
    try:
        if output.suffix == ".csv":
            found.write_csv(beside)
        else:
            found.write_parquet(beside)
        beside.replace(output)
    finally:
        beside.unlink(missing_ok=True)
