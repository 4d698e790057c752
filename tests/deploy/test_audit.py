"""F44: code that an auditor reports does not pass `make check`; what the lock holds is audited by `make audit`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("realestate_crawler", "orchestration")


def reported(line: str, folder: str) -> str:
    """What `make check` says of a module of one line."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--output-format",
            "concise",
            "--stdin-filename",
            f"{folder}/new.py",
            "-",
        ],
        input=f'"""A module."""\n\n{line}\n',
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return done.stdout


@pytest.mark.fault("F44", "audit")
@pytest.mark.parametrize("folder", CODE)
@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("S307", "eval(input())"),
        ("S301", "import pickle\n\npickle.loads(b'')"),
        ("S602", "import subprocess\n\nsubprocess.run(input(), shell=True, check=True)"),
        ("S501", "import requests\n\nrequests.get('https://example.org', verify=False, timeout=1)"),
        ("S506", "import yaml\n\nyaml.load(input(), yaml.Loader)"),
        ("S608", 'column = input()\nQUERY = f"SELECT {column} FROM listings"'),
        ("S108", 'SPOOL = "/tmp/spool"'),
        ("S105", 'password = "hunter2"'),
        ("S314", "import xml.etree.ElementTree as Xml\n\nXml.fromstring(input())"),
        ("S104", 'ADDRESS = "0.0.0.0"'),
    ],
)
def test_f44_code_that_an_auditor_reports_fails_the_check(rule: str, line: str, folder: str) -> None:
    assert f"{rule} " in reported(line, folder)


@pytest.mark.fault("F44", "audit")
def test_f44_where_a_finding_is_excused_the_reason_stands_beside_it() -> None:
    excused = {
        f"{path.relative_to(ROOT)}:{number}": line
        for folder in CODE
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"# noqa: [A-Z0-9, ]*\bS\d", line)
    }
    assert excused
    assert [place for place, line in excused.items() if not re.search(r"# noqa: [A-Z0-9, ]+\(.{8,}\)$", line)] == []


@pytest.mark.fault("F44", "audit")
def test_f44_a_dependency_that_could_not_be_audited_is_no_clean_one() -> None:
    commands = (ROOT / "Makefile").read_text().replace("\\\n", " ")
    (audit,) = re.findall(r"-m pip_audit (.*)", commands)
    assert "--requirement deploy/requirements.txt" in audit
    assert "--strict" in audit
