"""A small invented market as a service would publish it, and running the crawl as a user does."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import yaml

from tests import crawling
from tests.reso.service import ENUMS, TOKEN

ROOT = Path(__file__).parents[2]

TYPES = {
    **dict.fromkeys(
        ["ListingKey", "City", "StateOrProvince", "PostalCode", "Country", "UnparsedAddress", "ListOfficeName"],
        "Edm.String",
    ),
    **dict.fromkeys(["ListAgentFullName", "ListAgentEmail", "View", "LeaseAmountFrequency"], "Edm.String"),
    **dict.fromkeys(["ListPrice", "LivingArea", "Latitude", "Longitude", "RoomsTotal"], "Edm.Decimal"),
    **dict.fromkeys(["BedroomsTotal", "YearBuilt", "BathroomsTotalInteger"], "Edm.Int32"),
    "StandardStatus": f"{ENUMS}.StandardStatus",
    "PropertyType": f"{ENUMS}.PropertyType",
    "PropertySubType": f"{ENUMS}.PropertySubType",
    "LivingAreaUnits": "Edm.String",
    "ModificationTimestamp": "Edm.DateTimeOffset",
    "StatusChangeTimestamp": "Edm.DateTimeOffset",
    "OnMarketDate": "Edm.Date",
}
MEMBERS = {
    "StandardStatus": {"Active": "Active", "ActiveUnderContract": "Active Under Contract", "Closed": "Closed"},
    "PropertyType": {"Residential": "Residential", "ResidentialLease": "Residential Lease", "Land": "Land"},
    "PropertySubType": {
        "SingleFamilyResidence": "Single Family Residence",
        "Condominium": "Condominium",
        "Houseboat": "Houseboat",
        "UnimprovedLand": "Unimproved Land",
    },
}
KINDS = ["SingleFamilyResidence", "Condominium", "Houseboat", None]


def row(number, **changes):
    """The n-th listing; every third lies in O'Fallon."""
    told = {
        "ListingKey": f"K{number:04d}",
        "City": "O'Fallon" if number % 3 == 0 else "Springfield",
        "StateOrProvince": "MO",
        "PostalCode": "63366",
        "Country": "US",
        "UnparsedAddress": f"{number} Main St",
        "ListPrice": 200_000 + 1_000 * number,
        "LivingArea": 1_500 + number,
        "LivingAreaUnits": "SquareFeet",
        "Latitude": 38.8 + number / 1000,
        "Longitude": -90.7,
        "RoomsTotal": None,
        "BedroomsTotal": number % 5 + 1,
        "BathroomsTotalInteger": 2,
        "YearBuilt": 1950 + number,
        "StandardStatus": "ActiveUnderContract" if number % 10 == 9 else "Active",
        "PropertyType": "ResidentialLease" if number % 7 == 0 else "Residential",
        "PropertySubType": KINDS[number % 4],
        "LeaseAmountFrequency": "Monthly" if number % 7 == 0 else None,
        "ModificationTimestamp": f"2026-06-{number % 28 + 1:02d}T08:00:00Z",
        "StatusChangeTimestamp": "2026-05-01T08:00:00Z",
        "OnMarketDate": "2026-05-01",
        "ListOfficeName": "Hearth & Home",
        "ListAgentFullName": "Ada Example",
        "ListAgentEmail": "ada@example.com",
        "View": "River",
    }
    return {**told, **changes}


def criteria(folder, url, options=None, **keys):
    """Writes a criteria file."""
    told = {"id": "mo", "source": "reso", **keys, "options": {"url": url, "page_size": 50, **(options or {})}}
    path = folder / "criteria.yaml"
    path.write_text(yaml.safe_dump({"criteria": [told]}), encoding="utf-8")
    return path


def environment(folder, token=TOKEN, **more):
    return crawling.environment(folder, **({"REALESTATE_RESO_TOKEN": token} if token else {}), **more)


def crawl(folder, path, *words, token=TOKEN, **more):
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "crawl",
        "reso",
        "-a",
        f"criteria={path}",
        "-s",
        "DOWNLOAD_DELAY=0",
        *words,
    ]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment(folder, token, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def runs(folder):
    """The feeds that were delivered, oldest first: (manifest, lines)."""
    found = []
    for path in sorted((folder / "landing").rglob("manifest.json"), key=lambda p: p.parent.name[-6:]):
        manifest = json.loads(path.read_text())
        lines = [
            json.loads(line)
            for part in manifest["parts"]
            for line in gzip.decompress((path.parent / part["key"]).read_bytes()).splitlines()
        ]
        found.append((manifest, lines))
    return found
