"""The CronJob's own command in the built image does a complete run: no root, nothing written but its volumes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from orchestration.resources.delta import scan
from tests.crawling import ROOT
from tests.services.conftest import Bucket
from tests.services.harness.image import Image
from tests.services.harness.skipping import or_skip
from tests.services.rig import DEMO_CRITERIA, market

BASE = ROOT / "deploy" / "kubernetes" / "base"
JOB = yaml.safe_load((BASE / "cronjob.yaml").read_text())["spec"]["jobTemplate"]["spec"]["template"]["spec"]
(CONTAINER,) = JOB["containers"]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    image = or_skip(Image)
    yield image
    image.remove()


class Pod:
    """The CronJob's pod: its command, user, settings and volumes; the store and the market are those of the test."""

    def __init__(self, image: Image, minio: Bucket, folder: Path) -> None:
        self.image = image
        self.data, self.settings = folder / "data", folder / "settings"
        for each in (self.data, self.settings):
            each.mkdir()
        self.user = f"{JOB['securityContext']['runAsUser']}:{JOB['securityContext']['runAsGroup']}"
        os.chown(self.data, JOB["securityContext"]["runAsUser"], 0)
        (self.settings / "criteria.yaml").write_text(DEMO_CRITERIA.read_text())
        told = dict(line.split("=", 1) for line in (BASE / "settings.env").read_text().splitlines())
        self.env = {name: value.replace("s3://realestate/", f"{minio.location}/") for name, value in told.items()}
        self.env |= {each["name"]: each["value"] for each in CONTAINER["env"]} | minio.s3.environment

    def run(self, *command: str, **env: str) -> tuple[int, str]:
        done = self.image.run(list(command), env=self.env | env, data=self.data, settings=self.settings, user=self.user)
        print(done.stdout, done.stderr)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def pod(image: Image, minio: Bucket, tmp_path: Path) -> Pod:
    return Pod(image, minio, tmp_path)


@pytest.mark.fault("F44", "user", "read-only root", "no capabilities")
def test_the_container_is_what_the_cronjob_asks_for(pod: Pod) -> None:
    assert CONTAINER["securityContext"]["readOnlyRootFilesystem"] is True
    code, said = pod.run(
        "sh", "-c", "id -u; grep -E 'Cap(Eff|Bnd)|NoNewPrivs' /proc/self/status; touch /app/x /etc/realestate/x"
    )
    assert code != 0
    assert said.splitlines()[0] == "10001"
    assert said.count("0000000000000000") == 2
    assert "NoNewPrivs:\t1" in said
    assert said.count("Read-only file system") == 2
    assert pod.image.config["User"] == "10001:0"


def test_a_complete_run_against_minio_ends_with_0_and_only_then(pod: Pod, minio: Bucket) -> None:
    code, said = pod.run(*CONTAINER["command"], REALESTATE_DEMO_MARKET_URL="http://127.0.0.1:9")
    assert code not in (0, 1), said
    with market(1, size=60) as address:
        code, said = pod.run(*CONTAINER["command"], REALESTATE_DEMO_MARKET_URL=address)
    assert code == 0, said
    assert scan(f"{minio.location}/lake/silver/listings").collect().height > 20
    assert scan(f"{minio.location}/lake/gold/market_daily").collect().height > 0
    stored = minio.s3.client().list_objects_v2(Bucket=minio.name, Prefix="reports/")["Contents"]
    assert [entry["Key"] for entry in stored] == ["reports/data_exploration.html"]
    code, _ = pod.run(*CONTAINER["command"], REALESTATE_DEMO_MARKET_URL=address)
    assert code not in (0, 1)


def test_it_runs_as_any_number(image: Image, minio: Bucket, tmp_path: Path) -> None:
    other = Pod(image, minio, tmp_path)
    other.data.chmod(0o777)
    other.user = "54321:0"
    code, said = other.run(*CONTAINER["command"], "--no-crawl")
    assert code == 0, said
