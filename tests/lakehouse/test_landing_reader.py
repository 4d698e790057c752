"""Damaged feeds: the scope waits, the others go on, nothing is lost, and after a repair all is as if unharmed."""

import gzip
import hashlib
import json

import pytest

from orchestration.resources.landing import DamagedFeedError
from tests.graph_fixtures.feeds import deliver, landing_at
from tests.graph_fixtures.tables import derive_all, listings_by_key, merge_all, refresh, stage_all, waiting
from tests.lakehouse.conftest import deliver_day, home


def part_of(root, ref):
    return root / "landing" / ref.key.replace("manifest.json", "part-00001.jsonl.gz")


def rewrite(root, ref, **told):
    path = root / "landing" / ref.key
    path.write_text(json.dumps(json.loads(path.read_text()) | told))


def recompressed(root, ref, change):
    """Changes the lines of the first part, with a manifest that agrees."""
    path = part_of(root, ref)
    data = gzip.compress(change(gzip.decompress(path.read_bytes())), mtime=0)
    path.write_bytes(data)
    [part] = json.loads((root / "landing" / ref.key).read_text())["parts"]
    rewrite(root, ref, parts=[part | {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}])


def with_raw_part(data):
    def damage(root, ref):
        part_of(root, ref).write_bytes(data)
        [part] = json.loads((root / "landing" / ref.key).read_text())["parts"]
        rewrite(root, ref, parts=[part | {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}])

    return damage


def truncated(root, ref):
    with_raw_part(part_of(root, ref).read_bytes()[:-6])(root, ref)


def crc_wrong(root, ref):
    data = bytearray(part_of(root, ref).read_bytes())
    data[-8] ^= 1
    with_raw_part(bytes(data))(root, ref)


