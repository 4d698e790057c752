"""`status`: how each scope stands."""

import argparse
import datetime
import json

import polars as pl

from orchestration.operations.sale_scopes import sale_scope_status
from orchestration.operations.scopes import scope_status
from orchestration.queries.render import as_table
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.manifest import ItemKind
from realestate_crawler.contracts.places import Places
from realestate_crawler.exit_codes import ExitCode

HELP = "per scope: last run, last complete run and its age, listings, what is held, feeds that wait or are damaged"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--format", choices=("table", "json"), default="table", help="how it is written")
    parser.epilog = "Exit codes: 0 told; 5 told, and a damaged feed stops a scope."


def run(options: argparse.Namespace) -> int:
    """Prints one row a scope."""
    places = Places()
    now = datetime.datetime.now(datetime.UTC)
    lake, landing = Lake(root=places.lake_root), Landing(root=places.landing)
    found = pl.concat([scope_status(lake, landing, now), sale_scope_status(lake, landing, now)])
    if options.format == "json":
        print(json.dumps([_plain(row) for row in found.iter_rows(named=True)], indent=1))
    elif found.is_empty():
        print(f"no feed in {places.landing}, no table in {places.lake_root}")
    else:
        _print_table(found)
    return ExitCode.FAILED if found["damaged"].is_not_null().any() else ExitCode.COMPLETE


def _print_table(found: pl.DataFrame) -> None:
    table = found.select(
        "item",
        "source",
        "scope",
        "last_run",
        complete=pl.col("last_run_complete").replace_strict({True: "yes", False: "no"}, default="?"),
        last_complete=pl.col("last_complete_at").dt.to_string("%Y-%m-%d %H:%M").fill_null("never"),
        age=pl.col("age_hours").map_elements(_age, return_dtype=pl.String),
        present="present",
        missing="missing",
        held=pl.sum_horizontal("held", "held_changes", "held_keys"),
        waiting="waiting",
        damaged=pl.col("damaged").is_not_null().replace_strict({True: "yes", False: ""}),
        quarantined="quarantined",
    )
    print(as_table(table), end="")
    for row in found.iter_rows(named=True):
        name = f"{row['source']}/{row['scope']}"
        if row["damaged"]:
            print(f"{name}: damaged, the scope waits: {row['damaged']}")
        if row["item"] == ItemKind.SALE and row["held"]:
            print(
                f"{name}: held for a person: {row['held']} deletions of sales that the last full file does not list;"
                f" `accept {name} --dry-run` shows them, `accept {name}` lets them pass"
            )
            continue
        held = {"removals": row["held"], "changes": row["held_changes"], "other keys": row["held_keys"]}
        told = ", ".join(f"{count} {what}" for what, count in held.items() if count)
        if told:
            way_out = f"`accept {name} --dry-run` shows them, `accept {name}` lets them pass"
            print(f"{name}: held for a person: {told}; {way_out}")


def _age(hours: float) -> str:
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def _plain(row: dict[str, object]) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, datetime.datetime) else value for key, value in row.items()}
