"""Which kind of store an address means."""

from pathlib import Path

from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.store import ObjectStore


def open_store(location: str) -> ObjectStore:
    """The landing zone at a folder or `s3://bucket/prefix`.

    Raises:
        StoreError: when the address cannot be one.
    """
    if location.startswith("s3://"):
        from realestate_crawler.landing.s3 import S3Store  # noqa: PLC0415 (boto3 is slow to import)

        return S3Store.at(location)
    return LocalStore(Path(location))
