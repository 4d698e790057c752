"""Real markets, snapshot after snapshot: the tables say what follows from the files, and nothing else."""

from pathlib import Path

import polars as pl
import pytest

from orchestration.logic.schemas import LISTING_CHANGES, LISTINGS
from orchestration.resources.lake import Lake
from tests.real.series import found, moment, rows_of, run, snapshots, truth

HERE = Path(__file__).parent
SERIES = [
    pytest.param(
        "dk-copenhagen-boligsiden", "copenhagen.yaml", "id", "p", None, id="copenhagen", marks=pytest.mark.slow
    ),
    pytest.param("be-liege-immoweb-rentals", "liege.yaml", "uid", "loyer", "listings", id="liege"),
]


@pytest.mark.real
@pytest.mark.parametrize(("folder", "mapping", "key", "price", "rows"), SERIES)
def test_the_tables_say_what_follows_from_the_files(tmp_path, folder, mapping, key, price, rows):
    files = snapshots(folder)
    for path in files:
        words = (f"mapping={HERE / mapping}", f"input={path}", f"observed_at={moment(path)}")
        run(tmp_path, "scrapy", "crawl", "dataset", *(part for word in words for part in ("-a", word)))
    run(tmp_path, "orchestration", "materialize", "--no-crawl")
    lake = Lake(root=str(tmp_path / "lake"))
    changes = lake.read(LISTING_CHANGES)
    told = found(changes)
    wanted = truth([rows_of(path, rows) for path in files], key, price)
    for path, step in zip(files, wanted, strict=True):
        assert told[moment(path)] == step, path.name
    assert any(step["missing"] for step in wanted)
    last = {str(row[key]): row for row in rows_of(files[-1], rows)}
    present = lake.read(LISTINGS).filter(pl.col("presence") == "present")
    assert dict(present.select("listing_key", pl.col("list_price").cast(pl.Float64)).rows()) == {
        one: row[price] for one, row in last.items()
    }
    version = lake.version(LISTINGS)
    run(tmp_path, "orchestration", "materialize", "--no-crawl")
    assert lake.version(LISTINGS) == version
    assert lake.read(LISTING_CHANGES).equals(changes)
