"""What lies below a folder or `s3://bucket/prefix`: names and bytes, nothing interpreted."""

import os
from pathlib import Path
from urllib.parse import urlsplit


class Objects:
    """The objects below one place."""

    def __init__(self, place: str) -> None:
        self.place = place.rstrip("/")
        self._client = None
        if self.place.startswith("s3://"):
            import boto3

            address = urlsplit(self.place)
            self._client, self._bucket = boto3.session.Session().client("s3"), address.netloc
            self._prefix = address.path.strip("/") + "/"

    def keys(self, prefix: str = "") -> list[str]:
        """All keys that start with a prefix, sorted; on a disk also what hides behind a dot."""
        if self._client is not None:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            found = [entry["Key"].removeprefix(self._prefix) for page in pages for entry in page.get("Contents", [])]
        else:
            root = Path(self.place)
            # Writers come and go meanwhile; a folder that is gone is passed over.
            walked = os.walk(root / prefix if prefix.endswith("/") else root, onerror=None)
            found = [
                (Path(folder) / name).relative_to(root).as_posix() for folder, _, names in walked for name in names
            ]
        return sorted(key for key in found if key.startswith(prefix))

    def get(self, key: str) -> bytes:
        """The bytes of one."""
        if self._client is not None:
            return self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"].read()
        return (Path(self.place) / key).read_bytes()

    def put(self, key: str, data: bytes) -> None:
        """Overwrites one: for tests that damage something."""
        if self._client is not None:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data)
        else:
            (Path(self.place) / key).write_bytes(data)

    def remove(self, key: str) -> None:
        """Removes one: for tests that lose something."""
        if self._client is not None:
            self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key)
        else:
            (Path(self.place) / key).unlink()
