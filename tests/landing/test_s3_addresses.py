"""Which addresses can be a landing zone in S3; no store is asked."""

import pytest

from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.s3 import S3Store
from realestate_crawler.landing.store import StoreError


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    # Without keys, the client would ask the cloud it thinks it is in.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.mark.parametrize("location", ["s3://bucket", "s3://bucket/", "s3://bucket/a/b/"])
def test_a_bucket_with_or_without_a_prefix_is_one(location: str) -> None:
    assert isinstance(open_store(location), S3Store)


@pytest.mark.parametrize("location", ["s3://", "s3:///prefix", "s3://bucket/a?versionId=1", "s3://bucket/a#b"])
def test_other_addresses_are_refused(location: str) -> None:
    with pytest.raises(StoreError, match="s3://bucket/prefix"):
        open_store(location)


def test_an_address_with_credentials_is_refused_and_not_repeated() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("s3://key:canary@bucket/prefix")
    assert "canary" not in str(caught.value)


def test_an_endpoint_with_credentials_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://key:canary@127.0.0.1:9")
    with pytest.raises(StoreError) as caught:
        open_store("s3://bucket")
    assert "canary" not in str(caught.value)
