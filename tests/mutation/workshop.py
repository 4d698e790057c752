"""A copy of the repository in which mutmut works, so that nothing of it lies about here.

What belongs here: driving mutmut. What does not: what the results mean (`__main__`).
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.scopes import Scope

ROOT = Path(__file__).parents[2]
# What mutmut says of a mutant, by the exit code of its tests; anything else noticed it.
SURVIVED, UNTESTED = (0,), (5, 33)
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
also_copy =
    scrapy.cfg
    README.md
    Makefile
    requirements.txt
    deploy
process_isolation = forkserver
use_git_change_detection = false
"""


@dataclass(frozen=True)
class Mutant:
    """One small change. `verdict`: killed, survived or untested; None = not tried yet."""

    name: str
    verdict: str | None


class Workshop:
    """The copy for one scope."""

    def __init__(self, folder: Path, scope: Scope) -> None:
        self.folder = folder
        tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
        for name in filter(None, tracked.decode().split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        modules, tests = ("\n    ".join(names) for names in (scope.modules, scope.tests))
        (folder / "setup.cfg").write_text(SETTINGS.format(modules=modules, tests=tests))

    def generate(self) -> list[str]:
        """Makes all mutants; their names."""
        self._mutmut("run", "none.of.them")  # whoever asks for none that there is gets them made, and none run
        return [mutant.name for mutant in self.mutants()]

    def run(self, names: list[str], seconds: float, children: int) -> None:
        """Runs the tests against mutants, until all are done or the time is over."""
        self._mutmut("run", "--max-children", str(children), *names, seconds=seconds)

    def mutants(self) -> list[Mutant]:
        """All mutants, in order."""
        found = []
        for path in sorted((self.folder / "mutants").rglob("*.meta")):
            codes = json.loads(path.read_text())["exit_code_by_key"]
            found += [Mutant(name, _verdict(code)) for name, code in codes.items()]
        return found

    def change(self, name: str) -> str:
        """The change as a diff, from its file's name on."""
        return self._mutmut("show", name).partition("\n")[2]

    def _mutmut(self, *words: str, seconds: float | None = None) -> str:
        # Not the copy that is installed or lies here, but the one in the folder.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        log = self.folder / "mutmut.log"
        with log.open("w+") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "mutmut", *words],
                cwd=self.folder,
                env=env | {"COLUMNS": "200"},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGINT)
                process.wait(60)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            out.seek(0)
            return out.read()


def _verdict(code: int | None) -> str | None:
    if code is None:
        return None
    return "survived" if code in SURVIVED else "untested" if code in UNTESTED else "killed"
