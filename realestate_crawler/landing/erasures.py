"""The records of erasures in the landing zone."""

from pydantic import ValidationError

from realestate_crawler.contracts.erasure import ERASURES, FORMAT, Erasure
from realestate_crawler.landing.store import ObjectStore


class DamagedRecordError(ValueError):
    """A record that cannot be read: what was erased would come back unseen."""


def read_erasures(store: ObjectStore) -> list[Erasure]:
    """All of them, oldest first.

    Raises:
        DamagedRecordError: naming the one.
        StoreError: when the landing zone cannot be read.
    """
    found = []
    for key in store.keys(f"{ERASURES}/"):
        try:
            record = Erasure.model_validate_json(store.get(key))
        except ValidationError as error:
            raise DamagedRecordError(f"{key}: no usable record of an erasure (format {FORMAT} is known)") from error
        found.append(record)
    return sorted(found, key=lambda record: record.begun_at)
