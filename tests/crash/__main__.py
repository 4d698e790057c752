"""`python -m tests.crash`: kills writers until enough of them are dead; see `make crash-loop`."""

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.crash.loop import crash_loop
from tests.services.harness.cache import MissingError
from tests.services.harness.minio import MinioServer

CANNOT = 2


def main() -> int:
    """Prints as it goes; 0 when every invariant held, 1 when one did not, 2 when there is no store to try it on."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, metavar="N")
    parser.add_argument("--seed", type=int, default=None, help="repeats a plan: who does what and dies where")
    parser.add_argument("--store", choices=["local", "s3"], default="local", help="s3: a real MinIO on loopback")
    parser.add_argument("--writers", type=int, choices=[1, 3], default=3)
    options = parser.parse_args()
    seed = random.randrange(10**6) if options.seed is None else options.seed
    if options.store == "local":
        return crash_loop(options.kills, seed, writers=options.writers)
    with tempfile.TemporaryDirectory() as folder:
        try:
            server = MinioServer(Path(folder))
        except MissingError as error:
            print(f"no S3-compatible store can be had here: {error}", file=sys.stderr)
            return CANNOT
        server.start()
        try:
            os.environ.update(server.s3.environment)
            return crash_loop(options.kills, seed, server.s3, options.writers)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
