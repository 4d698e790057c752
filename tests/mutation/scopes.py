"""Which modules are mutated, and which tests are to notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Modules and their tests; each test run of a mutant stops at the first that fails."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


LOGIC = (
    *("belief", "diff", "events", "extra_columns", "field_changes", "gate", "guard", "held", "keeping", "lineage"),
    *("look", "mass_changes", "misses", "observed", "patterns", "proof", "sightings", "stamps", "twins"),
)
INGEST = ("derive", "in_step", "merge", "realign", "stage")
SCOPES = (
    Scope("diff and guard", tuple(f"orchestration/logic/{name}.py" for name in LOGIC), ("tests/logic",)),
    Scope("merge", tuple(f"orchestration/ingest/{name}.py" for name in INGEST), ("tests/lakehouse",)),
    Scope("completeness", ("realestate_crawler/domain/completeness.py",), ("tests/domain", "tests/landing")),
)
