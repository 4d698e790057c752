"""How Druid is reached, from the environment.

| variable | meaning |
|---|---|
| `REALESTATE_DRUID_URL` | address of the router, `https://host:9088`; without it nothing is served, and nothing fails |
| `REALESTATE_DRUID_USER` | user of basic authentication |
| `REALESTATE_DRUID_PASSWORD_FILE` | file that holds the password (a mounted secret); else `REALESTATE_DRUID_PASSWORD` |
| `REALESTATE_DRUID_CA_FILE` | certificate authority of Druid's own certificate; else the system's |
| `REALESTATE_DRUID_PREFIX` | goes before the names of the datasources, where several lakes share one Druid |
| `REALESTATE_DRUID_DEADLINE` | seconds that an ingestion may wait for room, and then take (3600) |
"""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class DruidSettings(BaseSettings):
    """See the module."""

    model_config = SettingsConfigDict(
        env_prefix="REALESTATE_DRUID_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    url: str = ""
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    ca_file: Path | None = None
    prefix: str = Field(default="", pattern=r"^[A-Za-z0-9_-]*$")
    deadline: float = Field(default=3600, gt=0)

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        address = urlsplit(url)
        if "@" in address.netloc:
            raise ValueError("the address must not carry credentials; set REALESTATE_DRUID_USER and …_PASSWORD_FILE")
        if url and (address.scheme not in ("http", "https") or not address.hostname):
            raise ValueError("must be an address like https://host:9088")
        return url.rstrip("/")

    @property
    def configured(self) -> bool:
        """Whether there is a Druid to serve from."""
        return bool(self.url)

    def secret(self) -> str:
        """The password, read when it is needed.

        Raises:
            OSError: when the file cannot be read.
        """
        if self.password_file is not None:
            return self.password_file.read_text(encoding="utf-8").strip()
        return self.password.get_secret_value()
