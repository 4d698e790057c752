"""A copy of the repository in which mutmut works, so that nothing of it lies about here.

What belongs here: driving mutmut. What does not: what a mutant changes (`changes`), what the results mean (`__main__`).
"""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from tests.mutation.changes import Change, change_of
from tests.mutation.scopes import Scope

ROOT = Path(__file__).parents[2]
# What mutmut says of a mutant, by the exit code of its tests; with anything else it was noticed.
VERDICTS = {0: "survived", 5: "untested", 33: "untested"} | dict.fromkeys((-24, 24, 36, 152, 255), "timed out")
SETTINGS = """\
[mutmut]
source_paths =
    orchestration
    realestate_crawler
only_mutate =
    {modules}
pytest_add_cli_args_test_selection =
    {tests}
pytest_add_cli_args =
    -p
    no:cacheprovider
    -p
    tests.mutation.hurried
    --timeout=0
    {leaving}
also_copy =
    scrapy.cfg
    README.md
    Makefile
    requirements.txt
    deploy
process_isolation = forkserver
use_git_change_detection = false
do_not_mutate_patterns =
    ^\\s*logger\\.
timeout_constant = 20
"""


class Workshop:
    """The copy for one scope; what it found before is still known where the folder was there."""

    def __init__(self, folder: Path, scope: Scope) -> None:
        self.folder = folder
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, tracked.decode().split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        modules, tests = ("\n    ".join(names) for names in (scope.modules, scope.tests))
        leaving = "\n    ".join(f"--deselect={name}" for name in scope.left_out)
        (folder / "setup.cfg").write_text(SETTINGS.format(modules=modules, tests=tests, leaving=leaving))

    def generate(self) -> list[str]:
        """Makes all mutants; the names of those that change more than words in quotes."""
        self._mutmut("run", "none.of.them")  # whoever asks for none that there is gets them made, and none run
        if not (self.folder / "mutants" / "mutmut-stats.json").exists():
            raise RuntimeError(f"the tests do not pass without a mutant:\n{self.log()[-3000:]}")
        return [name for name in self._codes() if not self.change(name).words_only]

    def run(self, names: list[str], seconds: float | None, children: int) -> None:
        """Runs the tests against mutants, until all are done or the time is over."""
        self._mutmut("run", "--max-children", str(children), *names, seconds=seconds)

    def verdicts(self) -> dict[str, str]:
        """Killed, survived, untested or timed out, for each mutant that was tried."""
        return {name: VERDICTS.get(code, "killed") for name, code in self._codes().items() if code is not None}

    def change(self, name: str) -> Change:
        """What a mutant changes."""
        return change_of(self.folder / "mutants", self.folder, name)

    def log(self) -> str:
        """What mutmut said last."""
        return (self.folder / "mutmut.log").read_text()

    def _codes(self) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for path in sorted((self.folder / "mutants").rglob("*.meta")):
            found |= json.loads(path.read_text())["exit_code_by_key"]
        return found

    def _mutmut(self, *words: str, seconds: float | None = None) -> None:
        # Not the copy that is installed or lies here, but the one in the folder; of the path only mutmut's own place.
        place = str(Path(importlib.util.find_spec("mutmut").origin).parents[1])
        env = {**os.environ, "PYTHONPATH": place}
        with (self.folder / "mutmut.log").open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "mutmut", *words],
                cwd=self.folder,
                env=env | {"COLUMNS": "200", "POLARS_MAX_THREADS": "1"},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGINT)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(60)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
