"""Uploads that a killed process left unfinished in an S3-compatible store; each costs space until it is aborted."""

import datetime
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from realestate_crawler.landing.store import StoreError


def unfinished(location: str) -> Iterator[tuple[str, datetime.datetime, Callable[[], None]]]:
    """Key, begin and a way to abort each unfinished upload below `s3://bucket/prefix`.

    Raises:
        StoreError: when they cannot be listed.
    """
    address = urlsplit(location)
    bucket, prefix = address.netloc, address.path.strip("/")
    try:
        client = boto3.session.Session().client("s3")
        pages = client.get_paginator("list_multipart_uploads").paginate(Bucket=bucket, Prefix=prefix)
        found = [upload for page in pages for upload in page.get("Uploads", [])]
    except (BotoCoreError, ClientError, ValueError) as error:
        raise StoreError(f"{location}: unfinished uploads cannot be listed: {type(error).__name__}") from error
    for upload in found:
        key, upload_id = upload["Key"], upload["UploadId"]

        def abort(key: str = key, upload_id: str = upload_id) -> None:
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)

        yield key, upload["Initiated"], abort
