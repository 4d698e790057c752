"""Copenhagen's market as it was published, snapshot after snapshot, into MinIO and Druid: equal chunk by chunk."""

from pathlib import Path

import pytest

from orchestration.druid.datasources import DATASOURCES
from orchestration.resources.delta import scan
from tests.real.series import moment, snapshots
from tests.services.conftest import Bucket
from tests.services.harness.druid import DruidAddress
from tests.services.rig import ROOT, Rig

MAPPING = ROOT / "tests" / "real" / "copenhagen.yaml"
DAYS = 3


@pytest.mark.real
@pytest.mark.slow
def test_every_snapshot_is_served_equal(minio: Bucket, druid: DruidAddress, tmp_path: Path) -> None:
    days = snapshots("dk-copenhagen-boligsiden")[:DAYS]
    rig = Rig(minio.s3, tmp_path / "rig", druid, minio.name)
    for path in days:
        words = (f"mapping={MAPPING}", f"input={path}", f"observed_at={moment(path)}")
        assert rig.run("scrapy", "crawl", "dataset", *(part for word in words for part in ("-a", word))) == 0
        assert rig.materialize("--no-crawl") == 0
        assert rig.differences() == {name: [] for name in DATASOURCES}
    assert rig.served("listings") > 3_600
    changes = scan(f"{rig.lake}/silver/listing_changes").collect()
    assert rig.served("listing_changes") == changes.height
    assert {"new", "changed", "missing"} <= set(changes["change_type"])
