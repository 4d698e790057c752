"""A server as a child process: free ports, a log file, health awaited, stopped by process id."""

import ctypes
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import requests

from tests.services.harness.cache import BrokenError


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody listens on; all different."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def _end_with_the_tests() -> None:
    """No server outlives tests that were killed (where the system knows PR_SET_PDEATHSIG, which is 1)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class ServerProcess:
    """One server; its output goes to `<folder>/<name>.log`."""

    def __init__(self, name: str, command: list[str], *, folder: Path, env: Mapping[str, str]) -> None:
        self.name = name
        self.log = folder / f"{name}.log"
        self._command = command
        self._folder = folder
        self._env = dict(env)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, again after `kill`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the tests, which then stop their servers in order
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509 (only the main thread starts servers)
            )

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Ends it at once. Both servers are made to survive it, and one of them does not stop on a polite word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)

    def last_words(self, lines: int = 40) -> str:
        """The end of its log."""
        if not self.log.exists():
            return f"--- {self.name}: no log"
        tail = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
        return "\n".join([f"--- end of {self.log}", *tail])


def wait_until(ready: Callable[[], bool], servers: list[ServerProcess], *, what: str, seconds: float) -> None:
    """Asks `ready` until it says yes; connection errors mean "not yet".

    Raises:
        BrokenError: when a server died or the time is over, with the ends of the logs.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        dead = [server for server in servers if not server.running]
        if dead:
            raise BrokenError(f"{what}: {dead[0].name} ended\n{dead[0].last_words()}")
        try:
            if ready():
                return
        except (requests.RequestException, OSError):
            pass
        time.sleep(0.2)
    words = "\n".join(server.last_words() for server in servers)
    raise BrokenError(f"{what}: not within {seconds:.0f} s\n{words}")


def healthy(url: str) -> bool:
    """Whether a health address answers 200."""
    return requests.get(url, timeout=2).status_code == 200
