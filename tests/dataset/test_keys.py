"""F34: keys as sources write them: one row a key, conflicts counted, what has no key put aside; by a real crawl."""

import pytest

from tests.crawling import crawl, dataset
from tests.faults.table import marked
from tests.graph_fixtures.tables import listings_by_key, refresh

MAPPING = {"source": "town", "key": "id", "fields": {"list_price": "price"}}
CASES = {
    "F34-duplicated-equal": ([("a", 1), ("a", 1)], {"a": 1}, {"duplicate key, equal content": 1}, 0),
    "F34-duplicated-different": ([("a", 1), ("a", 2)], {"a": 1}, {"duplicate key, different content": 1}, 0),
    "F34-null": ([("a", 1), (None, 2)], {"a": 1}, {}, 1),
    "F34-empty": ([("a", 1), ("", 2), ("  ", 3)], {"a": 1}, {}, 2),
    "F34-padded": ([("a", 1), (" a ", 1)], {"a": 1}, {"duplicate key, equal content": 1}, 0),
    "F34-upper-case": ([("a", 1), ("A", 2)], {"a": 1, "A": 2}, {}, 0),
    "F34-two-listings-one-key": ([("a", 1), ("a", 9), ("a", 1)], {"a": 1}, {"duplicate key, equal content": 1}, 0),
    "F34-number-and-text": ([(7, 1), ("7", 1), (7.0, 1)], {"7": 1}, {"duplicate key, equal content": 2}, 0),
}


@pytest.mark.parametrize(
    ("rows", "stored", "drops", "quarantined"),
    marked(
        CASES,
        {
            "F34-duplicated-equal": ("F34", "twice and equal"),
            "F34-duplicated-different": ("F34", "twice and different"),
            "F34-null": ("F34", "null"),
            "F34-empty": ("F34", "empty"),
            "F34-padded": ("F34", "padded or upper case"),
            "F34-upper-case": ("F34", "padded or upper case"),
            "F34-two-listings-one-key": ("F34", "two listings one key"),
        },
    ),
)
def test_one_row_a_key_and_every_row_accounted_for(tmp_path, rows, stored, drops, quarantined):
    told = [{"id": key, "price": price} for key, price in rows]
    done = crawl(tmp_path, *dataset(tmp_path, told, MAPPING))
    manifest = done.manifest
    assert manifest["drops"].items() >= drops.items()
    assert manifest["quarantined"] == quarantined
    assert manifest["items"] + quarantined + sum(manifest["drops"].values()) == len(rows)
    assert manifest["complete"] is (quarantined == 0)
    refresh(tmp_path)
    assert {key: row["list_price"] for key, row in listings_by_key(tmp_path).items()} == stored
