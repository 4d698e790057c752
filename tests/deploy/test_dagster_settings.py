"""Dagster takes the settings we ship; a step that it starts in Kubernetes is a crawl under a crawl's rules."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import kubernetes
import kubernetes_validate
import pytest
import yaml
from dagster._config import process_config, validate_config
from dagster._core.instance.config import dagster_instance_config_schema
from dagster_k8s.container_context import K8sContainerContext
from dagster_k8s.job import DagsterK8sJobConfig, UserDefinedDagsterK8sConfig, construct_dagster_k8s_job

from orchestration.executor import STEP, ExecutorError, chosen_executor

DEPLOY = Path(__file__).parents[2] / "deploy"
KUBERNETES = DEPLOY / "kubernetes" / "dagster"
CONTAINER = (
    "service_account_name",
    "env_config_maps",
    "env_secrets",
    "env_vars",
    "volume_mounts",
    "volumes",
    "labels",
    "resources",
    "security_context",
)


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", [KUBERNETES / "dagster.yaml", DEPLOY / "compose" / "dagster.yaml"], ids=str)
def test_dagster_knows_every_setting(path: Path) -> None:
    result = validate_config(dagster_instance_config_schema(), read(path))
    assert result.success, result.errors


@pytest.fixture
def launcher(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The run launcher's settings, read as Dagster reads them."""
    monkeypatch.setenv("REALESTATE_NAMESPACE", "realestate")
    told = read(KUBERNETES / "dagster.yaml")["run_launcher"]["config"]
    result = process_config(DagsterK8sJobConfig.config_type_run_launcher(), told)
    assert result.success, result.errors
    return SimpleNamespace(**(result.value or {}))


def run_of(launcher: SimpleNamespace) -> K8sContainerContext:
    own = UserDefinedDagsterK8sConfig.from_dict(launcher.run_k8s_config)
    return K8sContainerContext(**{name: getattr(launcher, name) for name in CONTAINER}, run_k8s_config=own)


def step_of(launcher: SimpleNamespace) -> K8sContainerContext:
    return run_of(launcher).merge(K8sContainerContext(run_k8s_config=UserDefinedDagsterK8sConfig.from_dict(STEP)))


def job_of(launcher: SimpleNamespace, context: K8sContainerContext) -> dict[str, Any]:
    job = construct_dagster_k8s_job(
        context.get_k8s_job_config("registry/realestate:1", launcher),
        args=["dagster"],
        job_name="job",
        user_defined_k8s_config=context.run_k8s_config,
    )
    return dict(kubernetes.client.ApiClient().sanitize_for_serialization(job))


@pytest.mark.parametrize(("made", "role"), [(run_of, "run"), (step_of, "crawl")])
def test_runs_and_steps_are_restricted_jobs_that_kubernetes_accepts(
    launcher: SimpleNamespace, made: Any, role: str
) -> None:
    job = job_of(launcher, made(launcher))
    kubernetes_validate.validate(job, "1.37", strict=True)
    template = job["spec"]["template"]
    assert template["metadata"]["labels"]["realestate-crawler/role"] == role
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    assert template["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = template["spec"]["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/tmp", "/etc/realestate"}


def test_a_run_may_start_steps_and_a_step_may_ask_the_cluster_for_nothing(launcher: SimpleNamespace) -> None:
    run = job_of(launcher, run_of(launcher))["spec"]["template"]["spec"]
    assert (run["serviceAccountName"], run["automountServiceAccountToken"]) == ("realestate-runs", True)
    step = job_of(launcher, step_of(launcher))["spec"]["template"]["spec"]
    assert (step["serviceAccountName"], step["automountServiceAccountToken"]) == ("realestate-refresh", False)


def test_the_environment_chooses_the_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REALESTATE_EXECUTOR", raising=False)
    assert chosen_executor() is None
    monkeypatch.setenv("REALESTATE_EXECUTOR", "kubernetes")
    chosen = chosen_executor()
    assert chosen is not None
    assert chosen.name == "k8s"
    monkeypatch.setenv("REALESTATE_EXECUTOR", "k8s")
    with pytest.raises(ExecutorError, match="must be kubernetes"):
        chosen_executor()
