"""The Lookup resource (Data Dictionary 1.7 and later): what the service's own words mean in standard names.

What belongs here: asking for it and reading it. What does not: what a standard name means to us (`lookups`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from realestate_crawler.reso.metadata import LOOKUP
from realestate_crawler.reso.odata import any_of, text
from realestate_crawler.reso.pages import address

NAMES = ("StandardStatus", "PropertyType", "PropertySubType")
Lookups = dict[str, dict[str, str]]


def lookup_address(root: str) -> str:
    """The address of the words that matter here."""
    return address(root, LOOKUP, {"$filter": any_of(f"LookupName eq {text(name)}" for name in NAMES)})


def read_lookups(rows: Iterable[Mapping[str, Any]], known: Lookups) -> Lookups:
    """`known` and what further rows say: lookup name → word as in the data → standard name."""
    told = {name: dict(words) for name, words in known.items()}
    for row in rows:
        name, word = row.get("LookupName"), row.get("LookupValue")
        if name in NAMES and isinstance(word, str) and word:
            told.setdefault(name, {})[word] = str(row.get("StandardLookupValue") or word)
    return told
