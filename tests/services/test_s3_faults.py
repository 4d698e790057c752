"""A store that fails, lies or loses answers: nothing is claimed that did not happen, nothing is lost that did."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.resources import uploads
from realestate_crawler.landing.probe import probe
from realestate_crawler.landing.s3 import ATTEMPTS, MIB, S3Store, _client
from realestate_crawler.landing.store import StoreError
from tests.crawling import ROOT
from tests.services.conftest import Bucket
from tests.services.harness.fault_proxy import Fault, FaultProxy, Request


@pytest.fixture
def proxy(minio: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    with FaultProxy(minio.s3.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        yield proxy


@pytest.fixture
def store(minio: Bucket, proxy: FaultProxy) -> S3Store:
    return S3Store(_client(), minio.name, "", multipart_above=5 * MIB)


def broken(proxy: FaultProxy, fault: Fault, method: str, times: int) -> None:
    """Breaks the next requests of a method."""
    left = [times]

    def rule(request: Request) -> Fault:
        if request.method != method or not left[0]:
            return Fault.NONE
        left[0] -= 1
        return fault

    proxy.rule = rule


def objects(minio: Bucket) -> list[str]:
    return [entry["Key"] for entry in minio.s3.client().list_objects_v2(Bucket=minio.name).get("Contents", [])]


@pytest.mark.parametrize(
    "fault",
    [
        Fault.REFUSED,
        Fault.ANSWER_LOST,
        pytest.param(Fault.CONFLICT, marks=pytest.mark.fault("F33", "answers 409")),
    ],
)
def test_a_write_that_failed_for_a_moment_succeeds_and_is_ours(store: S3Store, proxy: FaultProxy, fault: Fault) -> None:
    broken(proxy, fault, "PUT", 2)
    assert store.put_if_absent("manifest", b"one")
    assert store.get("manifest") == b"one"


def test_a_write_is_ours_when_every_answer_to_it_is_lost(store: S3Store, proxy: FaultProxy) -> None:
    broken(proxy, Fault.ANSWER_LOST, "PUT", 100)
    assert store.put_if_absent("manifest", b"one")


def test_a_write_is_not_ours_when_another_was_first_and_our_answer_is_lost(store: S3Store, proxy: FaultProxy) -> None:
    assert store.put_if_absent("manifest", b"one")
    broken(proxy, Fault.ANSWER_LOST, "PUT", 1)
    assert not store.put_if_absent("manifest", b"one")


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.CONFLICT, Fault.FORBIDDEN])
def test_a_write_that_never_succeeds_is_an_error_after_limited_tries(
    store: S3Store, proxy: FaultProxy, minio: Bucket, fault: Fault
) -> None:
    broken(proxy, fault, "PUT", 100)
    with pytest.raises(StoreError, match="manifest: cannot be stored"):
        store.put_if_absent("manifest", b"one")
    assert len([request for request in proxy.seen if request.method == "PUT"]) <= ATTEMPTS
    assert objects(minio) == []


@pytest.mark.fault("F33", "ignores If-None-Match")
def test_a_store_that_ignores_the_condition_is_refused(store: S3Store, proxy: FaultProxy) -> None:
    proxy.rule = lambda request: Fault.CONDITION_IGNORED if request.method == "PUT" else Fault.NONE
    with pytest.raises(StoreError, match="ignores the condition"):
        probe(store)


@pytest.mark.fault("F33", "answers 501")
def test_a_store_that_knows_no_condition_is_refused(store: S3Store, proxy: FaultProxy) -> None:
    proxy.rule = lambda r: Fault.UNKNOWN_VERB if "If-None-Match" in r.headers else Fault.NONE
    with pytest.raises(StoreError, match="NotImplemented"):
        probe(store)


def test_an_answer_that_breaks_off_is_read_again(store: S3Store, proxy: FaultProxy) -> None:
    store.put_if_absent("part", b"x" * 100_000)
    broken(proxy, Fault.ANSWER_CUT, "GET", 2)
    assert store.get("part") == b"x" * 100_000
    broken(proxy, Fault.ANSWER_CUT, "GET", 100)
    with pytest.raises(StoreError, match="part: cannot be read"):
        store.get("part")


@pytest.mark.parametrize(
    "broken_step",
    [
        pytest.param("partNumber=2", marks=pytest.mark.fault("F23", "part 2 fails")),
        pytest.param("uploadId", marks=pytest.mark.fault("F23", "completion fails")),
    ],
)
def test_a_failed_upload_leaves_neither_object_nor_parts_and_a_second_one_succeeds(
    store: S3Store, proxy: FaultProxy, minio: Bucket, tmp_path: Path, broken_step: str
) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"x" * (11 * MIB))
    methods = ("PUT",) if broken_step == "partNumber=2" else ("POST",)  # the POST completes the upload
    proxy.rule = lambda r: Fault.FORBIDDEN if r.method in methods and broken_step in r.path else Fault.NONE
    with pytest.raises(StoreError, match="AccessDenied"):
        store.put_file("part", path)
    assert objects(minio) == []
    assert not unfinished(minio, "part")
    assert path.exists()

    proxy.rule = lambda _: Fault.NONE
    store.put_file("part", path)
    assert store.get("part") == path.read_bytes()


def test_the_parts_that_a_killed_upload_left_are_gone_after_the_next_one(
    store: S3Store, minio: Bucket, tmp_path: Path
) -> None:
    client = minio.s3.client()
    upload = client.create_multipart_upload(Bucket=minio.name, Key="part")["UploadId"]
    client.upload_part(Bucket=minio.name, Key="part", UploadId=upload, PartNumber=1, Body=b"x")
    path = tmp_path / "part"
    path.write_bytes(b"x" * (6 * MIB))
    assert unfinished(minio, "part")
    store.put_file("part", path)
    assert not unfinished(minio, "part")


UPLOAD = """
import sys
from pathlib import Path
from realestate_crawler.landing.s3 import MIB, S3Store, _client
S3Store(_client(), sys.argv[1], "", multipart_above=5 * MIB).put_file("part", Path(sys.argv[2]))
"""


@pytest.mark.fault("F23", "killed after part 2")
def test_a_process_killed_while_it_uploads_leaves_no_object_and_an_upload_that_can_be_aborted(
    store: S3Store, proxy: FaultProxy, minio: Bucket, tmp_path: Path
) -> None:
    path = tmp_path / "part"
    path.write_bytes(b"x" * (16 * MIB))
    proxy.rule = lambda r: Fault.HELD if "partNumber=3" in r.path else Fault.NONE
    with subprocess.Popen([sys.executable, "-c", UPLOAD, minio.name, str(path)], cwd=ROOT) as child:
        deadline = time.monotonic() + 60
        while not any("partNumber=3" in request.path for request in list(proxy.seen)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        child.kill()
    assert objects(minio) == []
    ((key, _, abort),) = uploads.unfinished(f"s3://{minio.name}/part")
    assert key == "part"
    abort()
    assert list(uploads.unfinished(f"s3://{minio.name}/part")) == []
    proxy.rule = lambda _: Fault.NONE
    store.put_file("part", path)
    assert objects(minio) == ["part"]


def unfinished(minio: Bucket, key: str) -> list[str]:
    found = minio.s3.client().list_multipart_uploads(Bucket=minio.name, Prefix=key)
    return [upload["UploadId"] for upload in found.get("Uploads", [])]
