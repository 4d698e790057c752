"""The town of `tests.erasing` in a bucket that keeps versions of objects, and who is erased from it."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.erasing import town
from tests.graph_fixtures.feeds import SOURCE
from tests.operators.conftest import set_places

if TYPE_CHECKING:
    from tests.services.conftest import Bucket

ERASE = ["erase", "--listing", SOURCE, town.KEY, *(word for text in town.PEOPLE for word in ("--person", text))]


@pytest.fixture
def stored(minio: "Bucket", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Bucket":
    """The town in a bucket that keeps versions; every object has been there before in another version."""
    set_places(tmp_path, monkeypatch)
    town.days(tmp_path)
    town.leavings(tmp_path)
    client = minio.s3.client()
    client.put_bucket_versioning(Bucket=minio.name, VersioningConfiguration={"Status": "Enabled"})
    for layer in ("landing", "lake", "reports"):
        for path in sorted(p for p in (tmp_path / layer).rglob("*") if p.is_file()):
            key = path.relative_to(tmp_path).as_posix()
            for _ in range(2):
                client.put_object(Bucket=minio.name, Key=key, Body=path.read_bytes())
        monkeypatch.setenv(f"REALESTATE_{layer.upper()}", f"{minio.location}/{layer}")
    return minio
