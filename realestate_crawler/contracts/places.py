"""Where things lie, said once: by environment or `.env`, the same words for crawler and orchestration."""

import re
from functools import cached_property
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Places(BaseSettings):
    """Locations. A folder, or `s3://bucket/prefix` where it says so.

    Attributes:
        criteria: the criteria file.
        landing: feeds and manifests (folder or S3).
        lake: the Delta tables (folder or S3).
        reports: the exploration report (folder or S3; `report_root` says which).
        spool: local copies of feed parts until they are delivered (folder).
    """

    model_config = SettingsConfigDict(env_prefix="REALESTATE_", env_file=".env", extra="ignore", frozen=True)

    criteria: Path = Field(default=Path("data/criteria.yaml"))
    landing: str = "data/landing"
    lake: str = "data/lake"
    reports: Path = Path("data/reports")
    spool: Path = Path("data/spool")

    @cached_property
    def lake_root(self) -> str:
        """The lake without a trailing slash."""
        return self.lake.rstrip("/")

    @cached_property
    def report_root(self) -> str:
        """The reports' place as text; as a path, `s3://` has lost a slash."""
        return re.sub(r"^s3:/(?!/)", "s3://", str(self.reports))
