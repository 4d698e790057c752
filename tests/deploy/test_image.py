"""What the Dockerfile promises that can be read off it; `test_image_build` builds and runs it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()


@pytest.mark.fault("F44", "hashes")
def test_dependencies_are_installed_by_hash_only() -> None:
    installs = re.findall(r"pip install(.*)", DOCKERFILE)
    assert installs
    assert all("--require-hashes" in words for words in installs)
    blocks = re.findall(
        r"^[a-z0-9_.\[\]-]+==.*?(?=^[a-z]|\Z)", (ROOT / "deploy" / "requirements.txt").read_text(), re.M | re.S
    )
    assert len(blocks) > 100
    assert all("--hash=sha256:" in block for block in blocks)


def test_no_development_tools_are_in_the_image() -> None:
    locked = set(re.findall(r"^([a-z0-9_.-]+)==", (ROOT / "deploy" / "requirements.txt").read_text(), re.M))
    assert locked.isdisjoint({"pytest", "ruff", "mypy", "hypothesis", "uv"})
    assert {"scrapy", "dagster", "dagster-k8s", "dagster-postgres", "polars", "deltalake", "pydruid"} <= locked


def test_each_stage_that_runs_ends_as_a_numeric_user_who_is_not_root() -> None:
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.M)[1:]
    for stage in stages[1:-1]:
        assert re.findall(r"^USER (\S+)", stage, re.M)[-1] == "10001:0"
    assert stages[-1].strip() == "runtime"  # what is built when no target is named


def test_only_what_is_copied_reaches_the_builder() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {word for words in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M) for word in words.split()}
    assert copied == allowed
