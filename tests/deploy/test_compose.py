"""compose.yaml opens nothing to the network, holds no secret, and waits for what it needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONE_SHOT = {"buckets"}
each = pytest.mark.parametrize("name", SERVICES)


@each
def test_ports_are_bound_to_this_machine(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@each
def test_every_service_says_when_it_is_healthy(name: str) -> None:
    assert name in ONE_SHOT or SERVICES[name]["healthcheck"]["test"]


@each
def test_images_have_a_version(name: str) -> None:
    _, colon, tag = SERVICES[name]["image"].rpartition(":")
    assert colon
    assert tag != "latest"


@each
def test_what_is_waited_for_exists_in_every_profile_of_the_waiter(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert how["condition"] == wanted
        profiles = SERVICES[other].get("profiles")
        assert profiles is None or set(SERVICES[name]["profiles"]) <= set(profiles)


@each
def test_secrets_come_from_the_environment_only(name: str) -> None:
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|SECRET|ACCESS_KEY|_USER$", key) and value not in ("admin", "realestate"):
            assert re.fullmatch(r"\$\{[A-Z_]+:[?-].*\}", str(value)), key


def test_every_variable_without_a_default_is_in_the_example() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text()))
    example = {line.split("=")[0] for line in (DEPLOY / "env.example").read_text().splitlines() if "=" in line}
    assert needed <= example


def test_files_that_are_mounted_exist() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if volume.startswith("."):
                assert (DEPLOY / volume.split(":")[0]).is_file(), volume


def test_druid_takes_its_secrets_by_name_because_its_image_prints_its_settings() -> None:
    for line in (DEPLOY / "compose" / "druid.env").read_text().splitlines():
        key, _, value = line.partition("=")
        if re.search("(password|Password|accessKey|secretKey)$", key):
            assert value.startswith('{"type":"environment"'), key
