"""The commands refuse a store without conditional writes; here in memory, in tests/services with the real one."""

import pytest

from tests.landing.test_s3_faults import minio  # noqa: F401 (a fixture)
from tests.services.test_unsafe_store import careless, test_it_is_refused  # noqa: F401

pytestmark = pytest.mark.fault("F33", "ignores If-None-Match")
