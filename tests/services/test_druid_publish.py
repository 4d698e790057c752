"""A Delta version in a real Druid: equal chunk by chunk, only what changed is ingested, a re-run ingests nothing."""

import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.intervals import Chunk
from orchestration.druid.publish import Published, publish, verify
from orchestration.druid.serving import served_digests
from orchestration.druid.settings import DruidSettings
from tests.services.conftest import Bucket
from tests.services.tables import listings

LISTINGS = DATASOURCES["listings"]
Publish = Callable[[int], Published]


@pytest.fixture
def published(settings: DruidSettings, lake: str) -> Publish:
    return lambda version: publish(settings, lake, LISTINGS, version, print)


def write(lake: str, rows: pl.DataFrame, *, partition: str = "city") -> None:
    rows.write_delta(f"{lake}/silver/listings", mode="overwrite", delta_write_options={"partition_by": [partition]})


def rows_served(settings: DruidSettings) -> int:
    (row,) = DruidClient(settings).sql(f'SELECT COUNT(*) AS n FROM "{settings.prefix}listings"')
    return int(row["n"])


def segments(settings: DruidSettings) -> dict[str, str]:
    """First day of each chunk → version of its segments: what was not ingested anew keeps it."""
    query = 'SELECT "start", version FROM sys.segments WHERE datasource = ? AND is_active = 1'
    found = DruidClient(settings).sql(query, [("VARCHAR", f"{settings.prefix}listings")])
    return {row["start"][:10]: row["version"] for row in found}


def test_a_table_is_served_equal_then_only_what_changed_is_ingested(
    settings: DruidSettings, lake: str, published: Publish
) -> None:
    first = listings(3_000)
    write(lake, first)
    done = published(0)
    assert done.differences == ()
    assert done.replaced == ("2026-09-01", "2026-10-01", "2026-11-01")
    assert rows_served(settings) == done.rows == 3_000
    before = segments(settings)

    again = published(0)
    assert (again.replaced, again.dropped, again.differences) == ((), (), ())
    assert segments(settings) == before

    october = pl.col("first_seen_at").dt.month() == 10
    changed = first.with_columns(pl.when(october).then(pl.lit("odd 'title'")).otherwise(pl.col("title")).alias("title"))
    write(lake, changed)
    done = published(1)
    assert done.replaced == ("2026-10-01",)
    assert done.differences == ()
    after = segments(settings)
    assert {day for day in after if after[day] != before[day]} == {"2026-10-01"}

    write(lake, changed.filter(~october))
    done = published(2)
    assert (done.replaced, done.dropped, done.differences) == ((), ("2026-10-01",), ())
    assert rows_served(settings) == 2_000


def test_values_arrive_as_they_are(settings: DruidSettings, lake: str, published: Publish) -> None:
    rows = listings(200, months=(10,))
    write(lake, rows)
    published(0)
    answer = DruidClient(settings).sql(
        f"SELECT listing_key, city, title, list_price, bedrooms_total, furnished, on_market_date, first_seen_at, "
        f'TIMESTAMP_TO_MILLIS(__time) AS "time" FROM "{settings.prefix}listings"'
    )
    ms = pl.col("on_market_date", "first_seen_at").dt.epoch("ms")
    wanted = rows.sort("listing_key").select(
        "listing_key",
        "city",
        "title",
        pl.col("list_price").cast(pl.Float64),
        "bedrooms_total",
        pl.col("furnished").cast(pl.Int64),
        ms,
        pl.col("first_seen_at").dt.epoch("ms").alias("time"),
    )
    assert sorted(answer, key=lambda row: row["listing_key"]) == wanted.to_dicts()


def test_a_snapshot_that_went_away_is_an_error_and_the_old_data_keep_serving(
    settings: DruidSettings, lake: str, published: Publish, minio: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lake, listings(100))
    published(0)
    write(lake, listings(150))
    from orchestration.druid import publish as module
    from orchestration.druid.ingestion import IngestionError

    def lost(*_: object) -> dict[Chunk, set[str]]:
        client = minio.s3.client()
        for entry in client.list_objects_v2(Bucket=minio.name, Prefix="lake/serving/")["Contents"]:
            client.delete_object(Bucket=minio.name, Key=entry["Key"])
        return {}

    with monkeypatch.context() as patched:
        patched.setattr(module, "_trusted", lost)
        with pytest.raises(IngestionError, match="not in the lake any more"):
            published(1)
    assert rows_served(settings) == 100
    assert published(1).differences == ()
    assert rows_served(settings) == 150


def test_all_rows_gone_leaves_nothing_served(settings: DruidSettings, lake: str, published: Publish) -> None:
    write(lake, listings(60))
    published(0)
    write(lake, listings(60).clear())
    done = published(1)
    assert len(done.dropped) == 3
    assert done.differences == ()
    assert served_digests(DruidClient(settings), f"{settings.prefix}listings", LISTINGS.granularity) == {}


@pytest.mark.fault("F41", "some chunks only")
def test_a_wrong_chunk_in_druid_is_found_and_repaired(settings: DruidSettings, lake: str, published: Publish) -> None:
    write(lake, listings(300))
    done = published(0)
    # Somebody replaces a chunk by half of it, under the same name of the content.
    name = f"{settings.prefix}listings"
    client = DruidClient(settings)
    from orchestration.druid.ingestion import ingest

    ingest(
        client,
        f"REPLACE INTO \"{name}\" OVERWRITE WHERE __time >= TIMESTAMP '2026-09-01' AND __time < TIMESTAMP '2026-10-01' "
        f"SELECT * FROM \"{name}\" WHERE TIME_EXTRACT(__time, 'MONTH') = 9 AND offer = 'sale' PARTITIONED BY MONTH",
        run="somebody",
        seconds=100,
        say=print,
    )
    while not verify(client, name, done.snapshot):
        time.sleep(0.2)  # until what is wrong is served
    repaired = published(0)
    assert repaired.replaced == ("2026-09-01",)
    assert repaired.differences == ()


def test_a_folder_lake_is_served_where_druid_sees_it(settings: DruidSettings, tmp_path: Path) -> None:
    lake = str(tmp_path / "lake")
    write(lake, listings(90))
    assert publish(settings, lake, LISTINGS, 0, print).differences == ()
    assert rows_served(settings) == 90
