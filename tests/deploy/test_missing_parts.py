"""What the service tests lean on and cannot be had: tried again, skipped with the reason, a failure where required."""

from pathlib import Path

import pytest

from tests.services.harness import __main__ as builder
from tests.services.harness import cache
from tests.services.harness.cache import MissingError, run_with_downloads, tool
from tests.services.harness.skipping import or_skip


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def buildah() -> str:
    return tool("buildah", why="it builds the image")


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALESTATE_REQUIRE_SERVICES", "1")
    monkeypatch.delenv("REALESTATE_EXCUSED", raising=False)


@pytest.mark.usefixtures("no_programs")
def test_a_missing_program_skips_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REALESTATE_REQUIRE_SERVICES", raising=False)
    with pytest.raises(pytest.skip.Exception, match="buildah is not on the PATH"):
        or_skip(buildah)


@pytest.mark.usefixtures("no_programs", "required")
def test_where_services_are_required_it_fails_unless_it_is_excused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingError, match="buildah is not on the PATH"):
        or_skip(buildah)
    monkeypatch.setenv("REALESTATE_EXCUSED", "debootstrap")
    with pytest.raises(MissingError):
        or_skip(buildah)
    monkeypatch.setenv("REALESTATE_EXCUSED", "debootstrap buildah")
    with pytest.raises(pytest.skip.Exception, match="buildah is not on the PATH"):
        or_skip(buildah)


@pytest.mark.usefixtures("required")
def test_what_failed_is_never_excused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REALESTATE_EXCUSED", "false buildah")
    with pytest.raises(MissingError, match="false ended with 1"):
        or_skip(lambda: cache.run(["false"]))


@pytest.mark.usefixtures("no_programs", "required")
def test_the_builder_fails_unless_it_is_excused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(builder, "PARTS", {"the image": buildah})
    assert builder.main() == 1
    monkeypatch.setenv("REALESTATE_EXCUSED", "buildah")
    assert builder.main() == 0
    assert (
        "the image: cannot be had: buildah is not on the PATH (it builds the image) (excused)"
        in capsys.readouterr().out
    )


def test_a_download_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "PAUSES", (0, 0))
    tries, makes = tmp_path / "tries", tmp_path / "makes"
    attempt = f'echo >> {tries}; mkdir {makes} && test "$(wc -l < {tries})" = 3'
    run_with_downloads(["sh", "-c", attempt], makes=makes)
    assert len(tries.read_text().splitlines()) == 3
    with pytest.raises(MissingError, match="ended with 1"):
        run_with_downloads(["sh", "-c", f"echo >> {tries}; false"])
    assert len(tries.read_text().splitlines()) == 6


def test_a_build_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "BUILD_SECONDS", 0.2)
    with pytest.raises(MissingError, match=r"did not end within 0\.2 s"):
        cache.run(["sleep", "60"])
