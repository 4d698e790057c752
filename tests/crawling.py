"""`scrapy crawl` as a user runs it: a child process in the repository's root, its places in temporary folders."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = "REALESTATE_"


@dataclass
class Done:
    """A crawl that has ended."""

    code: int
    out: str
    err: str
    landing: Path
    spool: Path

    @property
    def manifests(self):
        """All manifests of the landing zone, oldest first."""
        return [json.loads(path.read_bytes()) for path in sorted(self.landing.rglob("manifest.json"))]

    @property
    def manifest(self):
        """The only manifest."""
        (only,) = self.manifests
        return only

    def lines(self, kind="part"):
        """The lines of all parts, each part checked against its manifest."""
        found = []
        for path in sorted(self.landing.rglob("manifest.json")):
            manifest = json.loads(path.read_bytes())
            for part in manifest["parts" if kind == "part" else "quarantine"]:
                data = (path.parent / part["key"]).read_bytes()
                assert hashlib.sha256(data).hexdigest() == part["sha256"]
                assert len(data) == part["bytes"]
                lines = gzip.decompress(data).decode("utf-8", "strict").split("\n")
                assert lines.pop() == ""
                assert len(lines) == part["lines"]
                found += [json.loads(line, parse_constant=_no_constant) for line in lines]
        return found


def _no_constant(text):
    raise AssertionError(f"{text} is no JSON")


def places(folder):
    """The settings that put landing zone, lake and all else below one folder."""
    told = {OURS + name: str(folder / name.lower()) for name in ("LANDING", "SPOOL", "LAKE", "REPORTS", "PROFILES")}
    return told | {OURS + "CRITERIA": str(folder / "criteria.yaml"), "DAGSTER_HOME": str(folder / "dagster")}


def environment(folder, **more):
    """The environment of a child: nothing of ours from outside, all places below `folder`."""
    told = {name: value for name, value in os.environ.items() if not name.startswith((OURS, "DAGSTER_"))}
    return told | places(folder) | {"PYTHONHASHSEED": "random"} | more


def start(folder, *words, settings=None, **env):
    """Starts `scrapy crawl WORDS`."""
    options = [f"-s{name}={value}" for name, value in {"RETRY_TIMES": 0, **(settings or {})}.items()]
    return subprocess.Popen(
        [sys.executable, "-m", "scrapy", "crawl", *words, *options],
        cwd=ROOT,
        env=environment(folder, **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(child, folder, seconds=120):
    """Waits for the end."""
    try:
        out, err = child.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise
    return Done(child.returncode, out, err, folder / "landing", folder / "spool")


def crawl(folder, *words, settings=None, **env):
    """Runs `scrapy crawl WORDS` to its end."""
    return finish(start(folder, *words, settings=settings, **env), folder)


def run_module(folder, *words, seconds, **env):
    """Runs `python -m WORDS` in the repository's root to its end, whatever it is."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env=environment(folder, **env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def arguments(**told):
    """`-a name=value` for each."""
    return [word for name, value in told.items() for word in ("-a", f"{name}={value}")]


def dataset(folder, rows, mapping, **more):
    """Writes a table and its mapping; returns the words that crawl it."""
    table = folder / "table.json"
    if not isinstance(rows, bytes):
        rows = json.dumps(rows).encode()
    table.write_bytes(rows)
    return ["dataset", *arguments(mapping=write_mapping(folder, mapping), input=table, **more)]


def write_mapping(folder, mapping):
    """A mapping file; JSON is YAML."""
    path = folder / "mapping.yaml"
    path.write_text(json.dumps(mapping) if isinstance(mapping, dict) else mapping, encoding="utf-8")
    return path
