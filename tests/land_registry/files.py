"""Invented Price Paid files and running the commands as a user does."""

import csv
import os
from pathlib import Path

from tests.crawling import ROOT
from tests.operating import run

REAL = Path(os.environ.get("REAL_MATERIAL", ROOT.parent / "shared" / "real"))


def key(number):
    return f"{number:08X}-0000-4000-8000-000000000000"


def record(number, status="A", **changes):
    """The 16 columns of the n-th sale."""
    told = {
        "key": "{" + key(number) + "}",
        "price": 100_000 + 1_000 * number,
        "date": f"2025-0{number % 9 + 1}-15 00:00",
        "postcode": f"M{number % 3 + 18} 7SU",
        "type": "DSTFO"[number % 5],
        "new": "N",
        "tenure": "F",
        "paon": str(number + 1),
        "saon": f"FLAT {number}" if number % 5 == 3 else "",
        "street": "ALDER ROAD",
        "locality": "",
        "town": "MANCHESTER" if number % 2 else "BURY",
        "district": "BOURNEMOUTH, CHRISTCHURCH AND POOLE",
        "county": "GREATER MANCHESTER",
        "category": "A",
    }
    return [*map(str, (told | changes).values()), status]


def write(path, records, header=None):
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        if header:
            out.writerow(header)
        out.writerows(records)
    return path


def crawl(folder, path, kind, scope, *words):
    told = ("-a", f"input={path}", "-a", f"file={kind}", "-a", f"scope={scope}", *words)
    return run(folder, "scrapy", "crawl", "land_registry", *told)
