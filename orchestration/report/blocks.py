"""The pieces a page is made of; the template knows how each looks.

What belongs here: plain data. What does not: any HTML, and where the data come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Tone = Literal["", "good", "bad", "warn", "muted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what it says.
        detail: a second, smaller line.
        href: an http or https address that the text links to.
        series: number of the colour shown beside the text, from 1; 0 for none.
        tone: how it is meant.
    """

    text: str
    detail: str = ""
    href: str | None = None
    series: int = 0
    tone: Tone = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells below a head; `numeric` columns (counted from 0) are aligned to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numeric: frozenset[int] = frozenset()
    title: str = ""
    note: str = ""
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A Vega-Lite chart.

    Attributes:
        title: what it shows, with the unit.
        spec: the Vega-Lite specification, width "container".
        note: what a reader has to know.
        boxes: for a map: view name → (west, south, east, north) in degrees; the first is shown at the start.
    """

    title: str
    spec: dict[str, Any]
    note: str = ""
    boxes: dict[str, tuple[float, float, float, float]] = field(default_factory=dict)
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Charts side by side where there is room."""

    charts: Sequence[Chart]
    kind: Literal["charts"] = "charts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline figure."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Headline figures in a row."""

    figures: Sequence[Figure]
    kind: Literal["figures"] = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence or two; `tone` "warn" stands out."""

    text: str
    tone: Tone = "muted"
    kind: Literal["note"] = "note"


Block = Table | Chart | Charts | Figures | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Blocks below a heading of their own (one market, one search)."""

    title: str
    blocks: Sequence[Block]
    kind: Literal["group"] = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the page; `name` is its anchor."""

    name: str
    title: str
    blocks: Sequence[Block | Group]
    intro: str = ""
