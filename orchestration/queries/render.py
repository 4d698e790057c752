"""An answer as a person or a program reads it. Pure."""

import polars as pl


def as_csv(answer: pl.DataFrame) -> str:
    """Comma-separated values with a header."""
    return answer.write_csv()


def as_table(answer: pl.DataFrame) -> str:
    """A table for a terminal: all rows, all columns."""
    numbers = [name for name, dtype in answer.schema.items() if dtype.is_float()]
    rounded = answer.with_columns(pl.col(numbers).round(4)) if numbers else answer
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=200,
        fmt_str_lengths=60,
        float_precision=None,
        thousands_separator=" ",
        tbl_formatting="UTF8_HORIZONTAL_ONLY",
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
    ):
        return f"{rounded}\n{answer.height} rows\n"
