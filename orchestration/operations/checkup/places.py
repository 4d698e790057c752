"""Can the settings be used, the places be read and written, and do the stores keep their promise?"""

import os
from pathlib import Path

from orchestration.home import DEFAULT_HOME
from orchestration.operations.checkup.finding import Finding, Level, verdict
from realestate_crawler.contracts.criteria import CriteriaError, read_criteria
from realestate_crawler.contracts.places import Places
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.probe import probe
from realestate_crawler.landing.store import StoreError


def check_places(places: Places) -> list[Finding]:
    """Criteria, stores of feeds and tables, local folders."""
    found = _criteria(places.criteria)
    for what, location in (("landing zone", places.landing), ("lake", places.lake_root)):
        found += _store(what, location)
    home = Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME)
    for what, folder in (("spool", places.spool), ("reports", places.reports), ("Dagster's home", home)):
        found += _folder(what, folder)
    return found


def _criteria(path: Path) -> list[Finding]:
    if not path.exists():
        return [Finding(Level.NOTE, "criteria", f"{path} is not there: nothing can be crawled")]
    try:
        count = len(read_criteria(path))
    except CriteriaError as error:
        return [Finding(Level.PROBLEM, "criteria", str(error))]
    return [Finding(Level.OK, "criteria", f"{path}: {count} criteria")]


def _store(what: str, location: str) -> list[Finding]:
    if "://" not in location and not Path(location).exists():
        return _folder(what, Path(location))
    try:
        probe(open_store(location))
    except (StoreError, OSError) as error:
        # An address may carry a password; that is what the error is about then.
        return [Finding(Level.PROBLEM, what, str(error) if "@" in location else f"{location}: {error}")]
    return [Finding(Level.OK, what, f"{location}: readable, writable; of two writers of one key one wins")]


def _folder(what: str, folder: Path) -> list[Finding]:
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    bad = not existing.is_dir() or not os.access(existing, os.W_OK | os.R_OK)
    there = "writable" if existing == folder.absolute() else "not there yet, can be made"
    return verdict(what, [f"{folder}: {existing} cannot be written"] if bad else [], f"{folder}: {there}")
