"""The report on disk: all of it or nothing."""

import os
import tempfile
from pathlib import Path


def write_report(path: Path, html: str) -> None:
    """Writes the page at once: a reader sees the old file or the whole new one, whatever happens in between.

    Raises:
        OSError: when it could not be written; the old file is left as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target, because a rename is atomic only inside one file system.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(html)
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
