"""Which modules are mutated, and which tests are to notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Modules and their tests; the tests of a mutant end at the first that fails."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    left_out: tuple[str, ...] = ()


LOGIC = (
    *("belief", "diff", "events", "extra_columns", "field_changes", "gate", "guard", "held", "keeping", "lineage"),
    *("look", "mass_changes", "misses", "observed", "patterns", "proof", "sightings", "stamps", "twins"),
)
INGEST = ("derive", "in_step", "merge", "realign", "stage")
LAKE_TESTS = (
    "what_a_feed_tells",
    "what_a_stage_tells",
    "way_back",
    "merge_once",
    "staging",
    "commits",
    "put_back_meanwhile",
    "market_in_step",
    "two_writers",
)
SCOPES = (
    Scope(
        "diff and guard",
        tuple(f"orchestration/logic/{name}.py" for name in LOGIC),
        ("tests/logic",),
        ("tests/logic/test_market_daily.py",),  # of other modules
    ),
    Scope(
        "merge",
        tuple(f"orchestration/ingest/{name}.py" for name in INGEST),
        tuple(f"tests/lakehouse/test_{name}.py" for name in LAKE_TESTS),
        ("tests/lakehouse/test_two_writers.py::test_whole_runs_in_several_processes_end_like_one",),
    ),
    Scope("completeness", ("realestate_crawler/domain/completeness.py",), ("tests/domain/test_completeness.py",)),
)
