"""`history` tells the life of one listing in order."""

from pathlib import Path

from tests.graph_fixtures.feeds import deliver, listing
from tests.graph_fixtures.tables import refresh
from tests.operators.conftest import Operate

OTHER = listing("other")


def test_a_whole_life_in_order(tmp_path: Path, operate: Operate) -> None:
    homes = [[listing("h", list_price=100_000, city="Lund")], [listing("h", list_price=95_000, city="Lund")], [], []]
    homes.append([listing("h", list_price=90_000, city="Lund")])
    for run_seq, items in enumerate(homes, start=1):
        deliver(tmp_path, [*items, OTHER], run_seq=run_seq)
        refresh(tmp_path)
    answer = operate("history", "h")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert "town/h: present" in lines[0]
    happened = [line.split()[2] for line in lines if line.startswith("2026-")]
    assert happened == ["new", "changed", "missing", "removed", "relisted"]
    assert "    list_price: 100000" in lines
    assert "    city: Lund" in lines
    assert "    list_price: 100000 → 95000" in lines
    assert "    list_price: 95000 → 90000" in lines
    assert "other" not in answer.out


def test_an_unknown_key_fails(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [OTHER], run_seq=1)
    refresh(tmp_path)
    answer = operate("history", "nobody")
    assert (answer.code, answer.out) == (5, "")
    assert "no listing nobody" in answer.err


def test_a_key_of_two_sources_must_be_chosen(tmp_path: Path, operate: Operate) -> None:
    deliver(tmp_path, [listing("h", city="Lund")], run_seq=1)
    deliver(tmp_path, [listing("h", city="Ystad")], run_seq=1, source="village")
    refresh(tmp_path)
    assert operate("history", "h").code == 2
    answer = operate("history", "h", "--source", "village")
    assert answer.code == 0
    assert "Ystad" in answer.out
    assert "Lund" not in answer.out
