"""Whether a store keeps the promise that everything rests on: of two writers of one key, one wins.

Some stores ignore the condition of a conditional write and say "done" to both; commits are then lost without any
error. Such a store is refused before anything is written to it.
"""

import uuid
from functools import cache

from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore, StoreError

# One small object that stays; so the probe needs no right to delete.
PROBE = ".conditional-write-probe"


class UnsafeStoreError(StoreError):
    """A store that lets the second writer overwrite the first; no setting of ours makes it safe."""


@cache
def refuse_unsafe(location: str) -> None:
    """Probes the store at a location when a process first uses it; folders are known to keep the promise.

    Raises:
        UnsafeStoreError: when the store ignores the condition of a conditional write.
        StoreError: when it cannot be written at all.
    """
    if location.startswith("s3://"):
        try:
            probe(open_store(location))
        except UnsafeStoreError as error:
            raise UnsafeStoreError(f"{location}: {error}") from error


def probe(store: ObjectStore) -> None:
    """Writes the same key twice, on condition that it is absent.

    Raises:
        UnsafeStoreError: when the store ignores the condition.
        StoreError: when it cannot be written or does not know conditional writes.
    """
    store.put_if_absent(PROBE, uuid.uuid4().bytes)  # there from an earlier start, as a rule
    before = store.get(PROBE)
    if store.put_if_absent(PROBE, uuid.uuid4().bytes) or store.get(PROBE) != before:
        raise UnsafeStoreError("the store ignores the condition of a conditional write (If-None-Match)")
