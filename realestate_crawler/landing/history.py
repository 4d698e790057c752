"""Earlier runs of a scope, newest first: what a crawl may know of the past comes from here and nowhere else."""

import logging
from collections.abc import Iterator

from pydantic import ValidationError

from realestate_crawler.contracts.feed import MANIFEST, scope_prefix
from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.landing.store import ObjectStore

logger = logging.getLogger(__name__)


def manifests(store: ObjectStore, source: str, scope: str) -> Iterator[Manifest]:
    """The manifests of a scope, the newest run first; one that cannot be read is left out, with a warning.

    Raises:
        StoreError: when the landing zone cannot be read.
    """
    keys = [key for key in store.keys(scope_prefix(source, scope)) if key.endswith(f"/{MANIFEST}")]
    for key in sorted(keys, key=_run_seq, reverse=True):
        try:
            yield Manifest.model_validate_json(store.get(key))
        except ValidationError as error:
            logger.warning("%s: no usable manifest: %s", key, error.errors()[0]["msg"])


def _run_seq(key: str) -> int:
    digits = key.removesuffix(f"/{MANIFEST}").rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0
