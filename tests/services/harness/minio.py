"""MinIO for tests: the last source release, built once with Go; one server per test session, one bucket per test."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from tests.services.harness.cache import built_once, cache_folder
from tests.services.harness.go import go_install
from tests.services.harness.process import ServerProcess, free_ports, healthy, wait_until

MODULE = "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c"


@dataclass(frozen=True)
class S3:
    """An S3-compatible store that runs: its address and its keys."""

    endpoint: str
    access_key: str
    secret_key: str

    @property
    def environment(self) -> dict[str, str]:
        """What boto3, delta-rs and Polars read."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def client(self) -> Any:
        """A boto3 client of this store."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
        )

    def new_bucket(self) -> str:
        """Makes a bucket with a name of its own."""
        name = f"test-{secrets.token_hex(6)}"
        self.client().create_bucket(Bucket=name)
        return name


class MinioServer:
    """A MinIO process below `folder`; its data stay there when it is stopped and started again."""

    def __init__(self, folder: Path) -> None:
        port = free_ports(1)[0]
        self.s3 = S3(f"http://127.0.0.1:{port}", "testkey", secrets.token_hex(16))
        self.process = ServerProcess(
            "minio",
            [str(minio_program()), "server", str(folder / "data"), "--address", f"127.0.0.1:{port}"],
            folder=folder,
            env={
                "PATH": os.defpath,
                "HOME": str(folder),
                "MINIO_ROOT_USER": self.s3.access_key,
                "MINIO_ROOT_PASSWORD": self.s3.secret_key,
                "MINIO_BROWSER": "off",
                "MINIO_UPDATE": "off",
            },
        )

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.process.start()
        live = f"{self.s3.endpoint}/minio/health/live"
        wait_until(lambda: healthy(live), [self.process], what="MinIO", seconds=60)

    def stop(self) -> None:
        """Ends it."""
        self.process.kill()


def minio_program() -> Path:
    """The MinIO program; built the first time (some minutes).

    Raises:
        MissingError: without Go, or when it cannot be downloaded.
    """
    program = cache_folder() / "bin" / "minio"
    built_once(program, lambda: go_install(MODULE, program.parent))
    return program
