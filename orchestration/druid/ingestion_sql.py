"""The SQL that ingests Parquet files into a datasource, made from the table's own columns. Pure.

Identifiers come from the schema and the datasource's definition only and are quoted; nothing a user typed gets here.
"""

import json
from collections.abc import Sequence

from orchestration.druid.columns import DIGEST, TEXT, Column
from orchestration.druid.datasources import Datasource
from orchestration.druid.intervals import Chunk, Plan, spans


def replace(datasource: Datasource, name: str, columns: Sequence[Column], files: Sequence[str], plan: Plan) -> str:
    """The statement that puts the rows of `files` in the place of the plan's chunks.

    Args:
        datasource: how the table lies in Druid.
        name: of the datasource in this Druid.
        columns: of the files; `snapshot_digest` is added.
        files: all `s3://bucket/key`, or all absolute paths that Druid's own processes can read.
        plan: the chunks; the files hold rows of these chunks only.
    """
    selected = [f"MILLIS_TO_TIMESTAMP({quoted(datasource.time_column)}) AS {quoted('__time')}"]
    selected += [quoted(column.name) for column in (*columns, Column(DIGEST, TEXT))]
    names = {column.name for column in columns}
    clustered = ", ".join(quoted(each) for each in datasource.clustered_by if each in names)
    lines = [
        f"REPLACE INTO {quoted(name)}",
        "OVERWRITE ALL" if plan.everything else f"OVERWRITE WHERE {where(plan.replace)}",
        f"SELECT {', '.join(selected)}",
        f"FROM TABLE(EXTERN({literal(_source(files))}, {literal(json.dumps({'type': 'parquet'}))}))",
        f"EXTEND ({signature(columns)})",
        f"PARTITIONED BY {datasource.granularity}",
        *([f"CLUSTERED BY {clustered}"] if clustered else []),
    ]
    return "\n".join(lines)


def signature(columns: Sequence[Column]) -> str:
    """The columns of the files with their types."""
    return ", ".join(f"{quoted(column.name)} {column.druid_type}" for column in (*columns, Column(DIGEST, TEXT)))


def where(chunks: Sequence[Chunk]) -> str:
    """The condition on time that covers exactly these chunks."""
    return " OR ".join(
        f"(__time >= {_timestamp(span.start)} AND __time < {_timestamp(span.end)})" for span in spans(chunks)
    )


def quoted(identifier: str) -> str:
    """An identifier of Druid SQL."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text of Druid SQL."""
    return "'" + text.replace("'", "''") + "'"


def _timestamp(moment: object) -> str:
    return f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S}'"


def _source(files: Sequence[str]) -> str:
    if all(file.startswith("s3://") for file in files):
        return json.dumps({"type": "s3", "uris": list(files)})
    return json.dumps({"type": "local", "files": list(files)})
