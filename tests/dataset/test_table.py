"""Bytes of a published table become rows, or a clear error; nothing is cut, merged or guessed in silence."""

import csv
import gzip
import io
import json
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.dataset.table import TableError, read_table, value_at

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
ROWS = [{"id": "1", "price": "100"}, {"id": "2", "price": "250"}]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("t.json", '[{"id":"1","price":"100"},{"id":"2","price":"250"}]'),
        ("t.json", '{"1":{"id":"1","price":"100"},"2":{"id":"2","price":"250"}}'),
        ("t.jsonl", '{"id":"1","price":"100"}\n\n{"id":"2","price":"250"}\n'),
        ("t.ndjson", '{"id":"1","price":"100"}\r\n{"id":"2","price":"250"}'),
        ("t.json", '{"id":"1","price":"100"}\n{"id":"2","price":"250"}\n'),
        ("http://x/y?format=z", '{"id":"1","price":"100"}\n{"id":"2","price":"250"}\n'),
        ("t.csv", "id,price\n1,100\n2,250\n"),
        ("t.csv", 'id;price\r\n1;100\r\n"2";"250"\r\n'),
        ("t.csv", "id|price\n1|100\n2|250"),
        ("t.tsv", "id\tprice\n1\t100\n2\t250\n"),
        ("http://x/export", "id\tprice\n1\t100\n2\t250\n"),
        ("http://x/t.csv?a=b.json", "id,price\n1,100\n2,250\n"),
    ],
)
@pytest.mark.parametrize(
    "wrap", [bytes, gzip.compress, lambda data: b"\xef\xbb\xbf" + data], ids=["plain", "gzip", "bom"]
)
def test_every_format_gives_the_same_rows(name, text, wrap):
    assert read_table(wrap(text.encode()), name + (".gz" if wrap is gzip.compress else "")).rows == ROWS


def test_columns_of_one_name_are_told_apart_and_a_short_row_is_a_row():
    assert read_table(b"id,price,,price,\n1,100,x,120,y\nNotice\n2,250\n", "t.csv").rows == [
        {"id": "1", "price": "100", "": "x", "price (2)": "120", " (2)": "y"},
        {"id": "Notice", "price": None, "": None, "price (2)": None, " (2)": None},
        {"id": "2", "price": "250", "": None, "price (2)": None, " (2)": None},
    ]


def test_a_table_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr("realestate_crawler.dataset.table.MAX_UNPACKED", 1000)
    assert len(read_table(gzip.compress(b"a\n" + b"1\n" * 499), "t.csv").rows) == 499
    with pytest.raises(TableError, match=r"^t\.csv: more than 1,000 bytes when unpacked$"):
        read_table(gzip.compress(b"a\n" + b"1\n" * 500), "t.csv")


def test_rows_lie_at_a_dotted_path():
    document = json.dumps({"meta": {"count": 2}, "data": {"homes": ROWS}}).encode()
    assert read_table(document, "t.json", rows="data.homes").rows == ROWS
    with pytest.raises(
        TableError, match=r"^t\.json: rows: there is no 'houses' \(data\.houses\); the document has homes$"
    ):
        read_table(document, "t.json", rows="data.houses")
    with pytest.raises(TableError, match="found an object with meta, more: set rows"):
        read_table(b'{"meta": {}, "more": 1}', "t.json")


def test_the_keys_of_an_object_of_rows_are_kept_where_the_rows_do_not_say_them():
    told = {"a1": {"price": 1}, "a2": {"price": 2}}
    assert read_table(json.dumps(told).encode(), "t.json").rows == [
        {"(key)": "a1", "price": 1},
        {"(key)": "a2", "price": 2},
    ]


@pytest.mark.parametrize("delimiter", [None, ",", ";", "\t"])
@given(st.lists(st.fixed_dictionaries({"a": TEXT, "b": TEXT}), min_size=1))
def test_a_csv_table_comes_back_as_it_was_written(delimiter, rows):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, ["a", "b"], delimiter=delimiter or ",", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    expected = [{name: value or None for name, value in row.items()} for row in rows]
    data = out.getvalue().encode()
    assert read_table(data, "t.csv", delimiter=delimiter).rows == expected


