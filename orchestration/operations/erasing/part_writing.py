"""Writes objects of the landing zone in the place of others: parts under new names, manifests under their own.

What belongs here: bytes and names. What does not: what is written (`feeds`).
"""

import gzip
import hashlib
import io
import re
import tempfile
from pathlib import Path

from realestate_crawler.contracts.manifest import Part
from realestate_crawler.landing.store import ObjectStore

_NAME = re.compile(r"(?P<stem>(?:part|quarantine)-\d+)(?:-\w+)?\.jsonl\.gz")


def new_part(store: ObjectStore, prefix: str, old: Part, identifier: str, lines: list[bytes]) -> Part | None:
    """Stores a part in the place of another, under a name of its own; None where no line is left.

    Args:
        store: the landing zone.
        prefix: folder of the run.
        old: the part that it takes the place of.
        identifier: of the erasure; the same one gives the same name and bytes again.
        lines: newlines included.

    Raises:
        StoreError: when it could not be stored.
    """
    if not lines:
        return None
    found = _NAME.fullmatch(old.key)
    key = f"{found['stem'] if found else old.key}-{identifier}.jsonl.gz"
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.writelines(lines)
    data = packed.getvalue()
    put(store, prefix + key, data)
    return Part(key=key, sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), lines=len(lines))


def put(store: ObjectStore, key: str, data: bytes) -> None:
    """Stores bytes, whatever was there; a reader sees the old or the new ones.

    Raises:
        StoreError: when they could not be stored.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "object"
        path.write_bytes(data)
        store.put_file(key, path)
