"""A run whose upload failed is finished later, without another crawl."""

import datetime
import gzip
import hashlib
from pathlib import Path

import pytest

from realestate_crawler.contracts.feed import MANIFEST
from realestate_crawler.contracts.manifest import Manifest, Part
from realestate_crawler.landing.delivery import deliver, keep_sealed, undelivered
from realestate_crawler.landing.local import LocalStore
from realestate_crawler.landing.store import StoreError

NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)


def sealed_run(spool: Path, lines: bytes = b'{"listing_key":"1"}\n') -> Path:
    """A run in the spool with one part, as a crawl leaves it when the store does not answer."""
    folder = spool / "market" / "scope" / "20260102T000000Z-000001"
    folder.mkdir(parents=True)
    data = gzip.compress(lines, mtime=0)
    (folder / "part-00001.jsonl.gz").write_bytes(data)
    part = Part(key="part-00001.jsonl.gz", sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), lines=1)
    manifest = Manifest(
        source="market",
        scope="scope",
        run_id=folder.name,
        run_seq=1,
        observed_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        finish_reason="finished",
        spider="dataset",
        criterion={"id": "scope"},
        versions={},
        requests={},
        items=1,
        parts=[part],
        complete=True,
    )
    (folder / MANIFEST).write_bytes(manifest.model_dump_json().encode())
    return folder


def test_what_waits_is_delivered_whole_and_the_local_copy_goes(tmp_path: Path) -> None:
    folder = sealed_run(tmp_path / "spool")
    store = LocalStore(tmp_path / "landing")
    (run,) = undelivered(tmp_path / "spool")
    deliver(store, run)
    assert [key.rpartition("/")[2] for key in store.keys("feeds/")] == [MANIFEST, "part-00001.jsonl.gz"]
    assert not folder.exists()
    assert undelivered(tmp_path / "spool") == []


def test_a_part_that_arrived_before_is_not_needed_again(tmp_path: Path) -> None:
    folder = sealed_run(tmp_path / "spool")
    store = LocalStore(tmp_path / "landing")
    (run,) = undelivered(tmp_path / "spool")
    store.put_file(run.prefix + "part-00001.jsonl.gz", folder / "part-00001.jsonl.gz")
    (folder / "part-00001.jsonl.gz").unlink()
    deliver(store, run)
    assert store.get(run.prefix + MANIFEST)


def test_a_local_copy_that_was_altered_is_refused_and_kept(tmp_path: Path) -> None:
    folder = sealed_run(tmp_path / "spool")
    (folder / "part-00001.jsonl.gz").write_bytes(b"something else")
    store = LocalStore(tmp_path / "landing")
    (run,) = undelivered(tmp_path / "spool")
    with pytest.raises(StoreError, match="not what the manifest says"):
        deliver(store, run)
    assert folder.exists()
    assert list(store.keys("feeds/")) == []


def test_another_manifest_in_the_store_is_never_overwritten(tmp_path: Path) -> None:
    sealed_run(tmp_path / "spool")
    store = LocalStore(tmp_path / "landing")
    (run,) = undelivered(tmp_path / "spool")
    store.put_if_absent(run.prefix + MANIFEST, b"{}")
    with pytest.raises(StoreError, match="another manifest"):
        deliver(store, run)
    assert store.get(run.prefix + MANIFEST) == b"{}"


def test_a_run_that_dies_while_it_is_sealed_does_not_wait_for_delivery(tmp_path: Path, monkeypatch) -> None:
    folder = sealed_run(tmp_path / "spool")
    data = (folder / MANIFEST).read_bytes()
    (folder / MANIFEST).unlink()

    def dies(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies)
        with pytest.raises(KeyboardInterrupt):
            keep_sealed(folder, data)
    assert undelivered(tmp_path / "spool") == []
    keep_sealed(folder, data)
    (run,) = undelivered(tmp_path / "spool")
    deliver(LocalStore(tmp_path / "landing"), run)
    assert not folder.exists()
