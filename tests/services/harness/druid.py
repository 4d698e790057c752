"""A whole small Druid: ZooKeeper and five services, each a process that a test may kill and start again."""

import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.services.harness import druid_config
from tests.services.harness.cache import tool
from tests.services.harness.druid_build import druid_home
from tests.services.harness.minio import S3
from tests.services.harness.process import ServerProcess, free_ports, healthy, wait_until

SERVICES = tuple(druid_config.MEMORY)
IDLE_SECONDS = 60


@dataclass(frozen=True)
class DruidAddress:
    """Where a Druid answers (its router) and who may ask."""

    url: str
    user: str
    password: str


class DruidServers:
    """A Druid below `folder`. It reads from `s3` with that store's keys."""

    def __init__(self, folder: Path, s3: S3) -> None:
        self._folder = folder
        self._home = druid_home()
        self._java = tool("java", why="Druid runs on Java 17")
        zookeeper, derby, *rest = free_ports(2 + len(SERVICES))
        self._ports = dict(zip(SERVICES, rest, strict=True))
        self.address = DruidAddress(f"http://127.0.0.1:{self._ports['router']}", "admin", secrets.token_hex(12))
        self._configure(zookeeper, derby, s3)
        self.processes = {"zookeeper": self._zookeeper(), **{name: self._service(name) for name in SERVICES}}

    def start(self) -> None:
        """Starts all of it and waits until an ingestion could be given to it."""
        # What a killed run registered there would be waited for.
        shutil.rmtree(self._folder / "zk", ignore_errors=True)
        for process in self.processes.values():
            process.start()
        self.wait()

    def stop(self) -> None:
        """Ends all of it."""
        for process in reversed(self.processes.values()):
            process.kill()

    def wait(self) -> None:
        """Waits until every service is there and knows of the others."""
        wait_until(self._ready, list(self.processes.values()), what="Druid", seconds=180)

    def idle(self) -> None:
        """Waits until nothing holds a slot; a leader that was ended badly and never goes is ended with the indexer."""
        end = time.monotonic() + IDLE_SECONDS
        while held := self._held():
            if time.monotonic() > end:
                print(f"the indexer is started again: {', '.join(held)} did not end")
                self.processes["indexer"].kill()
                self.processes["indexer"].start()
                self.wait()
                return
            time.sleep(0.5)

    def _held(self) -> list[str]:
        """The tasks that hold slots."""
        known = (self.address.user, self.address.password)
        workers = requests.get(f"{self.address.url}/druid/indexer/v1/workers", auth=known, timeout=30)
        workers.raise_for_status()
        return [task for worker in workers.json() for task in worker["runningTasks"]]

    def _ready(self) -> bool:
        if not all(healthy(f"http://127.0.0.1:{port}/status/health") for port in self._ports.values()):
            return False
        with requests.Session() as http:
            http.auth = (self.address.user, self.address.password)
            workers = http.get(f"{self.address.url}/druid/indexer/v1/workers", timeout=5)
            asked = {"query": "SELECT server_type FROM sys.servers"}
            servers = http.post(f"{self.address.url}/druid/v2/sql", json=asked, timeout=5)
        if workers.status_code != 200 or servers.status_code != 200 or not workers.json():
            return False
        return {"historical", "indexer", "broker"} <= {row["server_type"] for row in servers.json()}

    def _configure(self, zookeeper: int, derby: int, s3: S3) -> None:
        conf = self._folder / "conf"
        for each in (conf, self._folder / "tmp"):
            each.mkdir(parents=True, exist_ok=True)
        (conf / "log4j2.xml").write_text(druid_config.LOGGING)
        (conf / "zoo.cfg").write_text(druid_config.zookeeper(self._folder, zookeeper))
        settings = druid_config.properties(
            self._home, self._folder, zookeeper=zookeeper, derby=derby, s3=s3, password=self.address.password
        )
        (conf / "common.runtime.properties").write_text(settings)

    def _zookeeper(self) -> ServerProcess:
        main = "org.apache.zookeeper.server.quorum.QuorumPeerMain"
        return self._process("zookeeper", ["-Xmx64m"], [main, str(self._folder / "conf" / "zoo.cfg")])

    def _service(self, name: str) -> ServerProcess:
        heap, direct = druid_config.MEMORY[name]
        own = [
            f"-Xmx{heap}m",
            f"-XX:MaxDirectMemorySize={direct}m",
            f"-Dderby.stream.error.file={self._folder}/derby.log",
            f"-Ddruid.plaintextPort={self._ports[name]}",
            f"-Ddruid.service=druid/{name}",
        ]
        return self._process(name, own, ["org.apache.druid.cli.Main", "server", name])

    def _process(self, name: str, own: list[str], main: list[str]) -> ServerProcess:
        command = [
            self._java,
            *druid_config.JVM,
            f"-Djava.io.tmpdir={self._folder}/tmp",
            *own,
            "-cp",
            f"{self._folder}/conf:{self._home}/lib/*",
            *main,
        ]
        return ServerProcess(name, command, folder=self._folder, env={"PATH": os.defpath, "HOME": str(self._folder)})
