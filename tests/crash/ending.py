"""When all is quiet: everything sealed is applied, the tables are what the model says, a replay gives them again, and
what the dead left is found and removed by one command.
"""

import os
import re
import time
from pathlib import Path

from tests.crash.bodies import Fate
from tests.crash.invariants import BrokenError
from tests.crash.jobs import Job
from tests.crash.objects import Objects
from tests.crash.world import CANARY, HOSTS, World, said

LONG = 30 * 24 * 3600
# What `doctor` may find: words of its findings. Anything else is a finding that no death explains.
ALLOWED = (
    "parts without manifest",
    "spool of a dead run",
    "temporary file",
    "unfinished upload",
    "orphan data file",
    "staged rows of a dead run",
)
PROBE = ".conditional"
CLAIM = re.compile(r"feeds/source=[^/]+/scope=[^/]+/claims/\d{6}\.json")


def end(world: World) -> None:
    """Brings a world to rest and judges it.

    Raises:
        BrokenError: for the first thing that is not as it must be.
    """
    _settle(world)
    auditor = world.auditor
    auditor.check_all_feeds()
    _everything_applied(world)
    _caught_up(world)
    _do(world, 0, "replay", 8)
    _clean(world)
    _tell_no_secret(world)
    world.check()


def _settle(world: World) -> None:
    """A writer of each machine delivers what lies in its spool; then one run takes all feeds."""
    for writer in (HOSTS.index("alpha"), HOSTS.index("beta")):
        _do(world, writer, "deliver", 6)
    _do(world, 0, "real crawl", 10)
    _do(world, 0, "refresh", 10)
    world.check()


def _do(world: World, writer: int, kind: str, number: int) -> str:
    """One job, undisturbed; what it printed."""
    life = world.life(writer, Job(kind))
    (ended,) = world.run([Fate(life)])
    if ended.code:
        raise BrokenError(number, f"undisturbed, {kind} ended with {ended.code}:\n{said(life)}")
    return Path(life.log).read_text()


def _everything_applied(world: World) -> None:
    """Each sealed feed is in the tables, but for those that came after a later run of their scope had been applied."""
    auditor = world.auditor
    there = {feed[:3] for feed in auditor.now.feeds}
    for place in auditor.bronze.feeds.keys() - there:
        if place[2] > auditor.applied[place[:2]]:
            raise BrokenError(6, f"{place} is sealed and not applied, although nothing keeps it from that")
    ever = {tuple(v.feed[n] for n in ("source", "scope", "run_seq")) for v in auditor.listings if v.feed}
    if ever - there:
        raise BrokenError(6, f"applied, put back, and never applied again: {sorted(ever - there)}")


def _caught_up(world: World) -> None:
    newest = world.auditor.listings[-1].number
    model = world.auditor.states
    for path, table in world.auditor.tables.items():
        reached = table.versions[-1].reached.get("listings", -1) if table.versions else -1
        if table.path != "silver/listings" and model[reached].feeds != model[newest].feeds:
            raise BrokenError(9, f"{path} is derived from version {reached} of listings, which is at {newest}")


def _clean(world: World) -> None:
    """Old left-overs are found on the machine where the run died, and gone afterwards."""
    if world.store == "local":
        _age(world)
    for writer in (HOSTS.index("alpha"), HOSTS.index("beta")):
        told = _do(world, writer, "clean", 10)
        removed = set(re.findall(r"^removed +([^:]+):", told, re.MULTILINE))
        if removed - set(ALLOWED):
            raise BrokenError(6, f"doctor removed {removed - set(ALLOWED)}")
    for writer in (HOSTS.index("alpha"), HOSTS.index("beta")):
        told = _do(world, writer, "doctor", 10)
        if "left over" in told or "all is well" not in told:
            raise BrokenError(10, f"after cleaning, doctor still says:\n{told}")
    left = [*_unknown_in_landing(world), *_unknown_in_spools(world)]
    left += [key for key in _unknown_in_lake(world) if world.store == "local" or not _young(key)]
    if left:
        raise BrokenError(6, "left over, and neither found nor cleaned: " + ", ".join(left[:20]))


def _age(world: World) -> None:
    """Left-overs are only certainly dead when they are old. Files can be made old; objects of a store cannot."""
    then = time.time() - LONG
    for path in world.folder.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))
    # Staged rows tell their age by their name.
    for path in (world.folder / "lake" / "staging").rglob("*.parquet"):
        path.rename(path.with_name(re.sub(r"^\d{8}T", "20260101T", path.name)))


def _unknown_in_lake(world: World) -> list[str]:
    known = {f"{t.path}/{file}" for t in world.auditor.tables.values() for v in t.versions for file in v.files}
    found = world.auditor.lake.keys()
    return [key for key in found if key not in known and not _in_log(key) and not key.startswith(PROBE)]


def _young(key: str) -> bool:
    """What is only cleaned when it is old."""
    return key.endswith(".parquet") and "_delta_log" not in key


def _in_log(key: str) -> bool:
    name = r"(\d{20}\.json|\d{20}\.checkpoint\.parquet|_last_checkpoint|\d{20}\.crc)"
    return re.fullmatch(rf"[a-z_]+/[a-z_]+/_delta_log/{name}", key) is not None


def _unknown_in_landing(world: World) -> list[str]:
    known = set()
    for key, feed in world.auditor.bronze.keys.items():
        folder = key.rpartition("/")[0]
        known |= {key, *(f"{folder}/{part['key']}" for part in feed.manifest["parts"])}
    found = Objects(world.landing).keys()
    return [
        key for key in found if key not in known and not CLAIM.fullmatch(key) and not key.startswith(".conditional")
    ]


def _unknown_in_spools(world: World) -> list[str]:
    return [str(p) for host in set(HOSTS) for p in (world.folder / f"spool-{host}").rglob("*") if p.is_file()]


def _tell_no_secret(world: World) -> None:
    word = CANARY.encode()
    shown = [str(p) for p in world.folder.rglob("*") if p.is_file() and word in p.read_bytes()]
    if shown:
        raise BrokenError(10, f"a secret can be read in {shown[:5]}")
