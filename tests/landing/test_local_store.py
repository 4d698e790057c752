"""The landing zone in a folder: whole files only, one winner a key, nothing outside the folder."""

import contextlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import StoreError


@pytest.fixture
def store(tmp_path):
    return LocalStore(tmp_path / "landing")


def test_of_many_writers_at_once_one_wins_and_its_bytes_stay(store):
    start, won = threading.Barrier(24), []

    def write(number):
        start.wait()
        if store.put_if_absent("a/b/claim.json", bytes([number]) * 50_000):
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert store.get("a/b/claim.json") == bytes(won) * 50_000
    assert [path.name for path in (store.root / "a/b").iterdir()] == ["claim.json"]


def test_a_reader_never_sees_half_a_file(store, tmp_path):
    source = tmp_path / "part"
    source.write_bytes(b"x" * 2_000_000)
    ended, sizes, listed = threading.Event(), set(), set()

    def watch():
        while not ended.is_set():
            listed.update(store.keys("run/"))
            for path in (store.root / "run").glob("part*"):
                sizes.add(len(path.read_bytes()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    for number in range(20):
        store.put_file(f"run/part-{number}", source)
        store.put_if_absent(f"run/part-absent-{number}", b"y" * 2_000_000)
    ended.set()
    watcher.join()
    assert sizes == {2_000_000}
    assert all(key.startswith("run/part-") for key in listed)


def test_a_second_value_is_refused_and_the_first_stays(store):
    assert store.put_if_absent("k", b"1")
    assert not store.put_if_absent("k", b"2")
    assert store.get("k") == b"1"


def test_keys_are_in_the_order_of_their_texts_without_left_overs(store):
    names = ["p/b", "p/a/2", "p/a-1", "p/a/10", "p/B", "q/x"]
    for name in names:
        store.put_if_absent(name, b"")
    (store.root / "p/.tmp-left").write_bytes(b"half")
    assert list(store.keys("p/")) == sorted(name for name in names if name.startswith("p/"))
    assert list(store.keys("nothing/")) == []


BAD_KEYS = ["../x", "a/../../x", "/etc/hostname", "a/..", "..", "", "a\x00b", "."]


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_never_leaves_the_folder(store, tmp_path, key):
    source = tmp_path / "part"
    source.write_bytes(b"x")
    for do in (lambda: store.get(key), lambda: store.put_if_absent(key, b"x"), lambda: store.put_file(key, source)):
        with pytest.raises(StoreError):
            do()
    assert sorted(path.name for path in tmp_path.iterdir() if path != store.root) == ["part"]


@given(st.text(alphabet="a./\\\x00 ~", max_size=8))
def test_no_key_writes_outside(tmp_path_factory, key):
    folder = tmp_path_factory.mktemp("outside")
    with contextlib.suppress(StoreError):
        LocalStore(folder / "root").put_if_absent(key, b"x")
    assert [path for path in folder.iterdir() if path.name != "root"] == []


def test_what_cannot_be_stored_is_a_store_error_that_names_the_object(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    source = tmp_path / "part"
    source.write_bytes(b"x")
    store = open_store(str(tmp_path / "file"))
    for do in (
        lambda: store.put_file("a/b", source),
        lambda: store.put_if_absent("a/b", b"x"),
        lambda: store.get("a/b"),
    ):
        with pytest.raises(StoreError, match=r"file/a/b: cannot be"):
            do()
    with pytest.raises(StoreError, match="missing"):
        LocalStore(tmp_path / "folder").put_file("c", tmp_path / "missing")
    assert source.read_bytes() == b"x"


def test_stored_files_can_be_read_by_others(store):
    umask = os.umask(0o077)
    try:
        store.put_if_absent("a", b"x")
    finally:
        os.umask(umask)
    assert Path(store.root / "a").stat().st_mode & 0o777 == 0o644
