"""The life of one listing as lines in order: its events, and what each version said.

What belongs here: putting events and versions side by side. What does not: reading tables, printing.
"""

import datetime
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import polars as pl

from orchestration.logic.field_changes import as_text
from orchestration.logic.schemas import FACTS
from realestate_crawler.items import MEANINGS, Form

_SHOWN_APART = ("source", "listing_key", "content_hash")


@dataclass(slots=True)
class Moment:
    """Something that happened to a listing.

    Attributes:
        what: new, changed, missing, removed, relisted.
        changes: (field, old, new) of a change; (field, None, value) of all fields for a first or renewed sight.
    """

    at: datetime.datetime
    what: str
    scope: str
    run_id: str
    changes: list[tuple[str, str | None, str | None]] = field(default_factory=list)


def life(changes: pl.DataFrame, versions: pl.DataFrame) -> list[Moment]:
    """All moments of one listing, oldest first.

    Args:
        changes: its rows of listing_changes.
        versions: its rows of listing_history.
    """
    moments: dict[tuple[str, str], Moment] = {}
    for row in changes.sort("observed_at", "change_type", "field_name").iter_rows(named=True):
        key = (row["scope"], row["run_id"])
        moment = moments.get(key)
        if moment is None:
            moment = moments[key] = Moment(row["observed_at"], row["change_type"], row["scope"], row["run_id"])
        if row["change_type"] != "changed":  # a relisting tells its changed fields as well
            moment.what = row["change_type"]
        if row["field_name"] is not None:
            moment.changes.append((row["field_name"], row["previous_value"], row["new_value"]))
    told = {row["run_id"]: row for row in _as_text(versions).iter_rows(named=True)}
    for moment in moments.values():
        if moment.what in ("new", "relisted") and moment.run_id in told and not moment.changes:
            moment.changes = [
                (name, None, value) for name, value in _facts(told[moment.run_id]).items() if value is not None
            ]
    return sorted(moments.values(), key=attrgetter("at", "run_id"))


def _facts(row: dict[str, Any]) -> dict[str, str | None]:
    return {name: row[name] for name in FACTS if name not in _SHOWN_APART}


def _as_text(versions: pl.DataFrame) -> pl.DataFrame:
    plain = [as_text(name, name).alias(name) for name in FACTS if MEANINGS[name].form is not Form.MAPPING]
    return versions.with_columns(plain)
