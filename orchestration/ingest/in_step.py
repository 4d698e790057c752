"""listing_changes and listing_history as of one and the same version of `listings`.

Several runs may be at work: one has merged a feed and not derived it yet, another has derived one table and not the
other. What is made of both tables must not mix two versions of the market.
"""

from dataclasses import dataclass

import polars as pl
from deltalake import DeltaTable

from orchestration.logic.schemas import LISTING_CHANGES, LISTING_HISTORY, Table
from orchestration.resources.lake import Lake, done

APP = "listings"


@dataclass(frozen=True, slots=True)
class InStep:
    """Both tables, and the version of `listings` that they were derived up to; -1 = before its first feed."""

    version: int
    changes: pl.DataFrame
    history: pl.DataFrame


def in_step(lake: Lake) -> InStep:
    """The newest state that both tables have in common."""
    changes, history = _newest(lake, LISTING_CHANGES), _newest(lake, LISTING_HISTORY)
    while _reached(changes) != _reached(history):
        if _reached(changes) > _reached(history):
            changes = _before(lake, LISTING_CHANGES, changes)
        else:
            history = _before(lake, LISTING_HISTORY, history)
    return InStep(_reached(changes), _rows(lake, LISTING_CHANGES, changes), _rows(lake, LISTING_HISTORY, history))


def _newest(lake: Lake, table: Table) -> DeltaTable | None:
    return DeltaTable(lake.uri(table)) if lake.exists(table) else None


def _before(lake: Lake, table: Table, opened: DeltaTable | None) -> DeltaTable | None:
    assert opened is not None  # a table that is ahead of another is there
    return DeltaTable(lake.uri(table), version=opened.version() - 1) if opened.version() else None


def _reached(opened: DeltaTable | None) -> int:
    return -1 if opened is None else done(opened, APP)


def _rows(lake: Lake, table: Table, opened: DeltaTable | None) -> pl.DataFrame:
    return table.empty() if opened is None else lake.read(table, opened.version())
