"""Finishes what an upload could not: delivers the local copies of a run's parts, then its manifest.

What belongs here: runs that were sealed and wait in the spool. What does not: runs that died while they were written;
they have no manifest, and nothing can be said of them.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from realestate_crawler.contracts.feed import MANIFEST, ROOTS, run_prefix
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.landing.store import ObjectStore, StoreError


@dataclass(frozen=True, slots=True)
class UndeliveredRun:
    """A sealed run whose upload failed.

    Attributes:
        folder: its local copy: the parts that are not in the store, and the manifest.
        manifest: as it was sealed.
    """

    folder: Path
    manifest: Manifest

    @property
    def prefix(self) -> str:
        """Folder of the run in the store."""
        return run_prefix(self.manifest.source, self.manifest.scope, self.manifest.run_id, ROOTS[self.manifest.item])


def keep_sealed(folder: Path, manifest: bytes) -> None:
    """Puts a run's manifest beside its parts in the spool, whole or not at all: from then on it waits for delivery."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{MANIFEST}"
    with temporary.open("wb") as file:
        file.write(manifest)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / MANIFEST)


def undelivered(spool: Path) -> list[UndeliveredRun]:
    """All sealed runs in the spool, oldest first."""
    found = [UndeliveredRun(p.parent, Manifest.model_validate_json(p.read_bytes())) for p in _manifests(spool)]
    return sorted(found, key=lambda run: (run.manifest.source, run.manifest.scope, run.manifest.run_seq))


def deliver(store: ObjectStore, run: UndeliveredRun) -> None:
    """Puts what is missing into the store, the manifest last, and removes the local copy.

    Raises:
        StoreError: when something could not be delivered, or is not what the manifest says; the local copy stays.
    """
    for part in [*run.manifest.parts, *run.manifest.quarantine]:
        local = run.folder / part.key
        if local.exists():
            if hashlib.sha256(local.read_bytes()).hexdigest() != part.sha256:
                raise StoreError(f"{local}: is not what the manifest says (sha256)")
            store.put_file(run.prefix + part.key, local)
        elif hashlib.sha256(store.get(run.prefix + part.key)).hexdigest() != part.sha256:
            raise StoreError(f"{run.prefix}{part.key}: in the store, but not what the manifest says (sha256)")
    data = (run.folder / MANIFEST).read_bytes()
    if not store.put_if_absent(run.prefix + MANIFEST, data) and store.get(run.prefix + MANIFEST) != data:
        raise StoreError(f"{run.prefix}{MANIFEST}: there is another manifest already")
    shutil.rmtree(run.folder)


def _manifests(spool: Path) -> list[Path]:
    return sorted(spool.glob(f"*/*/*/{MANIFEST}"))
