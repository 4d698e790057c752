"""The life of one writer, in a process that may be killed at any moment.

What belongs here: how a life begins, works and ends. What does not: what the work is (`jobs`), who kills (`loop`).
"""

import faulthandler
import os
import signal
import socket
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from realestate_crawler.contracts.places import Places
from tests.crash.jobs import JOBS, Job
from tests.crash.points import NAMED, UNHOOKED, armed, folders
from tests.crash.watching import when_a_file_appears

HUNG_AFTER = 900  # seconds; longer than any life takes on a busy machine
REFUSED = 77  # exit code: something was refused, in words that say what to do


@dataclass(frozen=True)
class Life:
    """What a writer is told.

    Attributes:
        host: the machine that it says it is on.
        jobs: what it does, one after the other.
        log: where its output goes.
        env: where things lie, for this writer.
        point: where it dies by itself, and at which arrival there; None = somebody else kills it, or nobody.
    """

    seed: int
    host: str
    jobs: tuple[Job, ...]
    log: str
    env: dict[str, str] = field(repr=False)
    point: tuple[str, int] | None = None


def live(life: Life) -> None:
    """All of it: the target of a child process. Its exit code: 0, REFUSED, or 1 with a traceback in its log."""
    handle = os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w", buffering=1), os.fdopen(2, "w", buffering=1)
    faulthandler.dump_traceback_later(HUNG_AFTER, exit=True)
    os.environ.update(life.env)
    socket.gethostname = lambda: life.host
    print(f"--- {life}")
    code = 1
    try:
        code = _until_death(life)
    except BaseException:  # noqa: BLE001 (it is told, and the exit code says so)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)  # what the libraries' threads still do at the end must not look like a failure of the work


def die() -> None:
    """SIGKILL: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)


def _until_death(life: Life) -> int:
    if life.point is None:
        return _work(life)
    point, nth = NAMED[life.point[0]], life.point[1]
    if point not in UNHOOKED:
        with armed(point, nth, die):
            return _work(life)
    if not Places().lake.startswith("s3://"):  # there a proxy strikes
        when_a_file_appears(folders(Path(Places().lake), point.targets[0]), ".parquet", nth, die)
    return _work(life)


def _work(life: Life) -> int:
    refusals = []
    for job in life.jobs:
        refusals.append(JOBS[job.kind](life.seed, job))
        print(f"    {job}: {refusals[-1] or 'done'}")
    return REFUSED if any(refusals) else 0
