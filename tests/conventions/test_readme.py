"""What the README claims is compared with the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.__main__ import COMMANDS
from orchestration.druid.settings import DruidSettings
from orchestration.executor import VARIABLE as EXECUTOR
from orchestration.logic.schemas import TABLES
from orchestration.resources.step_values import VARIABLE
from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.contracts.places import Places
from realestate_crawler.dataset.mapping import Mapping
from realestate_crawler.dataset.scopes import Claimed, Scopes
from realestate_crawler.exit_codes import MEANING, ExitCode

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def rows(first_cell: str) -> dict[str, list[str]]:
    """Table rows whose first cell matches, by that cell without back-ticks."""
    found = {}
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if cells and re.fullmatch(first_cell, cells[0]):
            found[cells[0].strip("`")] = [cell.strip().rstrip("|").strip() for cell in cells[1:]]
    return found


def test_the_exit_codes_are_those_of_the_code() -> None:
    told = {int(code): (cells[0], cells[1]) for code, cells in rows(r"\d").items()}
    assert told == {code.value: (code.name.lower().replace("_", " "), MEANING[code]) for code in ExitCode}


def test_every_table_is_named_with_its_grain() -> None:
    told = {name: cells[0] for name, cells in rows(r"(silver|gold)/\w+").items()}
    assert told == {table.path: table.grain for table in TABLES}


def test_every_place_has_its_variable_and_default() -> None:
    told = {name: cells[0].strip("`") for name, cells in rows(r"`REALESTATE_\w+`").items()}
    for name, field in Places.model_fields.items():
        assert told[f"REALESTATE_{name.upper()}"] == str(field.default)


def test_every_druid_setting_has_its_variable_and_default() -> None:
    told = {name: cells[0].strip("`") for name, cells in rows(r"`REALESTATE_\w+`").items()}
    for name, field in DruidSettings.model_fields.items():
        cell = told[f"REALESTATE_DRUID_{name.upper()}"]
        assert cell.startswith("|") if name != "deadline" else float(cell) == field.default  # "|": no default
    assert {VARIABLE, EXECUTOR} <= told.keys()


def test_every_environment_variable_of_the_crawler_is_listed() -> None:
    read = re.findall(r'os\.environ\.get\("(\w+)"', (ROOT / "realestate_crawler/settings.py").read_text())
    assert read
    for name in read:
        assert re.search(rf"^\| .*`{name}`.* \| .* \|", README, re.M), name


def test_the_example_environment_names_every_variable() -> None:
    example = (ROOT / ".env.example").read_text()
    for name in rows(r"`(REALESTATE_\w+|DAGSTER_HOME)`"):
        assert re.search(rf"^(# )?{name}=", example, re.M), name


def test_every_command_of_orchestration_is_listed() -> None:
    for name in COMMANDS:
        assert f"`python -m orchestration {name}" in README


def test_every_key_of_a_criterion_is_explained() -> None:
    for name in Criterion.model_fields:
        assert re.search(rf"\b{name}\b", README), name


def test_every_key_of_a_mapping_is_explained() -> None:
    [block] = [part for part in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "snapshot: complete" in part]
    optional = {"scope", "delimiter"}  # named by the error messages and the model
    for name in {**Mapping.model_fields, **Scopes.model_fields, **Claimed.model_fields}.keys() - optional:
        assert re.search(rf"\b{name}:", block), name


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_nothing_stands_at_the_top_level_that_does_not_belong_there() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {line.split("/")[0] for line in tracked.splitlines() if not line.startswith(".")}
    assert top == {
        "README.md",
        "scrapy.cfg",
        "realestate_crawler",
        "orchestration",
        "tests",
        "deploy",
        "requirements.txt",
        "pyproject.toml",
        "Makefile",
    }


def test_every_documented_scrapy_command_exists() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "scrapy"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    for name in set(re.findall(r"`scrapy ([a-z-]+)", README)):
        assert re.search(rf"^\s+{name} ", shown, re.M), name
