"""Programs that are built from Go's module registry."""

import os
from pathlib import Path

from tests.services.harness.cache import built_once, cache_folder, run_with_downloads, tool

KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.4.3"


def go_install(module: str, folder: Path) -> None:
    """Builds a Go program into a folder."""
    go = tool("go", why=f"{module} is built with it")
    run_with_downloads([go, "install", module], env={**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local"})


def kustomize_program() -> Path:
    """The kustomize program; built the first time.

    Raises:
        MissingError: without Go, or when it cannot be downloaded.
    """
    program = cache_folder() / "bin" / "kustomize"
    built_once(program, lambda: go_install(KUSTOMIZE, program.parent))
    return program
