"""The servers that the other tests lean on are the real ones and behave as those tests assume."""

import requests

from tests.services.conftest import Bucket
from tests.services.harness.druid import DruidAddress


def test_minio_keeps_what_is_put(minio: Bucket) -> None:
    client = minio.s3.client()
    client.put_object(Bucket=minio.name, Key="a", Body=b"1")
    assert client.get_object(Bucket=minio.name, Key="a")["Body"].read() == b"1"


def test_druid_answers_only_those_it_knows(druid: DruidAddress) -> None:
    asked = {"query": "SELECT 1 AS answered"}
    assert requests.post(f"{druid.url}/druid/v2/sql", json=asked, timeout=10).status_code == 401
    known = (druid.user, druid.password)
    answer = requests.post(f"{druid.url}/druid/v2/sql", json=asked, auth=known, timeout=10)
    assert answer.json() == [{"answered": 1}]
