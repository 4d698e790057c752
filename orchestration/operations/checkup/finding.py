"""One thing that a check-up found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: only a problem makes `doctor` fail; a left-over is allowed by design and can be cleaned."""

    OK = "ok"
    NOTE = "note"
    LEFT_OVER = "left over"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at and what became of it."""

    level: Level
    what: str
    told: str


def verdict(what: str, problems: list[str], fine: str) -> list[Finding]:
    """The problems, or that all is well."""
    return [Finding(Level.PROBLEM, what, told) for told in problems] or [Finding(Level.OK, what, fine)]
