"""Where the steps of a run work: in this machine's processes, or each in a pod of its own.

`REALESTATE_EXECUTOR=kubernetes` chooses pods; `deploy/kubernetes/dagster` sets it. A pod gets what the run launcher's
settings say, and what stands here.
"""

import os
from typing import Any

import dagster as dg

VARIABLE = "REALESTATE_EXECUTOR"
KUBERNETES = "kubernetes"

# A step crawls: it falls under the network policy of a crawl and may ask the cluster for nothing.
STEP: dict[str, Any] = {
    "pod_template_spec_metadata": {"labels": {"realestate-crawler/role": "crawl"}},
    "pod_spec_config": {"service_account_name": "realestate-refresh", "automount_service_account_token": False},
}


class ExecutorError(ValueError):
    """The environment asks for an executor that there is not."""


def chosen_executor() -> dg.ExecutorDefinition | None:
    """The executor that the environment asks for; None means processes of this machine.

    Raises:
        ExecutorError: for a word that names none.
    """
    wanted = os.environ.get(VARIABLE, "")
    if not wanted:
        return None
    if wanted != KUBERNETES:
        raise ExecutorError(f"{VARIABLE}={wanted}: must be {KUBERNETES} or empty")
    from dagster_k8s import k8s_job_executor  # noqa: PLC0415 (only the image has it)

    return k8s_job_executor.configured({"step_k8s_config": STEP, "max_concurrent": 8})
