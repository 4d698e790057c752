"""An answer as a person or a program reads it. Pure."""

from typing import Any

import polars as pl


def as_csv(answer: pl.DataFrame) -> str:
    """Comma-separated values with a header; numbers in full."""
    return answer.write_csv()


def as_table(answer: pl.DataFrame) -> str:
    """All rows and columns, numbers to the right and rounded, nothing where there is no value."""
    columns = [_column(name, answer[name]) for name in answer.columns]
    rule = "  ".join("─" * len(cells[0]) for cells in columns)
    head, *rows = ["  ".join(cells).rstrip() for cells in zip(*columns, strict=True)]
    return "\n".join([head, rule, *rows, f"{answer.height} rows", ""])


def _column(name: str, values: pl.Series) -> list[str]:
    cells = [name, *(_shown(value) for value in values)]
    width = max(len(cell) for cell in cells)
    return [cell.rjust(width) if values.dtype.is_numeric() else cell.ljust(width) for cell in cells]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}" if abs(value) >= 10 else f"{value:.4f}"
    return str(value)
