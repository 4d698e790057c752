"""Feeds for tests: real objects in a real landing zone, written as the crawler writes them."""

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.logic.observed import READ_SCHEMA, typed
from orchestration.resources.landing import FeedRef, Landing
from realestate_crawler.contracts.feed import MANIFEST, part_name, run_prefix, to_line
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.domain.identity import content_hash
from realestate_crawler.items import Listing
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.opening import open_store
from realestate_crawler.vocabulary import Kind

START = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
SOURCE = "town"


def day(number: float) -> dt.datetime:
    """06:00 UTC of the n-th day, from 1."""
    return START + dt.timedelta(days=number - 1)


def listing(key: str, *, volatile: tuple[str, ...] = (), **values: Any) -> Listing:
    """One observation with its content hash, as the identify stage leaves it."""
    item = Listing(source=values.pop("source", SOURCE), listing_key=key, **values)
    item.content_hash = content_hash(item, volatile)
    return item


def sighting(key: str, **values: Any) -> Listing:
    """What a result card shows of a listing."""
    return listing(key, kind=Kind.SIGHTING, **values)


def frame(*items: Listing, at: dt.datetime = START) -> pl.DataFrame:
    """The items as a feed's lines come out of the landing reader."""
    lines = b""
    for item in items:
        item.observed_at = at
        lines += to_line(item)
    return typed(pl.read_ndjson(lines, schema=READ_SCHEMA) if lines else pl.DataFrame(schema=READ_SCHEMA))


def deliver(
    root: Path,
    items: list[Listing],
    *,
    run_seq: int,
    at: dt.datetime | None = None,
    scope: str = "all",
    source: str = SOURCE,
    complete: bool = True,
    lines_per_part: int = 10_000,
    **more: Any,
) -> FeedRef:
    """Puts one feed with its manifest into the landing zone at `root`."""
    at = at or day(run_seq)
    run_id = f"{at:%Y%m%dT%H%M%SZ}-{run_seq:06d}"
    prefix = run_prefix(source, scope, run_id)
    store = open_store(str(root / "landing"))
    writer = FeedWriter(store, prefix, root / "spool" / source / scope / run_id, part_name, lines_per_part)
    for item in items:
        item.source, item.scope, item.run_id, item.observed_at = source, scope, run_id, at
        sealed = writer.write(to_line(item))
        if sealed:
            writer.deliver(sealed)
    sealed = writer.seal()
    if sealed:
        writer.deliver(sealed)
    told: dict[str, Any] = {
        "source": source,
        "scope": scope,
        "run_id": run_id,
        "run_seq": run_seq,
        "observed_at": at,
        "started_at": at,
        "finished_at": at + dt.timedelta(minutes=1),
        "finish_reason": "finished",
        "spider": "test",
        "criterion": {"id": scope, "source": source},
        "versions": {},
        "requests": {"ok": 1},
        "items": len(items),
        "unique_listings": len(items),
        "parts": writer.parts,
        "complete": complete,
        "reasons": [] if complete else ["stopped"],
    }
    manifest = Manifest(**(told | more))
    assert store.put_if_absent(prefix + MANIFEST, manifest.model_dump_json(indent=1).encode())
    return FeedRef(source, scope, run_seq, prefix + MANIFEST)


def landing_at(root: Path) -> Landing:
    """The reader's view of the same landing zone."""
    return Landing(root=str(root / "landing"))
