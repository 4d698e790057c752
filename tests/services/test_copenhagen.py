"""Copenhagen's market as it was published, snapshot after snapshot, into MinIO and Druid: equal chunk by chunk."""

import os
import re
from pathlib import Path

import pytest

from orchestration.druid.datasources import DATASOURCES
from orchestration.resources.delta import scan
from tests.services.conftest import Bucket
from tests.services.harness.druid import DruidAddress
from tests.services.rig import ROOT, Rig

MATERIAL = Path(os.environ.get("REAL_MATERIAL", ROOT / ".." / "shared" / "real"))
FOLDER = MATERIAL / "datasets" / "dk-copenhagen-boligsiden"
DAYS = 3
MAPPING = """\
source: copenhagen
key: id
fields:
  list_price: p
  property_type: {column: t, values: {condo: apartment, villa: house}}
  living_area: {column: a, unit: m2}
  rooms_total: r
  year_built: y
  city: city
  postal_code: zip
  latitude: lat
  longitude: lon
  unparsed_address: adr
  listing_url: url
constants: {currency: DKK, country: DK, offer: sale}
volatile: [d, chg, img]
"""


@pytest.mark.real
@pytest.mark.slow
def test_every_snapshot_is_served_equal(minio: Bucket, druid: DruidAddress, tmp_path: Path) -> None:
    snapshots = sorted(FOLDER.glob("snapshot-*.json.gz"))[:DAYS]
    if len(snapshots) < DAYS:
        pytest.skip(f"no real material in {FOLDER}")
    rig = Rig(minio.s3, tmp_path / "rig", druid, minio.name)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING)
    for path in snapshots:
        day = re.sub(r".*(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)Z.*", r"\1T\2:\3:00Z", path.name)
        words = (f"mapping={mapping}", f"input={path}", f"observed_at={day}")
        assert rig.run("scrapy", "crawl", "dataset", *(part for word in words for part in ("-a", word))) == 0
        assert rig.materialize("--no-crawl") == 0
        assert rig.differences() == {name: [] for name in DATASOURCES}
    assert rig.served("listings") > 3_600
    changes = scan(f"{rig.lake}/silver/listing_changes").collect()
    assert rig.served("listing_changes") == changes.height
    assert {"new", "changed", "missing"} <= set(changes["change_type"])
