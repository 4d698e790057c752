"""Versions of objects that an S3-compatible store keeps after they were replaced or removed, where it is told to."""

from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from realestate_crawler.landing.store import StoreError


class OldVersion(NamedTuple):
    """A version of an object that is not the newest.

    Attributes:
        key: below the location, as the object store of it names it.
        read: its bytes.
        remove: does away with it.
    """

    key: str
    read: Callable[[], bytes]
    remove: Callable[[], None]


def old_versions(location: str) -> Iterator[OldVersion]:
    """Every version below `s3://bucket/prefix` that is not the newest; none where the bucket keeps none.

    Raises:
        StoreError: when they cannot be listed.
    """
    address = urlsplit(location)
    bucket, prefix = address.netloc, address.path.strip("/")
    prefix = f"{prefix}/" if prefix else ""
    try:
        client = boto3.session.Session().client("s3")
        if not client.get_bucket_versioning(Bucket=bucket).get("Status"):
            return
        pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
        found = [each for page in pages for each in page.get("Versions", []) if not each["IsLatest"]]
    except (BotoCoreError, ClientError, ValueError) as error:
        raise StoreError(f"{location}: older versions of objects cannot be listed: {type(error).__name__}") from error
    for each in found:
        key, version = each["Key"], each["VersionId"]

        def read(key: str = key, version: str = version) -> bytes:
            return client.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()

        def remove(key: str = key, version: str = version) -> None:
            client.delete_object(Bucket=bucket, Key=key, VersionId=version)

        yield OldVersion(key.removeprefix(prefix), read, remove)
