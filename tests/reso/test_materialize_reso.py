"""From a service to the tables through `python -m orchestration materialize`."""

import polars as pl

from tests.operating import orchestrate
from tests.reso.market import MEMBERS, TYPES, criteria, row
from tests.reso.service import TOKEN, Service


def materialize(folder, path):
    return orchestrate(folder, "materialize", REALESTATE_CRITERIA=str(path), REALESTATE_RESO_TOKEN=TOKEN)


def test_incremental_pulls_change_listings_and_remove_none(tmp_path):
    with Service([row(n) for n in range(12)], TYPES, MEMBERS) as service:
        path = criteria(tmp_path, service.url, {"incremental": True, "collection": "invented-mls"})
        first = materialize(tmp_path, path)
        assert first.returncode == 0, first.stdout + first.stderr
        service.rows = [row(2, ListPrice=99, ModificationTimestamp="2026-07-01T00:00:00Z")]
        second = materialize(tmp_path, path)
        assert second.returncode == 0, second.stdout + second.stderr
    listings = pl.read_delta(str(tmp_path / "lake/silver/listings"))
    assert set(listings["source"]) == {"invented-mls"}
    assert listings["presence"].to_list() == ["present"] * 12
    changes = pl.read_delta(str(tmp_path / "lake/silver/listing_changes")).filter(pl.col("change_type") != "new")
    assert changes.select("listing_key", "field_name", "previous_value", "new_value").rows() == [
        ("K0002", "list_price", "202000", "99")
    ]
