"""Which feeds a version stands for after restores; which columns a table may be given."""

import polars as pl
import pytest

from orchestration.logic.gate import SchemaRefusedError, additions
from orchestration.logic.lineage import Commit, continues, lineage, outstanding

# 0 made the table, 1 to 4 applied feeds, 5 went back to 2, 6 and 7 applied feeds, 8 compacted, 9 went back to 6.
COMMITS = [
    Commit(0),
    *(Commit(n, feed={"n": n}) for n in (1, 2, 3, 4)),
    Commit(5, restored_to=2),
    *(Commit(n, feed={"n": n}) for n in (6, 7)),
    Commit(8),
    Commit(9, restored_to=6),
]


@pytest.mark.parametrize(
    ("at", "feeds"),
    [
        (-1, []),
        (0, []),
        (1, [1]),
        (4, [1, 2, 3, 4]),
        (5, [1, 2]),
        (6, [1, 2, 6]),
        (7, [1, 2, 6, 7]),
        (8, [1, 2, 6, 7]),
        (9, [1, 2, 6]),
    ],
)
def test_a_version_stands_for_the_feeds_that_were_not_undone(at, feeds):
    assert lineage(COMMITS, at) == feeds


def test_going_back_to_the_very_beginning_leaves_nothing():
    assert lineage([*COMMITS, Commit(10, restored_to=0)], 10) == []
    assert lineage([*COMMITS, Commit(10, restored_to=5)], 10) == [1, 2]


def test_what_is_outstanding_is_what_the_head_has_and_the_table_has_not():
    assert outstanding(COMMITS, 7, 2) == [6, 7]
    assert outstanding(COMMITS, 7, -1) == [1, 2, 6, 7]
    assert outstanding(COMMITS, 9, 6) == []


def test_a_table_continues_when_it_has_a_beginning_of_the_head():
    assert continues(COMMITS, 9, 2)
    assert continues(COMMITS, 9, -1)
    assert continues(COMMITS, 9, 6)
    assert not continues(COMMITS, 9, 7)
    assert not continues(COMMITS, 9, 3)
    assert not continues(COMMITS, 5, 4)


TEXT, NUMBER = pl.String(), pl.Int64()


def test_columns_that_the_table_lacks_are_added():
    assert additions("t", {"a": TEXT}, {"a": TEXT, "b": NUMBER, "c": TEXT}) == ["b", "c"]
    assert additions("t", {"a": TEXT, "z": TEXT}, {"a": TEXT}) == []
    assert additions("t", {}, {"a": TEXT}) == ["a"]


def test_another_type_is_refused_and_every_such_column_named():
    with pytest.raises(SchemaRefusedError) as refused:
        additions("silver/t", {"a": NUMBER, "b": TEXT}, {"a": TEXT, "b": NUMBER})
    assert str(refused.value) == "silver/t: a is Int64, not String; b is String, not Int64: nothing was written"


def test_a_name_that_differs_only_by_case_is_refused():
    with pytest.raises(SchemaRefusedError, match="ID differs from id only by case"):
        additions("t", {"id": TEXT}, {"ID": TEXT})