@given(st.lists(st.fixed_dictionaries({"a": TEXT, "b": st.integers(-(2**60), 2**60) | TEXT})))
def test_json_lines_come_back_as_they_were_written(rows):
    """Line separators of Unicode may stand inside a text."""
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    assert read_table(data.encode(), "t.jsonl").rows == rows


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("t.json", gzip.compress(b'[{"id": 1}]', mtime=0)[:-9], "damaged gzip"),
        ("t.json", gzip.compress(b'[{"id": 1}]', mtime=0)[:12], "damaged gzip"),
        ("t.json", gzip.compress(b"x" * 1000, mtime=0)[:-8] + b"\0" * 8, "damaged gzip"),
        ("t.json", gzip.compress(b"[]", mtime=0) + b"garbage", "damaged gzip"),
        ("t.json", b'[{"id": 1}, {"id"', "not JSON"),
        ("t.json", b"[" * 100_000, "nested too deep"),
        ("t.json", b'[{"id": ' + b"9" * 5000 + b"}]", "not JSON: "),
        ("t.jsonl", b'{"id": 1}\n{"id": ' + b"9" * 5000 + b"}", "line 2: not JSON: "),
        ("t.jsonl", b'{"id": 1}\n{"id": 2', "line 2: not JSON"),
        ("t.jsonl", b'{"id": 1}\n[2]', "line 2: expected an object"),
        ("t.json", b"[1, 2]", "expected a list of objects"),
        ("t.json", b'"text"', "expected a list of objects"),
        ("t.json", b'[{"id": 1, "price": 5, "id": 2}]', "key 'id' is there twice"),
        ("t.json", b'{"a": {"id": 1}, "a": {"id": 2}}', "key 'a' is there twice"),
        ("t.jsonl", b'{"id": 1, "id": 2}', "line 1: not JSON: key 'id' is there twice"),
        ("t.csv", b"id,price\n1,100\n2,2,50\n", "line 3: more values than columns"),
        ("t.csv", b"id,price\n1,100\n2", "line 3: ends in the middle of a row"),
        ("t.csv", b'id,price\n1,"100\n', "line 2: unexpected end of data"),
        ("t.csv", b"id,caf\xe9\n1,2\n", "not UTF-8 at byte 6"),
        ("t.csv", b"\xff\xfei\0d\0", "UTF-16"),
        ("t.csv", b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", "a web page or XML document"),
        ("t.json", b"  <html>Please log in</html>", "a web page or XML document"),
    ],
)
def test_damaged_content_is_named(name, data, reason):
    with pytest.raises(TableError) as caught:
        read_table(data, name)
    assert str(caught.value).startswith(f"{name}: ")
    assert reason in str(caught.value)


def zipped(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "text")
    return out.getvalue()


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.json", "t.jsonl", "https://x/export"])
@pytest.mark.parametrize("wrap", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "an Excel workbook"),
        (zipped("homes.csv"), "a zip archive"),
        (zipped(), "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504, "an old Excel workbook"),
        (b"PAR1\x15\x04PAR1", "a Parquet file"),
        (b"%PDF-1.7\nx", "a PDF document"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"BZh91AY", "a bzip2 archive"),
        (b"\x01\x00\x02 id\n1\n", "a binary file"),
        (gzip.compress(b"id\n1\n"), "a gzip archive inside another"),
    ],
    # Archives hold the time: their bytes would be another name in every process.
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_is_no_text_is_called_by_its_name(data, what, wrap, name):
    if wrap is bytes and what.startswith("a gzip"):
        return
    with pytest.raises(TableError, match=f"^{re.escape(name)}: {re.escape(what)}.*: save it as CSV"):
        read_table(wrap(data), name)


def test_a_nul_or_a_name_like_a_mark_in_a_table_of_text_is_no_reason_to_refuse_it():
    assert read_table(b"id,note\n1,a\0b\n", "t.csv").rows == [{"id": "1", "note": "a\0b"}]
    assert read_table(b"PK,xl/\n1,2\n", "t.csv").rows == [{"PK": "1", "xl/": "2"}]


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"[]", b"{}", gzip.compress(b"", mtime=0)])
def test_nothing_is_no_row(data):
    assert read_table(data, "t.csv" if data[:1] not in b"[{" or not data else "t.json").rows == []


@given(st.binary(max_size=60), st.sampled_from(["t.json", "t.csv", "t.jsonl", "t"]))
def test_no_bytes_break_the_reader(data, name):
    for told in (data, gzip.compress(data), b'[{"a": ' + data + b"}]", b"a,b\n" + data):
        try:
            rows = read_table(told, name).rows
        except TableError:
            continue
        assert all(isinstance(row, dict) for row in rows)


def test_a_plain_column_name_goes_before_a_dotted_path():
    row = {"a.b": 1, "a": {"b": 2, "c": {"d": 3}}}
    assert [value_at(row, path) for path in ("a.b", "a.c.d", "a.x", "a.b.c", "z")] == [1, 3, None, None, None]
