"""The project's commands on real services, as an operator runs them: settings in the environment, nothing else.

What belongs here: running commands, and looking at what they left in the store and in Druid.
"""

import base64
import gzip
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.druid.client import DruidClient
from orchestration.druid.datasources import DATASOURCES
from orchestration.druid.publish import verify
from orchestration.druid.settings import DruidSettings
from orchestration.druid.snapshot import take_snapshot
from orchestration.resources.delta import open_table
from tests.crawling import ROOT, environment
from tests.services.harness.druid import DruidAddress
from tests.services.harness.minio import S3

DEMO_CRITERIA = ROOT / "realestate_crawler" / "demo_market" / "criteria.yaml"


@dataclass
class Rig:
    """One installation: a bucket for feeds and tables, a folder for what is local, datasources in a Druid.

    Attributes:
        said: everything that its commands have written to standard output and error.
    """

    s3: S3
    folder: Path
    druid: DruidAddress | None = None
    bucket: str = ""
    more: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bucket = self.bucket or self.s3.new_bucket()

    @property
    def lake(self) -> str:
        """Where its tables lie."""
        return f"s3://{self.bucket}/lake"

    @property
    def settings(self) -> DruidSettings:
        """How its Druid is reached."""
        assert self.druid is not None
        prefix = self.bucket.replace("test-", "rig_") + "_"
        return DruidSettings(
            url=self.druid.url, user=self.druid.user, password=self.druid.password, prefix=prefix, deadline=120
        )

    @property
    def environment(self) -> dict[str, str]:
        """What an operator would set."""
        told = {
            **self.s3.environment,
            "REALESTATE_LANDING": f"s3://{self.bucket}/landing",
            "REALESTATE_LAKE": self.lake,
            "REALESTATE_CRITERIA": str(DEMO_CRITERIA),
        }
        if self.druid is not None:
            told |= {
                "REALESTATE_DRUID_URL": self.druid.url,
                "REALESTATE_DRUID_USER": self.druid.user,
                "REALESTATE_DRUID_PASSWORD": self.druid.password,
                "REALESTATE_DRUID_PREFIX": self.settings.prefix,
            }
        return environment(self.folder, **(told | self.more))

    def start(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Starts `python -m WORDS`; `finish` ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=self.environment | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, child: subprocess.Popen[str], seconds: float = 300) -> int:
        """Waits for the end; the exit code."""
        try:
            said, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise
        self.said += said
        print(said)
        return child.returncode

    def run(self, *words: str, **env: str) -> int:
        """Runs `python -m WORDS` to its end; the exit code."""
        return self.finish(self.start(*words, **env))

    def materialize(self, *words: str, **env: str) -> int:
        """Runs the graph; the exit code."""
        return self.run("orchestration", "materialize", *words, **env)

    def objects(self, prefix: str = "") -> list[str]:
        """What lies in the bucket."""
        pages = self.s3.client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def unfinished(self) -> list[str]:
        """Uploads that were begun and never ended."""
        return [u["Key"] for u in self.s3.client().list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])]

    def differences(self) -> dict[str, list[str]]:
        """Datasource → where rows, values that are there or sums differ from the newest version of its table."""
        client = DruidClient(self.settings)
        found = {}
        for name, source in DATASOURCES.items():
            version = open_table(f"{self.lake}/{source.table}").version()
            snapshot = take_snapshot(self.lake, source, version)
            assert snapshot.chunks, name
            found[name] = verify(client, f"{self.settings.prefix}{name}", snapshot)
        return found

    def served(self, name: str) -> int:
        """Rows that Druid answers with."""
        (row,) = DruidClient(self.settings).sql(f'SELECT COUNT(*) AS n FROM "{self.settings.prefix}{name}"')
        return int(row["n"])

    def show_a_secret(self) -> list[str]:
        """Where one of the secrets can be read: output, logs, run history, and every object in the bucket."""
        words = [self.s3.secret_key.encode()]
        if self.druid is not None:
            known = f"{self.druid.user}:{self.druid.password}".encode()
            words += [self.druid.password.encode(), base64.b64encode(known)]
        places = {"output": self.said.encode()}
        places |= {str(path): path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        client = self.s3.client()
        for key in self.objects():
            places[key] = client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return [
            where
            for where, data in places.items()
            if any(word in (gzip.decompress(data) if where.endswith(".gz") else data) for word in words)
        ]


@contextmanager
def market(day: int, *, size: int = 120) -> Iterator[str]:
    """The bundled market on one of its days, served by its own command; its address."""
    words = ["--port", "0", "--day", str(day), "--size", str(size), "--seed", "7"]
    server = subprocess.Popen(
        [sys.executable, "-m", "scrapy", "demo-market", *words],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        first = server.stdout.readline()
        assert first.startswith("demo market: "), first
        yield first.split()[2].rstrip("/")
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()
