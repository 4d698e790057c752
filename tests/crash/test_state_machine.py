"""Feeds and tables under whatever Hypothesis thinks of, against the model, after every step.

EXAMPLES=500 looks longer, with other examples each time; what is found shrinks to a few steps.
"""

import os

from hypothesis import HealthCheck, settings

from tests.crash.machine import Lakehouse

EXAMPLES = int(os.environ.get("EXAMPLES", "0"))

TestLakehouse = Lakehouse.TestCase
TestLakehouse.settings = settings(
    max_examples=EXAMPLES or 8,
    stateful_step_count=30 if EXAMPLES else 12,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=True,
)
