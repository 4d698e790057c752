"""Mass changes where a feed has a part only: result cards beside pages, and pulls of what changed."""

import pytest

from tests.graph_fixtures.diffs import Tables
from tests.graph_fixtures.feeds import sighting
from tests.graph_fixtures.town import MANY, home, town


@pytest.fixture
def tables():
    found = Tables()
    found.see(*town())
    return found


def test_result_cards_count_only_for_the_fields_that_they_show(tables):
    """Forty pages read anew among 360 cards: a broken page reader shows in the forty."""
    cards = [sighting(f"k{n:04}", list_price=home(n).list_price) for n in range(40, MANY)]
    found = tables.see(*(home(n, year_built=1000 + n) for n in range(40)), *cards)
    assert [told.split(",")[0] for told in found.holds] == ["year_built: 40 of 40 changed at once"]


def test_what_a_card_does_not_show_stays_held(tables):
    """The page said it once; the cards of later looks say nothing of it, and settle nothing."""
    tables.see(*town(year_built=lambda n, _: 1000 + n, list_price=lambda _, value: value * 100))
    cards = [sighting(f"k{n:04}", list_price=home(n).list_price) for n in range(MANY)]
    found = tables.see(*cards)
    assert found.counts.held_changes == 0
    [entry] = tables.row("k0000")["held"]
    assert (entry["what"], entry["run_id"], entry["new_value"]) == ("year_built", "run-2", "1000")
    tables.see(*town())
    assert tables.row("k0000")["held"] is None


def test_what_a_source_calls_changed_is_compared_with_all_that_it_left_out(tables):
    """An incremental pull has the listings that changed, and only those."""
    changed = town(list_price=lambda n, value: value - 1000 - n * n % 997)[:60]
    found = tables.see(*changed, complete=False, partial=True)
    assert (found.counts.changed, found.counts.held_changes) == (60, 0)
    found = tables.see(*town(list_price=lambda _, value: value * 100)[60:120], complete=False, partial=True)
    assert found.counts.held_changes == 60


def test_prices_in_cards_are_held_as_well(tables):
    cards = [sighting(f"k{n:04}", list_price=home(n).list_price * 100) for n in range(MANY)]
    found = tables.see(*cards)
    assert found.counts.held_changes == MANY
    assert tables.row("k0000")["title"] == "Home 0"
    assert tables.see(*town()).counts.unchanged == MANY
