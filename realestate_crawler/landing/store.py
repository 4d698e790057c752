"""The interface of a landing zone.

What belongs here: the few verbs that feeds need. What does not: names of feeds and manifests (`contracts.feed`), and
which kind of store an address means (`opening`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class StoreError(OSError):
    """The store could not do what was asked; the message names the object."""


class ObjectStore(Protocol):
    """Objects by key. Keys are relative, with forward slashes. Objects never change once they are there."""

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Stores `data`, unless the key exists; says whether it did. Atomic: one of several writers wins."""

    def put_file(self, key: str, path: Path) -> None:
        """Stores a copy of a local file; a reader sees all of it or nothing.

        Raises:
            StoreError: when it could not be stored; the local file is left as it is.
        """

    def get(self, key: str) -> bytes:
        """The bytes of an object.

        Raises:
            StoreError: when there is none or it cannot be read.
        """

    def remove(self, key: str) -> None:
        """Removes an object if it is there; for left-overs only, a feed is never removed.

        Raises:
            StoreError: when it could not be removed.
        """

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that start with `prefix` (a folder: ends with a slash), in order."""

    def folders(self, prefix: str) -> Iterator[str]:
        """Names of the folders directly below `prefix` (a folder: ends with a slash), in order."""
