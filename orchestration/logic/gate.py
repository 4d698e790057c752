"""The schema gate: what a table has against what is to be written, before every write.

A new column is added first and announced; anything else that differs is refused, because the writer would cast
silently (1.5 → 1).
"""

from collections.abc import Mapping

import polars as pl


class SchemaRefusedError(ValueError):
    """The table and the data disagree; nothing was written."""


def additions(table: str, has: Mapping[str, pl.DataType], wanted: Mapping[str, pl.DataType]) -> list[str]:
    """The columns to add to a table before writing.

    Raises:
        SchemaRefusedError: naming each column whose type differs, or whose name differs only by case.
    """
    complaints = [
        f"{name} is {has[name]}, not {dtype}" for name, dtype in wanted.items() if has.get(name, dtype) != dtype
    ]
    folded = {name.casefold(): name for name in has}
    for name in wanted:
        twin = folded.get(name.casefold(), name)
        if twin != name:
            complaints.append(f"{name} differs from {twin} only by case")
    if complaints:
        raise SchemaRefusedError(f"{table}: {'; '.join(complaints)}: nothing was written")
    return [name for name in wanted if name not in has]
