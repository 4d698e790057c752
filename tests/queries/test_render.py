"""A table for people: aligned, rounded, complete."""

import polars as pl

from orchestration.queries.render import as_csv, as_table

ANSWER = pl.DataFrame({"city": ["Žďár", None], "listings": [1, 20_000], "price": [1_234_567.891, 0.04267]})


def test_a_table_is_aligned_and_rounded() -> None:
    assert as_table(ANSWER) == (
        "city  listings         price\n"
        "────  ────────  ────────────\n"
        "Žďár         1  1,234,567.89\n"
        "         20000        0.0427\n"
        "2 rows\n"
    )


def test_no_rows_are_shown_as_such() -> None:
    assert as_table(ANSWER.clear()).endswith("\n0 rows\n")


def test_csv_has_the_numbers_in_full() -> None:
    assert as_csv(ANSWER).splitlines()[1] == "Žďár,1,1234567.891"
