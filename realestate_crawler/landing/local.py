"""A landing zone in a local folder."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from realestate_crawler.landing.store import StoreError


class LocalStore:
    """Objects as files below `root`; written beside their place and moved there when whole."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """See `ObjectStore`. A hard link is created atomically, only when absent, and shows only whole files."""
        target = self._path(key)
        try:
            with self._beside(target) as temporary:
                temporary.write_bytes(data)
                _to_disk(temporary)
                try:
                    os.link(temporary, target)
                except FileExistsError:
                    return False
            _to_disk(target.parent)
        except OSError as error:
            raise StoreError(f"{target}: cannot be stored: {error.strerror}") from error
        return True

    def put_file(self, key: str, path: Path) -> None:
        """See `ObjectStore`."""
        target = self._path(key)
        try:
            with self._beside(target) as temporary:
                shutil.copyfile(path, temporary)
                _to_disk(temporary)
                temporary.replace(target)
            _to_disk(target.parent)
        except OSError as error:
            what = f" ({path})" if error.filename == str(path) else ""
            raise StoreError(f"{target}: cannot be stored: {error.strerror}{what}") from error

    def get(self, key: str) -> bytes:
        """See `ObjectStore`."""
        try:
            return self._path(key).read_bytes()
        except OSError as error:
            raise StoreError(f"{self._path(key)}: cannot be read: {error.strerror}") from error

    def remove(self, key: str) -> None:
        """See `ObjectStore`."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{self._path(key)}: cannot be removed: {error.strerror}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`."""
        folder = self._path(prefix) if prefix else self.root
        found = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".tmp-"))
        return iter(sorted(p.relative_to(self.root).as_posix() for p in found))

    def folders(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`."""
        folder = self._path(prefix)
        return iter(sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else ())

    def _path(self, key: str) -> Path:
        path = (self.root / key).absolute()
        if ".." in Path(key).parts or "\x00" in key or self.root not in path.parents:
            raise StoreError(f"{key!r}: is no place in the landing zone")
        return path

    @contextmanager
    def _beside(self, target: Path) -> Iterator[Path]:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".tmp-", dir=target.parent)
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(0o644)
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
