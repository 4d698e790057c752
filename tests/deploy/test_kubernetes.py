"""Every overlay builds, is what Kubernetes accepts, and keeps what the README promises of it."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.services.harness.cache import MissingError
from tests.services.harness.go import kustomize_program
from tests.services.harness.skipping import or_skip

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS = sorted(path.name for path in (KUBERNETES / "overlays").iterdir())
# The first of them may have to wait until kustomize is built, beside everything else.
pytestmark = pytest.mark.timeout(900)
each = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def built(overlay: str) -> list[dict[str, Any]]:
    program = or_skip(kustomize_program)
    made = subprocess.run(
        [program, "build", KUBERNETES / "overlays" / overlay], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return list(yaml.safe_load_all(made.stdout))


def pods(overlay: str) -> dict[str, dict[str, Any]]:
    """Name of what makes pods → the specification of the pod."""
    found = {}
    for thing in built(overlay):
        spec = thing.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            found[thing["metadata"]["name"]] = spec["template"]["spec"]
    return found


def containers(overlay: str) -> list[dict[str, Any]]:
    return [c for pod in pods(overlay).values() for c in pod["containers"] + pod.get("initContainers", [])]


def one(overlay: str, kind: str, name: str) -> dict[str, Any]:
    (found,) = (t for t in built(overlay) if (t["kind"], t["metadata"]["name"]) == (kind, name))
    return found


@each
def test_kubernetes_accepts_all_of_it(overlay: str) -> None:
    assert len(built(overlay)) > 10
    for thing in built(overlay):
        kubernetes_validate.validate(thing, "1.37", strict=True)


def test_the_validation_notices_a_misspelt_field() -> None:
    wrong = json.loads(json.dumps(one("local", "CronJob", "realestate-refresh")))
    wrong["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["imagePullPolice"] = "Always"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.37", strict=True)


@each
@pytest.mark.fault("F44", "user", "read-only root", "no capabilities")
def test_every_pod_keeps_the_restricted_standard_with_a_read_only_root(overlay: str) -> None:
    for name, pod in pods(overlay).items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["securityContext"]["runAsUser"] > 0, name
        assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", name
    for container in containers(overlay):
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert {"memory"} <= container["resources"]["limits"].keys()


@each
def test_images_are_named_with_a_version(overlay: str) -> None:
    for container in containers(overlay):
        name, colon, tag = container["image"].rpartition(":")
        assert colon, container["image"]
        assert name
        assert tag != "latest"
    (code,) = pods(overlay)["realestate-code-location"]["containers"]
    current = {entry["name"]: entry.get("value") for entry in code["env"]}["DAGSTER_CURRENT_IMAGE"]
    assert current == code["image"]


@each
def test_what_is_referred_to_is_there(overlay: str) -> None:
    there = {(thing["kind"], thing["metadata"]["name"]) for thing in built(overlay)}
    by_the_operator = (
        {("Secret", "realestate"), ("Secret", "realestate-postgres")} if overlay == "production" else set()
    )
    for name, pod in pods(overlay).items():
        wanted = {("ServiceAccount", pod.get("serviceAccountName", "default"))} - {("ServiceAccount", "default")}
        for volume in pod.get("volumes", []):
            if "configMap" in volume:
                wanted.add(("ConfigMap", volume["configMap"]["name"]))
            if "persistentVolumeClaim" in volume:
                wanted.add(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
        for container in pod["containers"]:
            for source in container.get("envFrom", []):
                wanted |= {("ConfigMap", ref["name"]) for kind, ref in source.items() if kind == "configMapRef"}
                wanted |= {("Secret", ref["name"]) for kind, ref in source.items() if kind == "secretRef"}
        assert wanted <= there | by_the_operator, name


def test_no_secret_stands_in_what_is_for_use() -> None:
    assert not [thing for thing in built("production") if thing["kind"] == "Secret"]
    assert "SECRET" not in json.dumps([t for t in built("production") if t["kind"] == "ConfigMap"])


@each
@pytest.mark.fault("F43", "CronJob twice")
def test_the_cronjob_never_doubles_and_ends(overlay: str) -> None:
    spec = one(overlay, "CronJob", "realestate-refresh")["spec"]
    job = spec["jobTemplate"]["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] > 0
    assert job["activeDeadlineSeconds"] > 0
    assert job["template"]["spec"]["restartPolicy"] == "Never"
    assert job["template"]["spec"]["terminationGracePeriodSeconds"] >= 120
    assert job["template"]["spec"]["automountServiceAccountToken"] is False
    (container,) = job["template"]["spec"]["containers"]
    assert container["command"] == ["python", "-m", "orchestration", "materialize"]


@each
def test_the_exit_codes_decide_whether_the_cronjob_tries_again(overlay: str) -> None:
    job = one(overlay, "CronJob", "realestate-refresh")["spec"]["jobTemplate"]["spec"]
    rules = [rule for rule in job["podFailurePolicy"]["rules"] if "onExitCodes" in rule]
    assert [(rule["action"], rule["onExitCodes"]["values"]) for rule in rules] == [("FailJob", [2, 3, 4, 6])]
    assert job["backoffLimit"] > 0  # 1 and 5 count towards it


@each
@pytest.mark.fault("F44", "network")
def test_a_crawl_reaches_no_private_address(overlay: str) -> None:
    import ipaddress

    policy = one(overlay, "NetworkPolicy", "realestate-crawl")["spec"]
    assert policy["ingress"] == []
    blocks = [to["ipBlock"] for rule in policy["egress"] for to in rule["to"] if "ipBlock" in to]
    for address in (
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "127.0.0.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
    ):
        parsed = ipaddress.ip_address(address)
        for block in blocks:
            if parsed in ipaddress.ip_network(block["cidr"]):
                assert any(parsed in ipaddress.ip_network(hole) for hole in block["except"]), address
    pod_labels = one(overlay, "CronJob", "realestate-refresh")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]
    assert policy["podSelector"]["matchLabels"].items() <= pod_labels["labels"].items()


def test_no_kustomize_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REALESTATE_CACHE", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingError, match="go is not on the PATH"):
        kustomize_program()
