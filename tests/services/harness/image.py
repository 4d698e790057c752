"""Our image, built from deploy/Dockerfile by buildah, and its containers as Kubernetes would run them.

The base image comes from Debian's packages (debootstrap), because no image registry is needed for that; with
`REALESTATE_TEST_PYTHON_IMAGE` it is the image of that name. A container is a chroot into the built image in mount and
process namespaces of its own: root read-only, a numeric user without capabilities, the network of this machine.
"""

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

from tests.crawling import ROOT
from tests.services.harness.cache import MissingError, built_once, cache_folder, run, run_with_downloads, tool

TAG = "localhost/realestate-crawler:test"
BASE = "localhost/realestate-base:bookworm"


class Image:
    """The built image.

    Attributes:
        config: what the Dockerfile says: Env, User, WorkingDir, Cmd.
        root: its files.
    """

    def __init__(self) -> None:
        if os.geteuid() != 0:
            why = "root is needed to build the image and to make containers without a container engine"
            raise MissingError(why, lacking="root")
        self._unshare = [tool("unshare", why="a container is made with it"), "--mount", "--pid", "--fork"]
        if subprocess.run([*self._unshare, "true"], capture_output=True, check=False).returncode:
            raise MissingError("this machine lets nobody make a mount and process namespace", lacking="unshare")
        self._folder = cache_folder() / "images"
        program = tool("buildah", why="it builds deploy/Dockerfile")
        own = [program, "--root", str(self._folder), "--runroot", f"{self._folder}-run", "--storage-driver"]
        # Where this machine can, each step is kept as a layer of what it adds; else each would be a whole copy.
        able = subprocess.run([*own, "overlay", "info"], capture_output=True, check=False).returncode == 0
        self._buildah = [*own, "overlay" if able else "vfs"]
        self._layers = ["--layers"] if able else []
        self._build()
        self._container = self._said("from", "--pull-never", TAG)
        self.root = Path(self._said("mount", self._container))
        # Kubernetes makes the places where it mounts something; a read-only root has to have them already.
        (self.root / "etc" / "realestate").mkdir(exist_ok=True)
        told = json.loads(self._said("inspect", "--type", "image", TAG))
        self.config: dict[str, Any] = told["OCIv1"]["config"]

    def remove(self) -> None:
        """Removes the container; the image and its layers stay for the next build."""
        self._said("umount", self._container)
        self._said("rm", self._container)

    def run(
        self, command: list[str], *, env: dict[str, str], data: Path, settings: Path, user: str = "10001:0"
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in a container.

        Args:
            command: program and words.
            env: on top of what the image says.
            data: the volume at /data.
            settings: the volume at /etc/realestate, read-only.
            user: numeric, `uid:gid`.
        """
        uid, gid = user.split(":")
        told = dict(pair.split("=", 1) for pair in self.config["Env"]) | env
        root, words = shlex.quote(str(self.root)), [f"{name}={value}" for name, value in told.items()]
        inside = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "--no-new-privs", "--inh-caps=-all"]
        inside += [
            "--bounding-set=-all",
            "env",
            "-i",
            *words,
            "sh",
            "-c",
            f'cd {self.config["WorkingDir"]} && exec "$@"',
        ]
        script = f"""set -e
mount --bind {root} {root}
mount --bind {shlex.quote(str(data))} {root}/data
mount --bind {shlex.quote(str(settings))} {root}/etc/realestate
mount -o remount,ro,bind {root}/etc/realestate
mount -t proc proc {root}/proc
mount -t tmpfs -o size=64k,mode=755 tmpfs {root}/dev
mkdir {root}/dev/shm
for each in null zero random urandom; do touch {root}/dev/$each; mount --bind /dev/$each {root}/dev/$each; done
mount -t tmpfs -o size=256m,mode=1777 tmpfs {root}/dev/shm
mount -t tmpfs -o size=2g,mode=1777 tmpfs {root}/tmp
mount -o remount,ro,bind {root}
exec chroot {root} {shlex.join(inside)} sh {shlex.join(command)}
"""
        words = [*self._unshare, "--kill-child", "sh", "-c", script]
        return subprocess.run(words, capture_output=True, text=True, timeout=900, check=False, cwd="/")

    def _build(self) -> None:
        named = os.environ.get("REALESTATE_TEST_PYTHON_IMAGE")
        if not named:
            built_once(self._folder / "base", self._build_base)
        options = [
            *self._layers,
            "--isolation",
            "chroot",
            "--network",
            "host",
            "--volume",
            "/etc/ssl/certs:/etc/ssl/certs:ro",
        ]
        # The target is what is built when none is named; of a last stage that adds nothing, buildah leaves a container.
        arguments = ["--build-arg", f"PYTHON_IMAGE={named or BASE}", "--file", "deploy/Dockerfile", "--tag", TAG]
        arguments += ["--target", "runtime", "."]
        run_with_downloads([*self._buildah, "bud", *options, *arguments], cwd=ROOT)

    def _build_base(self) -> None:
        files = self._folder / "bookworm"
        include = "--include=python3,python3-venv,ca-certificates"
        debootstrap = tool("debootstrap", why="the base image is made with it")
        # What it mounts below that folder is gone with it, even when it is killed.
        alone = [self._unshare[0], "--mount", debootstrap]
        run_with_downloads([*alone, "--variant=minbase", include, "bookworm", str(files)], makes=files)
        container = self._said("from", "scratch")
        self._said("add", container, str(files), "/")
        self._said("commit", "--rm", container, BASE)
        run(["rm", "-rf", "--one-file-system", str(files)])
        (self._folder / "base").touch()

    def _said(self, *words: str) -> str:
        done = subprocess.run([*self._buildah, *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingError(f"buildah {' '.join(words)} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.stdout.strip()
