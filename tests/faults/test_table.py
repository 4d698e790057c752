"""The table of fault cases tells the truth about the tests."""

from types import SimpleNamespace

import pytest

from tests.faults.table import CASES, FAILED, MISSING, PROVED, SKIPPED, Variants, claimed_by, claims, marked, table


def ran(*outcomes):
    """What is known of a variant after tests with these outcomes."""
    told = Variants()
    for outcome in outcomes:
        why = ("file", 1, "Skipped: no such server") if outcome == "skipped" else ""
        when = "setup" if outcome == "skipped" else "call"
        told.note(
            SimpleNamespace(
                user_properties=[("fault", ["F05", "reset"])],
                when=when,
                outcome=outcome,
                skipped=outcome == "skipped",
                longrepr=why,
            )
        )
    return told


def test_45_cases_with_230_variants_are_declared():
    assert list(CASES) == [f"F{number:02}" for number in range(1, 46)]
    assert sum(len(set(case["variants"])) for case in CASES.values()) == 230
    assert all(case["title"] and case["expected"] for case in CASES.values())


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((), MISSING),
        (("passed",), PROVED),
        (("passed", "failed"), FAILED),
        (("passed", "skipped"), PROVED),
        (("skipped",), SKIPPED),
    ],
)
def test_one_failure_is_enough_and_a_skip_proves_nothing(outcomes, state):
    assert ran(*outcomes).state(("F05", "reset")) == state


def test_what_is_not_proved_is_named_with_its_reason():
    lines = list(table(ran("skipped")))
    assert any(line.startswith("F05") and line.endswith(" 0 of 5") for line in lines)
    assert "      not run here: reset (no such server)" in lines
    assert "      missing: 503, time-out, 403, empty" in lines
    assert lines[-1] == "45 cases, 230 variants: 0 proved, 0 failed, 1 not run here, 229 missing"


def test_a_claim_of_what_is_not_declared_is_an_error():
    def item(*words):
        return SimpleNamespace(nodeid="test", iter_markers=lambda name: [pytest.mark.fault(*words).mark])

    assert claimed_by(item("F05", "reset", "503")) == [("F05", "reset"), ("F05", "503")]
    for words in (("F05", "resett"), ("F46", "reset"), ("F05",)):
        with pytest.raises(pytest.UsageError, match=words[0]):
            claimed_by(item(*words))


def test_parameters_carry_their_variants():
    one, several = claims("F05", {1: "reset", 2: ("403", "503")})
    assert [(param.id, param.marks[0].args) for param in (one, several)] == [
        ("1", ("F05", "reset")),
        ("2", ("F05", "403", "503")),
    ]


def test_rows_by_id_carry_their_variants_where_they_have_one():
    one, other = marked({"a": (1, 2), "b": (3, 4)}, {"a": ("F05", "reset")})
    assert (one.id, one.values, one.marks[0].args) == ("a", (1, 2), ("F05", "reset"))
    assert (other.values, list(other.marks)) == ((3, 4), [])
