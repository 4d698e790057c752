"""Everything that this project has written anywhere, as places to be searched."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.home import DEFAULT_HOME
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from orchestration.resources.step_values import VARIABLE
from realestate_crawler.contracts.places import Places
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Layers:
    """The places of this project.

    Attributes:
        reports: folder or `s3://…`.
        spool: parts and logs of crawls.
        home: Dagster's own run history.
        steps: values that steps hand each other, where a store keeps them; else empty.
    """

    landing: Landing
    lake: Lake
    reports: str
    spool: Path
    home: Path
    steps: str

    @classmethod
    def of(cls, places: Places) -> "Layers":
        """As the settings say."""
        home = Path(os.environ.get("DAGSTER_HOME") or DEFAULT_HOME).absolute()
        return cls(
            Landing(root=places.landing),
            Lake(root=places.lake_root),
            places.report_root,
            places.spool,
            home,
            os.environ.get(VARIABLE, ""),
        )

    def others(self) -> Iterator[tuple[str, str, ObjectStore]]:
        """What lies beside landing zone and lake: layer, place and store; each place once."""
        seen = {self.landing.root, self.lake.root}
        for layer, root in (
            ("reports", self.reports),
            ("spool", str(self.spool)),
            ("Dagster's home", str(self.home)),
            ("step values", self.steps),
        ):
            if root and root not in seen and ("://" in root or Path(root).is_dir()):
                seen.add(root)
                yield layer, root, open_store(root)


def every_key(store: ObjectStore) -> Iterator[str]:
    """Every object of a store, half-written ones included."""
    if isinstance(store, LocalStore):
        files = sorted(path for path in store.root.rglob("*") if path.is_file())
        return (path.relative_to(store.root).as_posix() for path in files)
    return store.keys("")
