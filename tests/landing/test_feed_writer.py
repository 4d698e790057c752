"""Lines become parts: the same lines the same bytes, delivered when full, kept when they cannot be delivered."""

import gzip
import hashlib
import time

import pytest

from realestate_crawler.contracts.feed import part_name
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.store import StoreError


class FullStore(LocalStore):
    """A folder that takes nothing but its first part."""

    def put_file(self, key, path):
        if "00001" not in key:
            raise StoreError(f"{key}: no space left")
        super().put_file(key, path)


def write(store, spool, lines=7, size=3):
    writer = FeedWriter(store, "run/", spool, part_name, size)
    failed = []
    for number in range(lines):
        sealed = writer.write(b'{"n":%d}\n' % number)
        if sealed:
            try:
                writer.deliver(sealed)
            except StoreError:
                failed.append(sealed)
    last = writer.seal()
    if last:
        try:
            writer.deliver(last)
        except StoreError:
            failed.append(last)
    return writer, failed


def test_parts_are_full_true_and_gone_from_the_spool(tmp_path):
    store = LocalStore(tmp_path / "landing")
    writer, failed = write(store, tmp_path / "spool")
    assert failed == []
    assert [(part.key, part.lines) for part in writer.parts] == [
        ("part-00001.jsonl.gz", 3),
        ("part-00002.jsonl.gz", 3),
        ("part-00003.jsonl.gz", 1),
    ]
    assert writer.lines == 7
    whole = b""
    for part in writer.parts:
        data = store.get(f"run/{part.key}")
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (part.sha256, part.bytes)
        lines = gzip.decompress(data)
        assert lines.count(b"\n") == part.lines
        whole += lines
    assert whole == b"".join(b'{"n":%d}\n' % number for number in range(7))
    assert list((tmp_path / "spool").iterdir()) == []


def test_the_same_lines_are_the_same_bytes_whenever_and_wherever_they_are_written(tmp_path):
    first, _ = write(LocalStore(tmp_path / "a"), tmp_path / "spool-one")
    time.sleep(1.1)  # gzip stores whole seconds
    second, _ = write(LocalStore(tmp_path / "b"), tmp_path / "spool-two")
    assert first.parts == second.parts
    data = (tmp_path / "a/run/part-00001.jsonl.gz").read_bytes()
    assert data[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])


def test_what_cannot_be_delivered_stays_on_this_machine(tmp_path):
    store = FullStore(tmp_path / "landing")
    writer, failed = write(store, tmp_path / "spool")
    assert [path.name for path in failed] == ["part-00002.jsonl.gz", "part-00003.jsonl.gz"]
    for path, part in zip(failed, writer.parts[1:], strict=True):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == part.sha256
    assert list(store.keys("run/")) == ["run/part-00001.jsonl.gz"]


@pytest.mark.parametrize(("lines", "parts"), [(0, 0), (3, 1), (6, 2)])
def test_no_part_is_empty(tmp_path, lines, parts):
    writer, _ = write(LocalStore(tmp_path / "a"), tmp_path / "spool", lines=lines)
    assert len(writer.parts) == parts
    assert writer.seal() is None
