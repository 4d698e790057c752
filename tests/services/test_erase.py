"""Erasing on a real store that keeps versions of objects: nothing is left in any of them."""

from pathlib import Path

from tests.erasing import town
from tests.operators.conftest import typed
from tests.services.conftest import Bucket
from tests.services.erased_town import ERASE
from tests.traces import traces

CANARIES = (town.KEY, town.URL, town.STREET, "Canarov", "911987654", town.EMAIL)


def everything(bucket: Bucket, folder: Path) -> Path:
    """Every version of every object, as files."""
    client = bucket.s3.client()
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket.name)
    for number, each in enumerate(version for page in pages for version in page.get("Versions", [])):
        body = client.get_object(Bucket=bucket.name, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
        path = folder / each["Key"] / f"{number}-{Path(each['Key']).name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return folder


def test_nothing_is_left_in_any_version_of_any_object(stored: Bucket, tmp_path: Path) -> None:
    told = typed(*ERASE)
    assert told.code == 0, told.err
    assert "kept by the store: feeds: " in told.out
    answer = typed(*ERASE, "--yes")
    assert answer.code == 0, answer.out + answer.err
    assert "versions of objects removed that the store had kept" in answer.err
    assert traces(everything(stored, tmp_path / "after"), *CANARIES) == {}
    assert traces(tmp_path / "spool", *CANARIES) == {}
    assert typed("replay").code == 0
    assert typed("doctor", "--deep").code == 0, typed("doctor", "--deep").out
