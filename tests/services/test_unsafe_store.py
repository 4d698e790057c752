"""A store that ignores conditional writes is refused by the commands themselves, before anything is requested."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import ROOT, environment
from tests.services.conftest import Bucket
from tests.services.harness.fault_proxy import Fault, FaultProxy


@pytest.fixture
def careless(minio: Bucket) -> Iterator[str]:
    """The address of a store that tells every writer it was the first."""
    with FaultProxy(minio.s3.endpoint) as proxy:
        proxy.rule = lambda request: Fault.CONDITION_IGNORED if request.method == "PUT" else Fault.NONE
        yield proxy.url


@pytest.mark.parametrize(
    ("words", "code"),
    [(["scrapy", "crawl", "demo_market"], 2), (["orchestration", "materialize"], 5)],
    ids=["crawl", "materialize"],
)
def test_it_is_refused(minio: Bucket, careless: str, tmp_path: Path, words: list[str], code: int) -> None:
    criterion = {"id": "anywhere", "source": "demo_market", "city": "Porto Sereno"}
    (tmp_path / "criteria.yaml").write_text(json.dumps({"criteria": [criterion]}))
    places = {"REALESTATE_LANDING": f"{minio.location}/landing", "REALESTATE_LAKE": f"{minio.location}/lake"}
    nobody = {"REALESTATE_DEMO_MARKET_URL": "http://127.0.0.1:9"}
    env = environment(tmp_path, AWS_ENDPOINT_URL=careless, **places, **nobody)
    if words[0] == "scrapy":
        words = [*words, "-a", f"criteria={tmp_path / 'criteria.yaml'}"]
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == code, done.stderr
    assert f"{minio.location}/landing: the store ignores the condition of a conditional write" in done.stderr
    written = [o["Key"] for o in minio.s3.client().list_objects_v2(Bucket=minio.name).get("Contents", [])]
    assert written == ["landing/.conditional-write-probe"]
