"""Whether a store keeps the promise that everything rests on: of two writers of one key, one wins.

Some stores ignore the condition of a conditional write and say "done" to both; commits are then lost without any
error. Such a store is refused before anything is written to it.
"""

import uuid

from realestate_crawler.landing.store import ObjectStore, StoreError

# One small object that stays; so the probe needs no right to delete.
PROBE = ".conditional-write-probe"


def probe(store: ObjectStore) -> None:
    """Writes the same key twice, on condition that it is absent.

    Raises:
        StoreError: when the store cannot be written, does not know conditional writes, or ignores the condition.
    """
    store.put_if_absent(PROBE, uuid.uuid4().bytes)  # there from an earlier start, as a rule
    before = store.get(PROBE)
    if store.put_if_absent(PROBE, uuid.uuid4().bytes) or store.get(PROBE) != before:
        raise StoreError("the store ignores the condition of a conditional write (If-None-Match); use another store")
