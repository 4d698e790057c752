"""Builds what the service tests need into the cache folder, all of it at once, and says what cannot be had.

`python -m tests.services.harness` before the tests, so that the first of them does not seem to hang for minutes.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.services.harness.cache import MissingError, cache_folder
from tests.services.harness.druid_build import druid_home
from tests.services.harness.go import kustomize_program
from tests.services.harness.image import Image
from tests.services.harness.minio import minio_program
from tests.services.harness.skipping import excused, required


def _image() -> None:
    Image().remove()


# In two lanes, the quick ones first: what else is tested meanwhile waits for kustomize.
LANES = 2
PARTS: dict[str, Callable[[], object]] = {
    "kustomize": kustomize_program,
    "Druid": druid_home,
    "MinIO": minio_program,
    "the image": _image,
}


def main() -> int:
    """The exit code: 1 when something that is required (REALESTATE_REQUIRE_SERVICES=1) cannot be had, else 0."""
    print(f"building into {cache_folder()}: {', '.join(PARTS)}", flush=True)
    with ThreadPoolExecutor(LANES) as pool:
        missing = sum(pool.map(_made, PARTS.items()))
    return int(missing > 0 and required())


def _made(part: tuple[str, Callable[[], object]]) -> bool:
    """Whether a part is missing and should not be."""
    name, make = part
    started = time.monotonic()
    try:
        make()
    except MissingError as error:
        print(f"{name}: cannot be had: {error}{' (excused)' if excused(error) else ''}", flush=True)
        return not excused(error)
    print(f"{name}: ready after {time.monotonic() - started:.0f} s", flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main())
