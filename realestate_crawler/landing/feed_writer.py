"""Writes lines into gzip parts and delivers each part when it is full.

What belongs here: bytes, files, digests. What does not: what a line says (`contracts.feed`).
"""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from realestate_crawler.contracts.manifest import Part
from realestate_crawler.landing.store import ObjectStore


class FeedWriter:
    """One kind of parts of one run (listings, or quarantine).

    Args:
        store: where parts are delivered.
        prefix: the run's folder in the store.
        spool: local folder for parts until they are delivered; a part that cannot be delivered stays there.
        name: names the n-th part.
        lines_per_part: lines after which a part is delivered.
    """

    def __init__(
        self, store: ObjectStore, prefix: str, spool: Path, name: Callable[[int], str], lines_per_part: int
    ) -> None:
        self.parts: list[Part] = []
        self._store = store
        self._prefix = prefix
        self._spool = spool
        self._name = name
        self._lines_per_part = lines_per_part
        self._path: Path | None = None
        self._file: IO[bytes] | None = None
        self._gzip: gzip.GzipFile | None = None
        self._lines = 0

    @property
    def lines(self) -> int:
        """Lines written so far, delivered or not."""
        return sum(part.lines for part in self.parts) + self._lines

    def write(self, line: bytes) -> Path | None:
        """Adds a line; returns a full part that waits for `deliver`."""
        if self._gzip is None:
            self._spool.mkdir(parents=True, exist_ok=True)
            self._path = self._spool / self._name(len(self.parts) + 1)
            self._file = self._path.open("wb")
            # Neither name nor time in the header: the same lines are the same bytes.
            self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0)
        self._gzip.write(line)
        self._lines += 1
        return self.seal() if self._lines >= self._lines_per_part else None

    def seal(self) -> Path | None:
        """Closes the open part and returns it; None when there is none."""
        if self._gzip is None or self._file is None or self._path is None:
            return None
        self._gzip.close()
        self._file.close()
        data = self._path.read_bytes()
        key = self._path.name
        self.parts.append(Part(key=key, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), lines=self._lines))
        sealed = self._path
        self._path = self._file = self._gzip = None
        self._lines = 0
        return sealed

    def deliver(self, sealed: Path) -> None:
        """Puts a sealed part into the store and removes the local copy.

        Raises:
            StoreError: when it could not be delivered; the local copy stays.
        """
        self._store.put_file(self._prefix + sealed.name, sealed)
        sealed.unlink()
