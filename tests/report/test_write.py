"""The report is replaced as a whole or not at all."""

import pytest

from orchestration.report import write_report


def test_the_page_is_written_with_its_folder(tmp_path):
    path = tmp_path / "reports" / "page.html"
    write_report(path, "<p>Zürich</p>")
    assert path.read_bytes() == "<p>Zürich</p>".encode()
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_page_that_cannot_be_written_leaves_the_old_one_and_no_litter(tmp_path):
    path = tmp_path / "page.html"
    write_report(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_report(path, "new, and longer than any buffer " * 10_000 + "\ud800")
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["page.html"]
