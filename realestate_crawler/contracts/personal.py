"""What may become of personal data, as configured: the same words for crawler and operator's commands."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class PersonalData(BaseSettings):
    """From the environment or `.env`.

    Attributes:
        personal_data: see `domain.policies`.
        personal_data_key: of keyed digests; empty where there is none.
    """

    model_config = SettingsConfigDict(
        env_prefix="REALESTATE_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    personal_data: str = "drop"
    personal_data_key: SecretStr = SecretStr("")

    def key(self) -> bytes:
        """The key, as bytes."""
        return self.personal_data_key.get_secret_value().encode()
