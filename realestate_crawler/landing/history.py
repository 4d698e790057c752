"""Earlier runs of a scope, newest first: what a crawl may know of the past comes from here and nowhere else."""

import datetime
import logging
from collections.abc import Iterator
from itertools import islice

from pydantic import ValidationError

from realestate_crawler.contracts.feed import FEEDS, MANIFEST, scope_prefix
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.domain.doubts import RUNS, Measure
from realestate_crawler.landing.runs import Run
from realestate_crawler.landing.store import ObjectStore

logger = logging.getLogger(__name__)

# So far apart may two machines be; what is older than that is an older look.
CLOCKS_DIFFER = datetime.timedelta(days=1)

# A scope that failed for so many runs has no past that tells anything.
LOOKED_AT = 60


class OlderLookError(ValueError):
    """A scope was seen later already."""


def manifest_keys(store: ObjectStore, source: str, scope: str, root: str = FEEDS) -> list[str]:
    """Where the manifests of a scope are, the newest run first.

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    keys = (key for key in store.keys(scope_prefix(source, scope, root)) if key.endswith(f"/{MANIFEST}"))
    return sorted(keys, key=_run_seq, reverse=True)


def newest_run(store: ObjectStore, source: str, scope: str) -> int:
    """The number of the newest run of a scope that has a manifest; 0 when there is none.

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    return next((_run_seq(key) for key in manifest_keys(store, source, scope)), 0)


def manifests(store: ObjectStore, source: str, scope: str, root: str = FEEDS) -> Iterator[Manifest]:
    """The manifests of a scope, the newest run first; one that cannot be read is left out, with a warning.

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    for key in manifest_keys(store, source, scope, root):
        try:
            yield Manifest.model_validate_json(store.get(key))
        except ValidationError as error:
            logger.warning("%s: no usable manifest: %s", key, error.errors()[0]["msg"])


def measures(store: ObjectStore, run: Run) -> list[Measure]:
    """What the last runs of the scope saw that a run is compared with, the newest first (see `domain.doubts`).

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    earlier = islice(manifests(store, run.source, run.scope, run.root), LOOKED_AT)
    usable = (told for told in earlier if told.run_seq < run.run_seq and told.healthy)
    return [Measure(told.unique_listings, told.details, told.filled) for told in islice(usable, RUNS)]


def refuse_older(store: ObjectStore, source: str, scope: str, at: datetime.datetime) -> None:
    """Passes a look at a scope that is not older than the newest one: applied last, it would undo what is newer.

    Raises:
        OlderLookError: naming the newer run.
        StoreError: when the landing zone cannot be read.
    """
    newest = next((told for told in manifests(store, source, scope) if told.is_crawl), None)
    if newest is not None and newest.observed_at - at > CLOCKS_DIFFER:
        raise OlderLookError(
            f"scope {scope} of {source} was seen at {newest.observed_at:%Y-%m-%dT%H:%M:%SZ} already"
            f" (run {newest.run_id}): what was seen at {at:%Y-%m-%dT%H:%M:%SZ} would undo what is newer;"
            " a scope of its own (-a scope= or id) takes it"
        )


def branches(store: ObjectStore, source: str, base: str) -> Iterator[Manifest]:
    """The newest manifest of every scope that earlier runs have split `base` into.

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    for folder in store.folders(f"{FEEDS}/source={source}/"):
        scope = folder.removeprefix("scope=")
        if scope.startswith(f"{base}."):
            newest = next(manifests(store, source, scope), None)
            if newest is not None:
                yield newest


def _run_seq(key: str) -> int:
    digits = key.removesuffix(f"/{MANIFEST}").rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
