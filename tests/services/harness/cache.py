"""The cache folder of built servers, and what is said when a server cannot be had.

What belongs here: where builds lie and that each is made once. What does not: how one is made (`minio`, `druid_build`).
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

BUILD_SECONDS = 1500
PAUSES = (5, 20)  # seconds before a download is tried once more


class MissingError(RuntimeError):
    """A server cannot be had on this machine; the message says what is missing.

    Attributes:
        lacking: the program, or what else of the machine, that is not there; empty when something failed.
    """

    def __init__(self, message: str, *, lacking: str = "") -> None:
        super().__init__(message)
        self.lacking = lacking


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
        raise MissingError(f"{name} is not on the PATH ({why})", lacking=name)
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
        MissingError: when it fails, or takes longer than any build should.
    """
    try:
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=BUILD_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise MissingError(f"{' '.join(command)} did not end within {BUILD_SECONDS} s") from None
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise MissingError(f"{' '.join(command)} ended with {done.returncode}:\n{said}")


def run_with_downloads(
    command: list[str], *, cwd: Path | None = None, env: dict[str, str] | None = None, makes: Path | None = None
) -> None:
    """As `run`, again when it fails, because registries sometimes do; `makes` is removed before each attempt.

    Raises:
        MissingError: when the last attempt fails.
    """
    pauses = list(PAUSES)
    while True:
        if makes is not None:
            subprocess.run(["rm", "-rf", "--one-file-system", str(makes)], check=False)
        try:
            run(command, cwd=cwd, env=env)
            return
        except MissingError as error:
            if not pauses:
                raise
            print(f"once more in {pauses[0]} s: {error}", flush=True)
            time.sleep(pauses.pop(0))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
