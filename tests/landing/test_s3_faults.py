"""The tests of a faulty S3 store, against a store in memory: they run where there is no real one."""

import pytest

from tests.object_store import ObjectStore
from tests.services.conftest import Bucket
from tests.services.harness.minio import S3
from tests.services.test_s3_faults import *  # noqa: F403


@pytest.fixture
def minio(monkeypatch):
    """In place of the real one."""
    with ObjectStore("bucket") as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        told = store.environment
        yield Bucket(S3(store.url, told["AWS_ACCESS_KEY_ID"], told["AWS_SECRET_ACCESS_KEY"]), "bucket")
