"""The statement says which chunks are replaced, and no name or path can break out of its quotes."""

import datetime
import json

from hypothesis import given
from hypothesis import strategies as st

from orchestration.druid.columns import Column
from orchestration.druid.datasources import Datasource
from orchestration.druid.ingestion_sql import literal, quoted, replace
from orchestration.druid.intervals import Chunk, Granularity, Plan

SOURCE = Datasource("listings", "silver/listings", "first_seen_at", clustered_by=("city", "not there"))
COLUMNS = (Column("first_seen_at", "BIGINT"), Column("city", "VARCHAR"))


def month(number: int) -> Chunk:
    return Chunk.of(datetime.datetime(2026, number, 1, tzinfo=datetime.UTC), Granularity.MONTH)


def test_the_first_ingestion_replaces_everything() -> None:
    plan = Plan((month(1),), (), everything=True)
    assert replace(SOURCE, "x_listings", COLUMNS, ["s3://b/k.parquet"], plan).splitlines() == [
        'REPLACE INTO "x_listings"',
        "OVERWRITE ALL",
        'SELECT MILLIS_TO_TIMESTAMP("first_seen_at") AS "__time", "first_seen_at", "city", "snapshot_digest"',
        'FROM TABLE(EXTERN(\'{"type": "s3", "uris": ["s3://b/k.parquet"]}\', \'{"type": "parquet"}\'))',
        'EXTEND ("first_seen_at" BIGINT, "city" VARCHAR, "snapshot_digest" VARCHAR)',
        "PARTITIONED BY MONTH",
        'CLUSTERED BY "city"',
    ]


def test_later_ones_replace_the_changed_chunks_only_neighbours_as_one() -> None:
    plan = Plan((month(1), month(2), month(12)), (), everything=False)
    assert replace(SOURCE, "listings", COLUMNS, ["/f"], plan).splitlines()[1] == (
        "OVERWRITE WHERE (__time >= TIMESTAMP '2026-01-01 00:00:00' AND __time < TIMESTAMP '2026-03-01 00:00:00')"
        " OR (__time >= TIMESTAMP '2026-12-01 00:00:00' AND __time < TIMESTAMP '2027-01-01 00:00:00')"
    )


def test_files_of_a_folder_are_read_as_such() -> None:
    plan = Plan((month(1),), (), everything=True)
    statement = replace(SOURCE, "listings", COLUMNS, ["/a lake's/f.parquet"], plan)
    told = statement.split("EXTERN('")[1].split("', '{\"type\"")[0].replace("''", "'")
    assert json.loads(told) == {"type": "local", "files": ["/a lake's/f.parquet"]}


@given(text=st.text())
def test_quotes_hold_whatever_is_between_them(text: str) -> None:
    for made, mark in ((quoted(text), '"'), (literal(text), "'")):
        assert made[0] == made[-1] == mark
        assert made[1:-1].replace(mark * 2, "").count(mark) == 0
        assert made[1:-1].replace(mark * 2, mark) == text
