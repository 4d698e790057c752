"""Which letters a page's bytes are, and when that is doubtful."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.pages.encoding import decode

META = b'<meta charset="%s">'


@pytest.mark.parametrize(
    ("body", "header", "text"),
    [
        ("Zürich €".encode(), "", "Zürich €"),
        ("Zürich €".encode(), "iso-8859-1", "Zürich €"),  # what is UTF-8 was meant to be
        (b"\xef\xbb\xbfZ\xc3\xbcrich", "", "Zürich"),
        (b"Z\xfcrich \x80", "ISO-8859-1", "Zürich €"),
        (META % b"iso-8859-1" + b"Z\xfcrich \x80", "", "Zürich €"),
        ("Žďár 1 200 Kč".encode("cp1250"), "windows-1250", "Žďár 1 200 Kč"),
        ("Zürich".encode("utf-16"), "", "Zürich"),
        ("新宿区 8.5万円".encode("shift_jis"), "Shift_JIS", "新宿区 8.5万円"),
        (b"plain", "klingon", "plain"),
    ],
)
def test_what_is_declared_or_plain_is_sure(body, header, text):
    decoded = decode(body, header)
    assert (decoded.text.removeprefix((META % b"iso-8859-1").decode()), decoded.suspect) == (text, "")


@pytest.mark.parametrize(
    ("body", "header", "text", "why"),
    [
        (META % b"utf-8" + "Kč 1 200".encode("cp1250"), "", "K\ufffd 1 200", "not the utf-8 that is declared"),
        ("Kč 1 200".encode("cp1250"), "utf-8", "K\ufffd 1 200", "not the utf-8 that is declared"),
        (META % b"utf-8" + "Kč".encode("cp1250"), "windows-1250", "Kč", "two encodings are declared"),
        (META % b"windows-1252" + "Kč".encode("cp1250"), "windows-1250", "Kč", "two encodings are declared"),
        ("Zürich".encode("utf-16-le"), "", "Zürich", "UTF-16 without saying so"),
        ("Zürich".encode("utf-16-be"), "", "Zürich", "UTF-16 without saying so"),
        (b"\xff\xfeZ\x00\x00\xd8x\x00", "", "Z\ufffdx", "bytes that utf-16 does not have"),
        (b"K\x81", "windows-1250", "K\ufffd", "bytes that cp1250 does not have"),
        (b"Z\xfcrich", "", "Zürich", "no UTF-8, and no encoding is declared"),
        (b"Z\xfcrich", "klingon", "Zürich", "no UTF-8, and no encoding is declared"),
        (b"Z\xfcrich", "punycode", "Zürich", "no UTF-8, and no encoding is declared"),
        (b"1\x002 many more letters", "", "12 many more letters", "NUL in the text"),
    ],
)
def test_what_contradicts_itself_is_decoded_and_said(body, header, text, why):
    decoded = decode(body, header)
    assert decoded.text.endswith(text)
    assert decoded.suspect.startswith(why)


def test_utf_16_that_is_declared_needs_no_mark():
    assert decode("Zürich".encode("utf-16-be"), "utf-16be").suspect == ""


@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_and_no_header_break_it(body, header):
    assert "\x00" not in decode(body, header).text


@given(st.text(max_size=60), st.sampled_from(["cp1250", "iso8859-2", "cp1252", "shift_jis", "utf-16", "utf-8"]))
def test_digits_are_always_right(text, encoding):
    body = f"{text} 1250000 EUR".encode(encoding, "ignore")
    for header in ("", "utf-8", encoding):
        assert decode(body, header).text.endswith(" 1250000 EUR")
