"""What holding means: a listing keeps the values that are not believed, and its row says what the source says.

What belongs here: putting old values back, and the column `held`. What does not: what is held (`belief`).
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from orchestration.logic.look import Look
from orchestration.logic.observed import with_derived
from orchestration.logic.schemas import FACTS, HELD
from orchestration.logic.sightings import SIGHTING
from realestate_crawler.items import MEANINGS, Form

KEY = "listing_key"
# What is held, where it is no field.
REMOVAL, REKEYED = "presence", "listing_key"
TOO_MANY_REMOVALS = "too many removals at once"
TWIN = "its twin has another key"

_IDENTITY = ("source", KEY, "content_hash")
_VALUES = tuple(name for name in FACTS if name not in _IDENTITY and MEANINGS[name].form is not Form.MAPPING)


def keep(joined: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Puts the earlier value back for each (listing_key, field_name) of `pairs`; such rows have no digest of a page."""
    if pairs.is_empty():
        return joined
    fields = {str(name): keys[KEY] for (name,), keys in pairs.group_by("field_name")}
    return _restored(joined, {name: pl.col(KEY).is_in(keys.implode()) for name, keys in fields.items()})


def keep_all_but(joined: pl.DataFrame, taken: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """The known listings as they were, but for the fields that are taken now: field → listings."""
    known = pl.col("presence_was").is_not_null()
    conditions = {name: known & ~pl.col(KEY).is_in(list(taken.get(name, ()))) for name in _VALUES}
    return _restored(joined, conditions).with_columns(extra=pl.when(known).then("extra_was").otherwise("extra"))


def _restored(joined: pl.DataFrame, conditions: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """Fields as they were where the condition holds; `raw` says of a field what belongs to its value."""
    marked = joined.with_columns(condition.alias(f"{name}_kept") for name, condition in conditions.items())
    kept = pl.any_horizontal(f"{name}_kept" for name in conditions)
    values = [pl.when(f"{name}_kept").then(f"{name}_was").otherwise(name).alias(name) for name in conditions]
    raw = _raw(marked.filter(kept), list(conditions))
    told = (
        marked.with_columns(*values, kept=kept, content_hash=pl.when(~kept).then("content_hash"))
        .join(raw, on=KEY, how="left", maintain_order="left", suffix="_patched")
        .with_columns(raw=pl.when("kept").then("raw_patched").otherwise("raw"))
        .drop("kept", "raw_patched", *(f"{name}_kept" for name in conditions))
    )
    return with_derived(told)


def _raw(marked: pl.DataFrame, names: Collection[str]) -> pl.DataFrame:
    rows = []
    for row in marked.select(KEY, "raw", "raw_was", *(f"{name}_kept" for name in names)).iter_rows(named=True):
        now, was = _load(row["raw"]), _load(row["raw_was"])
        # In one order whatever the process: what is rebuilt from the feeds is compared letter by letter.
        kept = sorted(name for name in names if row[f"{name}_kept"])
        merged = {n: text for n, text in now.items() if n not in kept} | {n: was[n] for n in kept if n in was}
        rows.append({KEY: row[KEY], "raw": json.dumps(merged, ensure_ascii=False) if merged else None})
    return pl.DataFrame(rows, schema={KEY: pl.String(), "raw": pl.String()})


def _load(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def held_changes(pairs: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """listing_key, what, kept_value, new_value, pattern of each held change."""
    told = pairs.join(found, on=[KEY, "field_name"])
    return told.select(KEY, what="field_name", kept_value="previous_value", new_value="new_value", pattern="pattern")


def entries(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row an entry of a column of held entries: listing_key and the fields of HELD."""
    return rows.filter(pl.col(column).is_not_null()).select(KEY, column).explode(column).unnest(column)


def unshown(observed: pl.DataFrame, held: pl.DataFrame, scope: str) -> pl.DataFrame:
    """The entries of a scope (listing_key, what) of which its look says nothing: a result card shows some fields only.

    Args:
        observed: the feed's lines as they came.
        held: entries of listings that the feed has.
        scope: whose look it is.
    """
    own = held.filter((pl.col("scope") == scope) & pl.col("what").is_in(_VALUES))
    cards = observed.filter(SIGHTING).join(own.select(KEY).unique(), on=KEY, how="semi")
    shown = {(row[KEY], name) for row in cards.iter_rows(named=True) for name in _shown(row)}
    silent = [(key, what) for key, what in own.select(KEY, "what").iter_rows() if (key, what) not in shown]
    told = pl.DataFrame(silent, schema={KEY: pl.String(), "what": pl.String()}, orient="row")
    return told.join(cards, on=KEY, how="semi")


def _shown(row: dict[str, Any]) -> set[str]:
    return {name for name in _VALUES if row[name] is not None} | _load(row["raw"]).keys()


def put_held(
    rows: pl.DataFrame, column: str, fresh: pl.DataFrame, look: Look, stays: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The rows with the column `held`: what `column` says, without what this scope held before, and what it holds now.

    Args:
        rows: has listing_key and `column`.
        column: what was held before.
        fresh: listing_key, what, kept_value, new_value, pattern of what is held now.
        look: whose entries they are.
        stays: listing_key and what of entries of this scope that stay all the same.
    """
    mine = pl.col("scope") == look.scope
    before = entries(rows, column)
    own = before.filter(mine)
    stay = own.clear() if stays is None else own.join(stays, on=[KEY, "what"], how="semi")
    now = fresh.with_columns(scope=pl.lit(look.scope), run_id=pl.lit(look.run_id)).select(before.columns)
    told = (
        pl.concat([before.filter(~mine), stay, now])
        .sort(KEY, "scope", "what")
        .group_by(KEY, maintain_order=True)
        .agg(held=pl.struct(field.name for field in HELD.fields))
    )
    return rows.drop("held", strict=False).join(told, on=KEY, how="left", maintain_order="left")
