"""A landing zone in an S3-compatible store (AWS, MinIO and others).

What belongs here: objects through boto3, with limits on time and retries. What does not: where the endpoint and the
credentials come from; boto3 reads them from the environment and its own files, and no message of ours shows them.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from realestate_crawler.landing.store import StoreError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

T = TypeVar("T")

MIB = 1024 * 1024
ATTEMPTS = 5
# Seconds without a sign of life after which an attempt is given up.
CONNECT_SECONDS = 10
READ_SECONDS = 60
# "Try again": another conditional write of the same key was under way.
CONFLICT = 409
PRECONDITION_FAILED = 412
# Whose write an object is; it tells our own write whose answer got lost from the write of another.
WRITER = "writer"

Failure = (ClientError, BotoCoreError, Boto3Error)


class S3Store:
    """Objects of one bucket below a prefix."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str, *, multipart_above: int = 16 * MIB) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._transfer = TransferConfig(
            multipart_threshold=multipart_above, multipart_chunksize=multipart_above, use_threads=False
        )

    @classmethod
    def at(cls, location: str) -> "S3Store":
        """The store at `s3://bucket/prefix`.

        Raises:
            StoreError: for another kind of address, one that carries credentials, or settings boto3 cannot use.
        """
        address = urlsplit(location)
        if "@" in address.netloc:
            raise StoreError("an S3 address carries no credentials; set them in the environment")
        if address.scheme != "s3" or not address.netloc or address.query or address.fragment:
            raise StoreError(f"{location}: not of the form s3://bucket/prefix")
        prefix = address.path.strip("/")
        return cls(_client(), address.netloc, f"{prefix}/" if prefix else "")

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """See `ObjectStore`. Right also when the answer to a write that took place is lost.

        Raises:
            StoreError: when it could not be stored or nobody can tell whether it was.
        """
        writer = uuid.uuid4().hex
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._full(key),
                    Body=data,
                    IfNoneMatch="*",
                    ChecksumAlgorithm="SHA256",
                    Metadata={WRITER: writer},
                )
            except Failure as error:
                if _status(error) == CONFLICT and attempt < ATTEMPTS:
                    time.sleep(0.1 * 2**attempt)
                    continue
                return self._is_ours(key, writer, error)
            else:
                return True
        raise AssertionError("the last attempt returns or raises")

    def put_file(self, key: str, path: Path) -> None:
        """See `ObjectStore`. Large files go in parts; a failed upload leaves no part behind."""
        if not path.is_file():
            raise StoreError(f"{self._name(key)}: cannot be stored: no local file {path}")
        try:
            self._client.upload_file(
                str(path),
                self._bucket,
                self._full(key),
                ExtraArgs={"ChecksumAlgorithm": "SHA256"},
                Config=self._transfer,
            )
            if path.stat().st_size >= self._transfer.multipart_threshold:
                self._abort_unfinished(key)
        except (*Failure, OSError) as error:
            raise StoreError(f"{self._name(key)}: cannot be stored: {_reason(error)}") from error

    def get(self, key: str) -> bytes:
        """See `ObjectStore`."""

        def read() -> bytes:
            return self._client.get_object(Bucket=self._bucket, Key=self._full(key))["Body"].read()

        try:
            return _again_when_cut(read)
        except Failure as error:
            raise StoreError(f"{self._name(key)}: cannot be read: {_reason(error)}") from error

    def remove(self, key: str) -> None:
        """See `ObjectStore`."""
        try:
            self._client.delete_object(Bucket=self._bucket, Key=self._full(key))
        except Failure as error:
            raise StoreError(f"{self._name(key)}: cannot be removed: {_reason(error)}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`."""
        found = [entry["Key"] for page in self._listed(prefix) for entry in page.get("Contents", [])]
        return (key.removeprefix(self._prefix) for key in found)

    def folders(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`."""
        pages = self._listed(prefix, Delimiter="/")
        found = [entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", [])]
        return (name.removesuffix("/").rpartition("/")[2] for name in found)

    def _listed(self, prefix: str, **more: Any) -> list["ListObjectsV2OutputTypeDef"]:
        try:
            pages = self._client.get_paginator("list_objects_v2")
            return list(pages.paginate(Bucket=self._bucket, Prefix=self._full(prefix), **more))
        except Failure as error:
            raise StoreError(f"{self._name(prefix)}: cannot be listed: {_reason(error)}") from error

    def _is_ours(self, key: str, writer: str, error: Exception) -> bool:
        """After a refused or unclear write: whose object is there?"""
        if not _unclear(error):
            raise StoreError(f"{self._name(key)}: cannot be stored: {_reason(error)}") from error
        try:
            found = self._client.head_object(Bucket=self._bucket, Key=self._full(key))
        except Failure:
            raise StoreError(f"{self._name(key)}: cannot be stored: {_reason(error)}") from error
        return found["Metadata"].get(WRITER) == writer

    def _abort_unfinished(self, key: str) -> None:
        """Ends the uploads of this key that a killed process left; one key has one writer."""
        found = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=self._full(key))
        for upload in found.get("Uploads", []):
            if upload["Key"] == self._full(key):
                self._client.abort_multipart_upload(Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"])

    def _full(self, key: str) -> str:
        if key.startswith("/") or ".." in PurePosixPath(key).parts:
            raise StoreError(f"{key}: leaves the landing zone")
        return f"{self._prefix}{key}"

    def _name(self, key: str) -> str:
        return f"s3://{self._bucket}/{self._full(key)}"


def _client() -> "S3Client":
    limits = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        client = boto3.session.Session().client("s3", config=limits)
    except (BotoCoreError, ValueError) as error:
        raise StoreError(f"the S3 settings cannot be used: {type(error).__name__}") from error
    if "@" in urlsplit(client.meta.endpoint_url).netloc:
        raise StoreError("the S3 endpoint address carries credentials; set them in the environment")
    return client


def _again_when_cut(read: Callable[[], T]) -> T:
    """boto3 tries a request again, but not an answer that broke off midway."""
    for _ in range(ATTEMPTS - 1):
        try:
            return read()
        except BotoCoreError:
            continue
    return read()


def _status(error: Exception) -> int:
    """The HTTP status of a refusal; 0 where there was no answer."""
    return int(error.response["ResponseMetadata"].get("HTTPStatusCode", 0)) if isinstance(error, ClientError) else 0


def _unclear(error: Exception) -> bool:
    """Whether the object may be there all the same: it was there before, or the store broke down while writing."""
    status = _status(error)
    return status in (0, PRECONDITION_FAILED) or (status >= 500 and status != 501)


def _reason(error: Exception) -> str:
    """What went wrong, in words that hold no address and no key."""
    cause = error.__context__ if isinstance(error, Boto3Error) and error.__context__ else error
    if isinstance(cause, ClientError):
        return f"{cause.response['Error'].get('Code', 'unknown')} (HTTP {_status(cause)})"
    return type(cause).__name__
