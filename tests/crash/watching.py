"""Dies when a data file appears: between the data files of a commit and the commit, inside a library (Linux)."""

import ctypes
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path

CLOSED_AFTER_WRITING, MOVED_HERE = 0x8, 0x80
EVENT = struct.Struct("iIII")


def when_a_file_appears(folders: list[Path], suffix: str, nth: int, strike: Callable[[], None]) -> None:
    """Calls `strike` from a thread when the n-th new file with a suffix has been written whole into one of the folders.

    Raises:
        OSError: where the system cannot tell.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    handle = libc.inotify_init1(os.O_CLOEXEC)
    if handle < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    for folder in folders:
        if libc.inotify_add_watch(handle, os.fsencode(folder), CLOSED_AFTER_WRITING | MOVED_HERE) < 0:
            raise OSError(ctypes.get_errno(), f"inotify: {folder}")

    def watch() -> None:
        seen = 0
        while True:
            data = os.read(handle, 65536)
            while data:
                length = EVENT.unpack_from(data)[3]
                name = data[EVENT.size : EVENT.size + length].rstrip(b"\0").decode()
                data = data[EVENT.size + length :]
                seen += name.endswith(suffix)
                if seen >= nth:
                    strike()
                    return

    threading.Thread(target=watch, daemon=True).start()
