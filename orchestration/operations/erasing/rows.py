"""Rows of tables and snapshots: which of them hold what is to be erased, and what is left of them.

What belongs here: frames in, frames out. What does not: tables (`tables`), files (`search`).
"""

import polars as pl

from orchestration.operations.erasing.cut import IDENTITY, WORDS, Cut


def about(columns: list[str], source: str | None, cut: Cut) -> pl.Expr:
    """Whether a row is of a listing that is erased; `source` is that of all rows where it is no column of theirs."""
    found = pl.lit(value=False)
    for of, key in (("source", "listing_key"), ("sale_source", "sale_key")):
        for wanted_source, wanted_key in cut.wanted.listings if key in columns else ():
            same = pl.col(key) == wanted_key
            if of in columns:
                same &= pl.col(of) == wanted_source
            elif source is not None and source != wanted_source:
                continue
            found |= same
    return found.fill_null(value=False)


def naming(rows: pl.LazyFrame, cut: Cut) -> pl.Expr:
    """Whether a row names people who are erased, or is to be changed as its line was; one column is read at a time."""
    found = pl.lit(value=False)
    for name, dtype in rows.collect_schema().items():
        text = _text(name, dtype)
        if text is None or (name in IDENTITY and name != "content_hash"):
            continue
        if not cut.looks_into_texts and name not in (*WORDS, "held"):
            continue
        values = rows.select(text).unique().collect().to_series().drop_nulls()
        changed = [value for value in values if cut.changes(name, value)]
        if changed:
            found |= text.is_in(changed)
    return found.fill_null(value=False)


def rows_with(frame: pl.DataFrame, source: str | None, cut: Cut) -> int:
    """How many rows hold it; `cut` learns the addresses of listings that are erased."""
    erased = frame.filter(about(frame.columns, source, cut) if frame.width else pl.lit(value=False))
    if "listing_url" in frame.columns:
        cut.learn(erased["listing_url"])
    rest = frame.lazy().filter(~about(frame.columns, source, cut)) if frame.width else frame.lazy()
    return erased.height + rest.filter(naming(rest, cut)).collect().height


def redacted(rows: pl.DataFrame, cut: Cut) -> pl.DataFrame:
    """The rows without people."""
    return pl.DataFrame([cut.row(row) for row in rows.iter_rows(named=True)], schema=rows.schema, orient="row")


def _text(name: str, dtype: pl.DataType) -> pl.Expr | None:
    """A column as text, its inner texts a line each; None where it holds none."""
    column = pl.col(name)
    if dtype == pl.String:
        return column
    if isinstance(dtype, pl.List):
        if dtype.inner == pl.String:
            return column.list.join("\n")
        if isinstance(dtype.inner, pl.Struct):
            return column.list.eval(pl.element().struct.json_encode()).list.join("\n")
    return None
