"""`dictionary`: prints or writes the data dictionary."""

import argparse
import sys
from pathlib import Path

from orchestration.dictionary import data_dictionary
from realestate_crawler.exit_codes import ExitCode

HELP = "the data dictionary: every table and column with unit, RESO and schema.org name"
PAGE = Path(__file__).resolve().parents[1] / "DATA_DICTIONARY.md"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.parent.name}/{PAGE.name}")


def run(options: argparse.Namespace) -> int:
    """Prints the page, or writes it."""
    if options.write:
        PAGE.write_text(data_dictionary(), encoding="utf-8")
        print(PAGE)
    else:
        sys.stdout.write(data_dictionary())
    return ExitCode.COMPLETE
