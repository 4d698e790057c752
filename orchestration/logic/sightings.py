"""What a result card leaves open is filled in from what was known: a sighting changes only what it shows.

What belongs here: filling in. What does not: which fields differ then (`field_changes`, `extra_columns`).
"""

import json
from typing import Any

import polars as pl

from orchestration.logic.schemas import FACTS
from realestate_crawler.items import MEANINGS, Form
from realestate_crawler.vocabulary import Kind

SIGHTING = pl.col("kind") == Kind.SIGHTING

_IDENTITY = ("source", "listing_key", "content_hash")
_MAPPINGS = tuple(name for name in FACTS if MEANINGS[name].form is Form.MAPPING)
_VALUES = tuple(name for name in FACTS if name not in (*_IDENTITY, *_MAPPINGS))


def filled_in(joined: pl.DataFrame) -> pl.DataFrame:
    """Feed rows beside what was known (`<column>_was`), the sightings among them made whole.

    A field is shown when it has a value, or when the source's own text of it is in `raw`: a price "on request".
    """
    known = SIGHTING & pl.col("presence_was").is_not_null()
    values = [
        pl.when(known & pl.col("raw").str.json_path_match(f"$.{name}").is_null())
        .then(pl.coalesce(name, f"{name}_was"))
        .otherwise(pl.col(name))
        .alias(name)
        for name in _VALUES
    ]
    mappings = _merged_mappings(joined.filter(known))
    return (
        joined.with_columns(
            *values,
            content_hash=pl.when(known).then("content_hash_was").otherwise("content_hash"),
        )
        .join(mappings, on="listing_key", how="left", maintain_order="left", suffix="_merged")
        .with_columns(pl.when(known).then(f"{name}_merged").otherwise(name).alias(name) for name in _MAPPINGS)
        .drop(f"{name}_merged" for name in _MAPPINGS)
    )


def _merged_mappings(sightings: pl.DataFrame) -> pl.DataFrame:
    """Raw and extra of known listings with what the sighting shows put over them."""
    rows = []
    columns = ["listing_key", *_VALUES, *_MAPPINGS, *(f"{name}_was" for name in _MAPPINGS)]
    for row in sightings.select(columns).iter_rows(named=True):
        raw = {name: text for name, text in _load(row["raw_was"]).items() if row.get(name) is None}
        rows.append(
            {
                "listing_key": row["listing_key"],
                "raw": _dump({**raw, **_load(row["raw"])}),
                "extra": _dump({**_load(row["extra_was"]), **_load(row["extra"])}),
            }
        )
    return pl.DataFrame(rows, schema={"listing_key": pl.String(), **dict.fromkeys(_MAPPINGS, pl.String())})


def _load(text: str | None) -> dict[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {}


def _dump(mapping: dict[str, Any]) -> str | None:
    return json.dumps(mapping, ensure_ascii=False) if mapping else None
