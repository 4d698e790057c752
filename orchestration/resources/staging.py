"""Staged rows: Parquet files below the lake that live from the diff to the merge.

Each staging writes a file of its own, so that two runs never read each other's; whoever has merged a scope removes
what lies there. A file that is gone is no loss: the merge diffs anew.
"""

import logging
import shutil
import uuid
from pathlib import Path

import polars as pl

logger = logging.getLogger(__name__)


def write(root: str, source: str, scope: str, rows: pl.DataFrame) -> str:
    """Writes the rows; their path."""
    path = f"{root.rstrip('/')}/staging/source={source}/scope={scope}/{uuid.uuid4().hex}.parquet"
    if "://" not in path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    rows.write_parquet(path)
    return path


def read(path: str) -> pl.DataFrame | None:
    """The rows; None where they are gone."""
    try:
        return pl.read_parquet(path, hive_partitioning=False, glob=False)
    except FileNotFoundError:
        return None


def discard(path: str) -> None:
    """Removes the rows, and on a disk everything else that the scope's runs have left."""
    if "://" not in path:
        shutil.rmtree(Path(path).parent, ignore_errors=True)
        return
    import boto3  # noqa: PLC0415 (slow to import, needed only here)
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    bucket, _, key = path.partition("://")[2].partition("/")
    try:
        boto3.client("s3").delete_object(Bucket=bucket, Key=key)
    except (BotoCoreError, ClientError) as error:
        logger.warning("%s stays: %s", path, error)
