"""The data dictionary page is what the code says."""

from orchestration.commands.dictionary import PAGE
from orchestration.dictionary import data_dictionary
from orchestration.logic.schemas import TABLES


def test_the_page_is_the_generated_text():
    assert PAGE.read_text(encoding="utf-8") == data_dictionary(), "run `make dictionary`"


def test_it_has_every_column_of_every_table_with_type_and_meaning():
    page = data_dictionary()
    for table in TABLES:
        section = page.partition(f"\n## {table.path}\n")[2].partition("\n## ")[0]
        rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
        assert [row[0].strip("|` ") for row in rows] == list(table.columns)
        assert all(row[1] and row[2].strip("| ") for row in rows)
