"""The real servers as fixtures. Skips with what is missing; `REALESTATE_REQUIRE_SERVICES=1` makes that a failure.

Where servers run already (compose), name them: `REALESTATE_TEST_S3_ENDPOINT` with `AWS_ACCESS_KEY_ID` and
`AWS_SECRET_ACCESS_KEY`; `REALESTATE_TEST_DRUID_URL` with `REALESTATE_TEST_DRUID_USER` and `…_PASSWORD`.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from orchestration.druid.settings import DruidSettings
from tests.services.erased_town import stored  # noqa: F401 (a fixture)
from tests.services.harness.druid import DruidAddress, DruidServers
from tests.services.harness.minio import S3, MinioServer
from tests.services.harness.skipping import or_skip


@dataclass(frozen=True)
class Bucket:
    """A fresh bucket of a running store; the environment of the test names that store."""

    s3: S3
    name: str

    @property
    def location(self) -> str:
        """As `open_store` takes it."""
        return f"s3://{self.name}"


WITHOUT_DRUID = (
    *("test_erase", "test_image_build", "test_random_kills", "test_s3_faults", "test_s3_store", "test_store_outage"),
    "test_unsafe_store",
)


class OneDruid(LoadScopeScheduling):
    """All that needs Druid goes to one process, because one Druid is as much as two cores carry; the rest by file."""

    def _split_scope(self, nodeid: str) -> str:
        file = Path(nodeid.split("::", 1)[0]).stem
        return file if file in WITHOUT_DRUID else "druid"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneDruid:
    """How several processes share the tests."""
    return OneDruid(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs servers; a first run builds them."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.services)
            item.add_marker(pytest.mark.timeout(1800))
            if "druid_servers" in getattr(item, "fixturenames", ()) and item.path.stem in WITHOUT_DRUID:
                raise pytest.UsageError(f"{item.nodeid} needs Druid: see WITHOUT_DRUID")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """An S3-compatible store that runs."""
    endpoint = os.environ.get("REALESTATE_TEST_S3_ENDPOINT")
    if endpoint:
        yield S3(endpoint, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        return
    server = or_skip(lambda: MinioServer(tmp_path_factory.mktemp("minio")))
    try:
        server.start()
        yield server.s3
    finally:
        server.stop()


@pytest.fixture
def minio(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A fresh bucket; boto3, delta-rs and Polars find the store in the environment."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return Bucket(s3, s3.new_bucket())


@pytest.fixture
def own_minio(tmp_path: Path) -> Iterator[MinioServer]:
    """A store of the test's own, to stop and start."""
    server = or_skip(lambda: MinioServer(tmp_path / "minio"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def druid_servers(tmp_path_factory: pytest.TempPathFactory, s3: S3) -> Iterator[DruidServers | None]:
    """The processes of the test Druid; None where a running Druid is named."""
    if os.environ.get("REALESTATE_TEST_DRUID_URL"):
        yield None
        return
    servers = or_skip(lambda: DruidServers(tmp_path_factory.mktemp("druid"), s3))
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


@pytest.fixture(scope="session")
def druid_address(druid_servers: DruidServers | None) -> DruidAddress:
    """Where Druid answers."""
    if druid_servers is not None:
        return druid_servers.address
    user, password = (os.environ.get(f"REALESTATE_TEST_DRUID_{name}", "") for name in ("USER", "PASSWORD"))
    return DruidAddress(os.environ["REALESTATE_TEST_DRUID_URL"], user, password)


@pytest.fixture
def druid(druid_address: DruidAddress, druid_servers: DruidServers | None) -> DruidAddress:
    """A Druid that runs, whole again whatever an earlier test did to it, and reads from the store of `minio`."""
    if druid_servers is not None:
        druid_servers.wait()
        druid_servers.idle()
    return druid_address


@pytest.fixture
def settings(druid: DruidAddress) -> DruidSettings:
    """How the project reaches that Druid; the prefix gives each test datasources of its own."""
    return DruidSettings(
        url=druid.url, user=druid.user, password=druid.password, prefix=f"t{secrets.token_hex(4)}_", deadline=120
    )


@pytest.fixture
def lake(minio: Bucket) -> str:
    """An empty lake in a fresh bucket."""
    return f"{minio.location}/lake"