def bit_flipped(root, ref):
    data = bytearray(part_of(root, ref).read_bytes())
    data[len(data) // 2] ^= 1
    part_of(root, ref).write_bytes(bytes(data))


def changed_raw(change):
    """Changes the stored bytes of the first part, with a manifest that agrees."""
    return lambda root, ref: with_raw_part(change(part_of(root, ref).read_bytes()))(root, ref)


def wrong_number(name):
    """A manifest that says one more of something than the part has."""

    def damage(root, ref):
        [part] = json.loads((root / "landing" / ref.key).read_text())["parts"]
        rewrite(root, ref, parts=[part | {name: part[name] + 1}])

    return damage


def lines(change):
    return lambda root, ref: recompressed(root, ref, change)


DAMAGE = {
    "the part is absent": (lambda root, ref: part_of(root, ref).unlink(), "cannot be read"),
    "a bit is flipped": (bit_flipped, "sha256"),
    "gzip is cut": (truncated, "part-00001"),
    "the check sum inside gzip is wrong": (crc_wrong, "CRC"),
    "not gzip at all": (with_raw_part(b'{"source":"town"}\n'), "part-00001"),
    "zero bytes": (with_raw_part(b""), "0 lines"),
    "half of the gzip": (changed_raw(lambda data: data[: len(data) // 2]), "part-00001"),
    "garbage after the gzip": (changed_raw(lambda data: data + b"garbage"), "part-00001"),
    "an empty gzip": (with_raw_part(gzip.compress(b"")), "0 lines"),
    "a wrong number of bytes": (wrong_number("bytes"), "bytes, its manifest says"),
    "a wrong number of lines": (wrong_number("lines"), "2 lines, its manifest says 3"),
    "a line too few": (lines(lambda text: text.split(b"\n", 1)[1]), "lines, its manifest says"),
    "a line that is no JSON": (lines(lambda text: b"nonsense" + text), "part-00001"),
    "not UTF-8": (lines(lambda text: text.replace(b"EUR", b"\xff\xfe\xff", 1)), "part-00001"),
    "a line of another source": (lines(lambda text: text.replace(b'"town"', b'"city"', 1)), "another source"),
    "a line without a key": (lines(lambda text: text.replace(b'"listing_key"', b'"other"', 1)), "no listing_key"),
    "a list instead of a record": (lines(lambda text: b"[1]\n" + text.split(b"\n", 1)[1]), "no JSON object"),
    "a last line that is cut": (lines(lambda text: text[:-20]), "line 2: "),
    "the manifest is no JSON": (lambda root, ref: (root / "landing" / ref.key).write_text("{"), "no usable manifest"),
    "the manifest is empty": (lambda root, ref: (root / "landing" / ref.key).write_text(""), "no usable manifest"),
    "the manifest has a newer format": (lambda root, ref: rewrite(root, ref, format=2), "newer"),
    "a newer manifest with unknown keys": (
        lambda root, ref: rewrite(root, ref, format=2, unheard_of=True),
        "no usable manifest",
    ),
    "the manifest is of another scope": (lambda root, ref: rewrite(root, ref, scope="south"), "another run"),
    "the manifest is of another run": (
        lambda root, ref: rewrite(root, ref, run_id="20260101T000000Z-000002"),
        "another run",
    ),
    "the manifest has another number": (lambda root, ref: rewrite(root, ref, run_seq=9), "another run"),
}


FAULTS = {
    "the part is absent": ("F24", "object absent"),
    "a bit is flipped": ("F25", "bit flipped"),
    "gzip is cut": ("F25", "trailer cut"),
    "the check sum inside gzip is wrong": ("F25", "CRC wrong"),
    "not gzip at all": ("F25", "plain text"),
    "zero bytes": ("F25", "zero bytes"),
    "half of the gzip": ("F25", "half"),
    "garbage after the gzip": ("F25", "garbage after"),
    "an empty gzip": ("F25", "empty gzip"),
    "a line too few": ("F24", "wrong lines"),
    "a wrong number of bytes": ("F24", "wrong bytes"),
    "a wrong number of lines": ("F24", "wrong lines"),
    "the manifest has a newer format": ("F24", "newer format"),
    "a line without a key": ("F34", "null"),
    "a count with a fraction": ("F35", "float to integer"),
    "an amount too large for its column": ("F35", "out of range"),
}


def damages():
    for name, told in DAMAGE.items():
        claimed = [pytest.mark.fault(*FAULTS[name])] if name in FAULTS else []
        # Whoever flips a bit has another digest, too.
        claimed += [pytest.mark.fault("F24", "wrong sha256")] if name == "a bit is flipped" else []
        yield pytest.param(*told, id=name, marks=claimed)


@pytest.mark.parametrize(("damage", "words"), list(damages()))
def test_a_damaged_feed_is_refused_with_words_that_name_the_object(tmp_path, damage, words):
    ref = deliver(tmp_path, [home("a", 1), home("b", 2)], run_seq=1)
    damage(tmp_path, ref)
    landing = landing_at(tmp_path)
    with pytest.raises(DamagedFeedError, match=words) as caught:
        landing.read(ref, landing.manifest(ref))
    assert "source=town/scope=all/run=20260302T060000Z-000001" in str(caught.value)


@pytest.mark.parametrize("name", ["a bit is flipped", "the manifest has a newer format", "a line of another source"])
def test_its_scope_waits_the_others_go_on_and_after_the_repair_all_is_well(tmp_path, listings_of_three, name):
    for number in range(1, 4):
        deliver_day(tmp_path, number)
    [bad] = [ref for ref in waiting(tmp_path) if (ref.scope, ref.run_seq) == ("north", 2)]
    whole = {path: path.read_bytes() for path in (tmp_path / "landing" / bad.key).parent.iterdir()}
    DAMAGE[name][0](tmp_path, bad)
    staged = stage_all(tmp_path)
    assert {scope.scope: bool(scope.damaged) for scope in staged} == {"north": True, "south": False}
    assert len(merge_all(tmp_path, staged)) == 4
    derive_all(tmp_path)
    assert [ref.run_seq for ref in waiting(tmp_path)] == [2, 3]
    assert refresh(tmp_path) == []
    for path, data in whole.items():
        path.write_bytes(data)
    assert len(refresh(tmp_path)) == 2
    assert waiting(tmp_path) == []
    # South's third day came before north's second: what is known of the listings is the same for all that.
    known = [
        (key, row["presence"], row["list_price"], row["present_in"]) for key, row in listings_by_key(tmp_path).items()
    ]
    assert sorted(known) == sorted(listings_of_three)


@pytest.fixture(scope="module")
def listings_of_three(tmp_path_factory):
    root = tmp_path_factory.mktemp("listings_of_three")
    for number in range(1, 4):
        deliver_day(root, number)
    refresh(root)
    return known(root)


def known(root):
    told = listings_by_key(root).items()
    return sorted((key, row["presence"], row["list_price"], row["present_in"]) for key, row in told)


@pytest.mark.fault("F24", "no manifest")
def test_a_feed_without_a_manifest_does_not_exist(tmp_path):
    ref = deliver(tmp_path, [home("a", 1)], run_seq=1)
    (tmp_path / "landing" / ref.key).unlink()
    assert landing_at(tmp_path).feeds() == []
    assert refresh(tmp_path) == []


def test_several_parts_are_one_feed(tmp_path):
    items = [home(str(number), number) for number in range(1, 26)]
    ref = deliver(tmp_path, items, run_seq=1, lines_per_part=10)
    manifest = landing_at(tmp_path).manifest(ref)
    assert [part.lines for part in manifest.parts] == [10, 10, 5]
    assert landing_at(tmp_path).read(ref, manifest).height == 25


def test_a_key_twice_in_a_feed_is_one_listing_the_first_line_counts(tmp_path):
    ref = deliver(tmp_path, [home("a", 1), home("a", 2)], run_seq=1)
    found = landing_at(tmp_path).read(ref, landing_at(tmp_path).manifest(ref))
    assert found["list_price"].to_list() == [1]


def test_numbers_keep_their_digits(tmp_path):
    item = home("a", "1234567.89", latitude="47.12345678", longitude="0.0000001", living_area="52.1234")
    ref = deliver(tmp_path, [item], run_seq=1)
    unquoted = {b'"0.0000001"': b"1e-07", b'"47.12345678"': b"47.12345678"}
    for text, number in unquoted.items():
        recompressed(tmp_path, ref, lambda data, text=text, number=number: data.replace(text, number))
    row = landing_at(tmp_path).read(ref, landing_at(tmp_path).manifest(ref)).row(0, named=True)
    told = {name: format(row[name], "f") for name in ("list_price", "latitude", "longitude", "living_area")}
    assert told == {
        "list_price": "1234567.89",
        "latitude": "47.12345678",
        "longitude": "0.00000010",
        "living_area": "52.1234",
    }
