"""What of Druid's settings is refused, and that the password shows nowhere."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.druid.settings import DruidSettings


def test_nothing_set_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REALESTATE_DRUID_URL", raising=False)
    assert not DruidSettings().configured


def test_the_password_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("canary\n")
    monkeypatch.setenv("REALESTATE_DRUID_URL", "https://druid.example:9088/")
    monkeypatch.setenv("REALESTATE_DRUID_PASSWORD_FILE", str(tmp_path / "password"))
    settings = DruidSettings()
    assert (settings.url, settings.secret()) == ("https://druid.example:9088", "canary")
    assert "canary" not in repr(settings)


def test_a_password_in_the_environment_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALESTATE_DRUID_PASSWORD", "canary")
    assert DruidSettings().secret() == "canary"
    assert "canary" not in f"{DruidSettings()!r} {DruidSettings()}"


@pytest.mark.parametrize("url", ["druid:8888", "ftp://druid", "https://"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="https://host:9088"):
        DruidSettings(url=url)


def test_an_address_with_credentials_is_refused() -> None:
    with pytest.raises(ValidationError, match="must not carry credentials") as caught:
        DruidSettings(url="https://admin:canary@druid:9088")
    assert "canary" not in str(caught.value)
