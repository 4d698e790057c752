"""The crash loop on the real store: few kills; `make crash-loop STORE=s3` runs more."""

import pytest

from tests.crash.loop import crash_loop
from tests.services.harness.minio import S3

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.mark.timeout(900)
@pytest.mark.fault("F30", "object store")
def test_writers_on_an_object_store_are_killed_at_any_moment(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in s3.environment.items():
        monkeypatch.setenv(name, text)
    assert crash_loop(6, 1, s3) == 0
