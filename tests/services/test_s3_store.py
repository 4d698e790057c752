"""The landing zone in a real S3-compatible store: what is put is there, once, whole, and nothing says a secret."""

import concurrent.futures
import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.probe import probe
from realestate_crawler.landing.s3 import MIB, S3Store, _client
from realestate_crawler.landing.store import StoreError
from tests.services.conftest import Bucket


def store_in(bucket: Bucket, prefix: str = "landing") -> S3Store:
    store = open_store(f"{bucket.location}/{prefix}")
    assert isinstance(store, S3Store)
    return store


def test_one_of_many_writers_wins(minio: Bucket) -> None:
    store = store_in(minio)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: store.put_if_absent("feeds/claim", f"writer {n}".encode()), range(8)))
    assert sum(won) == 1
    assert store.get("feeds/claim") == f"writer {won.index(True)}".encode()


def test_the_same_bytes_by_another_writer_are_not_ours(minio: Bucket) -> None:
    store = store_in(minio)
    assert store.put_if_absent("a", b"same")
    assert not store.put_if_absent("a", b"same")


@pytest.mark.parametrize("size", [0, 1, 5 * MIB - 1, 5 * MIB, 12 * MIB + 3])
def test_a_file_arrives_whole_in_one_put_or_in_parts(minio: Bucket, tmp_path: Path, size: int) -> None:
    store = S3Store(_client(), minio.name, "p/", multipart_above=5 * MIB)
    path = tmp_path / "part"
    path.write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    store.put_file("feeds/part", path)
    assert hashlib.sha256(store.get("feeds/part")).digest() == hashlib.sha256(path.read_bytes()).digest()
    told = minio.s3.client().head_object(Bucket=minio.name, Key="p/feeds/part", ChecksumMode="ENABLED")
    assert told["ChecksumSHA256"]


def test_keys_are_listed_beyond_one_page_and_only_below_the_prefix(minio: Bucket) -> None:
    store, other = store_in(minio), store_in(minio, "landing2")
    other.put_if_absent("feeds/x", b"")
    client = minio.s3.client()
    for number in range(1005):
        client.put_object(Bucket=minio.name, Key=f"landing/feeds/{number:05d}", Body=b"")
    assert list(store.keys("feeds/")) == [f"feeds/{number:05d}" for number in range(1005)]
    assert list(store.keys("none/")) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="/\\"), min_size=1))
def test_any_text_can_be_part_of_a_key(minio: Bucket, name: str) -> None:
    store, key = store_in(minio), f"feeds/scope={name}/a"
    store.put_if_absent(key, name.encode())
    assert store.get(key) == name.encode()
    assert key in list(store.keys("feeds/"))


@pytest.mark.parametrize("key", ["../other/a", "/a", "feeds/../../a"])
def test_a_key_stays_in_the_landing_zone(minio: Bucket, key: str) -> None:
    with pytest.raises(StoreError, match="leaves the landing zone"):
        store_in(minio).put_if_absent(key, b"")


def test_an_absent_object_is_an_error_that_names_it(minio: Bucket) -> None:
    with pytest.raises(StoreError, match=rf"s3://{minio.name}/landing/feeds/none: .*NoSuchKey"):
        store_in(minio).get("feeds/none")


def test_a_real_store_passes_the_probe_every_time(minio: Bucket) -> None:
    probe(store_in(minio))
    probe(store_in(minio))
    assert len(list(store_in(minio).keys(""))) == 1


def test_wrong_credentials_fail_without_showing_any(minio: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary-secret-key-000000"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", canary)
    with pytest.raises(StoreError, match="SignatureDoesNotMatch") as caught:
        probe(store_in(minio))
    assert canary not in str(caught.value)
    assert minio.s3.access_key not in str(caught.value)


def test_a_bucket_that_is_not_there_is_named(minio: Bucket, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"1")
    with pytest.raises(StoreError, match="s3://no-such-bucket-here/f: cannot be stored: NoSuchBucket"):
        open_store("s3://no-such-bucket-here").put_file("f", tmp_path / "f")
