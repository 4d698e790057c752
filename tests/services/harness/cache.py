"""The cache folder of built servers, and what is said when a server cannot be had.

What belongs here: where builds lie and that each is made once. What does not: how one is made (`minio`, `druid_build`).
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class MissingError(RuntimeError):
    """A server cannot be had on this machine; the message says what is missing."""


class BrokenError(RuntimeError):
    """A server was there and did not do what it should; the message ends with the end of its log."""


def cache_folder() -> Path:
    """`REALESTATE_CACHE`, else `~/.cache/realestate-crawler`."""
    named = os.environ.get("REALESTATE_CACHE")
    return Path(named) if named else Path.home() / ".cache" / "realestate-crawler"


def tool(name: str, *, why: str) -> str:
    """The full path of a program.

    Raises:
        MissingError: when it is not on the PATH.
    """
    found = shutil.which(name)
    if found is None:
        raise MissingError(f"{name} is not on the PATH ({why})")
    return found


def built_once(mark: Path, build: Callable[[], None]) -> None:
    """Runs `build` unless `mark` exists already; of several processes one builds and the others wait."""
    mark.parent.mkdir(parents=True, exist_ok=True)
    with _locked(mark.parent / f".{mark.name}.lock"):
        if not mark.exists():
            build()
        if not mark.exists():
            raise BrokenError(f"the build made no {mark}")


def run(command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """Runs a build command to its end.

    Raises:
        MissingError: when it fails: the parts could not be downloaded or built here.
    """
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise MissingError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
