"""`scrapy crawl dataset` with a mapping that splits the snapshot: one fetch; each scope has a feed and a verdict."""

import json

import pytest

from realestate_crawler.exit_codes import ExitCode
from tests.crawling import arguments, crawl, write_mapping

MAPPING = {
    "source": "merged",
    "rows": "homes",
    "key": "id",
    "fields": {"list_price": "price", "living_area": {"column": "area", "unit": "m2"}},
    "scopes": {"column": "portal", "claimed": "counts"},
}


def homes(portal, count, **more):
    return [{"id": f"{portal}-{n}", "portal": portal, "price": 100 + n, "area": 50 + n, **more} for n in range(count)]


def document(*groups, **claimed):
    rows = [row for group in groups for row in group]
    return {"homes": rows, "counts": claimed}


class Series:
    """Snapshots of one table, crawled one after the other into one landing zone."""

    def __init__(self, folder, mapping=None):
        self.folder = folder
        self.mapping = write_mapping(folder, mapping or MAPPING)
        self.seen = set()

    def crawl(self, told, where=None):
        table = self.folder / "table.json"
        table.write_text(json.dumps(told))
        words = arguments(mapping=self.mapping, input=where or table)
        self.done = crawl(self.folder, "dataset", *words)
        fresh = [m for m in self.done.manifests if (m["scope"], m["run_id"]) not in self.seen]
        self.seen |= {(m["scope"], m["run_id"]) for m in fresh}
        return {m["scope"]: m for m in fresh}


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    return Series(tmp_path_factory.mktemp("split"))


@pytest.fixture(scope="module")
def first(series):
    return series.crawl(document(homes("ann", 30), homes("Bob's", 25), homes("cy", 3), ann=30, cy=3, **{"Bob's": 25}))


@pytest.fixture(scope="module")
def second(series, first):
    """Ann is missing, Bob's has fewer rows than are claimed, two rows name no portal, Dan is new."""
    lost = [row | {"portal": None} for row in homes("lost", 2)]
    told = document(homes("Bob's", 20), homes("cy", 3), homes("dan", 2), lost, cy=3, dan=2, **{"Bob's": 25})
    return series.crawl(told), series.done


def bobs(manifests):
    (scope,) = (scope for scope in manifests if scope.startswith("merged.Bob-s-"))
    return manifests[scope]


def test_each_portal_is_a_scope_with_a_feed_a_number_and_a_verdict_of_its_own(series, first):
    assert {m["scope"]: (m["items"], m["complete"], m["run_seq"]) for m in first.values()} == {
        "merged.ann": (30, True, 1),
        bobs(first)["scope"]: (25, True, 1),
        "merged.cy": (3, True, 1),
    }
    assert first["merged.ann"]["claimed_total"] == 30
    assert first["merged.ann"]["criterion"]["options"]["scope"] == {"column": "portal", "value": "ann"}
    assert first["merged.ann"]["columns"] == ["portal"]


def test_a_portal_that_is_absent_is_incomplete_on_its_own(second):
    manifests, _ = second
    told = manifests["merged.ann"]
    assert (told["complete"], told["items"], told["run_seq"]) == (False, 0, 2)
    assert "the table has no row whose portal is ann" in told["reasons"]
    assert manifests["merged.cy"]["complete"]
    assert manifests["merged.dan"]["complete"]


def test_a_portal_with_fewer_rows_than_are_claimed_is_incomplete(second):
    assert bobs(second[0])["reasons"] == ["the table claims 25 rows, it has 20"]


def test_rows_without_a_portal_are_kept_in_a_quarantine_of_their_own(second):
    manifests, done = second
    told = manifests["merged"]
    assert (told["items"], told["quarantined"], told["complete"]) == (0, 2, False)
    lines = [line for line in done.lines("quarantine") if line["reason"] == "no value in column portal"]
    assert sorted(line["item"]["listing_key"] for line in lines) == ["lost-0", "lost-1"]
    assert lines[0]["item"]["list_price"] == 100


def test_every_line_says_its_scope(second):
    _, done = second
    assert {(line["scope"], line["listing_key"].partition("-")[0]) for line in done.lines()} == {
        ("merged.ann", "ann"),
        (bobs(second[0])["scope"], "Bob's"),
        ("merged.cy", "cy"),
        ("merged.dan", "dan"),
    }


def test_the_exit_code_is_partial_and_the_scopes_are_named(second):
    _, done = second
    assert done.code == ExitCode.PARTIAL
    first_line = next(line for line in done.err.splitlines() if line.startswith("merged: "))
    assert first_line.startswith("merged: partial (exit code 3): 3 of 5 scopes: merged, merged.Bob-s-")
    assert first_line.endswith(", merged.ann")
    assert "merged.cy: complete (exit code 0)" in done.err


def test_a_portal_that_shrinks_beyond_reason_is_incomplete_without_any_claim(tmp_path):
    series = Series(tmp_path, MAPPING | {"scopes": {"column": "portal", "expected": ["eve"], "ended": ["old"]}})
    found = series.crawl(document(homes("ann", 30), homes("old", 4)))
    assert found["merged.ann"]["complete"]
    assert found["merged.eve"]["reasons"][0] == "the table has no row whose portal is eve"
    nameless = [{"id": "x", "price": 1, "area": 1}]
    found = series.crawl(document(homes("ann", 14), nameless))
    assert "merged.old" not in found
    assert found["merged.ann"]["doubts"] == ["14 listings were seen, 30 are usual here"]
    assert "1 rows of the table have no portal: they may belong here" in found["merged.ann"]["reasons"]
    found = series.crawl(document(homes("ann", 30)))
    assert found["merged.ann"]["complete"]


def test_a_table_that_does_not_come_is_an_incomplete_run_of_every_scope(series, second, serve):
    found = series.crawl({}, where=serve(lambda _: 503).url + "/t.json")
    assert {"merged.ann", "merged.cy", "merged.dan"} < found.keys()
    assert not any(m["complete"] for m in found.values())
    assert all("1 requests failed: HTTP 503" in m["reasons"] for m in found.values())


def test_a_portal_may_show_its_newest_only_where_the_others_show_all(tmp_path):
    scopes = {"column": "portal", "snapshots": {"ann": "window"}}
    series = Series(tmp_path, MAPPING | {"scopes": scopes})
    found = series.crawl(document(homes("ann", 30), homes("bo", 30)))
    assert {scope: m["absence"] for scope, m in found.items()} == {"merged.ann": "window", "merged.bo": "complete"}
    found = series.crawl(document(homes("ann", 3), homes("bo", 30)))
    assert found["merged.ann"]["failed"] is False
    assert series.done.code == ExitCode.COMPLETE


def test_a_document_without_claims_makes_no_scope_complete(tmp_path):
    found = Series(tmp_path).crawl({"homes": homes("ann", 3)})
    assert found["merged.ann"]["reasons"] == ["the document claims nothing at counts"]
    assert found["merged.ann"]["items"] == 3


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"homes": [{"id": 1, "price": 1, "area": 1}]}, "the mapping names columns that no row has: portal"),
        (document([row | {"portal": row["id"]} for row in homes("x", 300)]), "has more than 200 values"),
    ],
)
def test_a_column_that_cannot_split_is_refused(tmp_path, told, reason):
    series = Series(tmp_path)
    assert series.crawl(told) == {}
    assert series.done.code == ExitCode.BAD_CONFIGURATION
    assert reason in series.done.err


def test_without_scopes_the_whole_table_is_held_to_what_it_claims(tmp_path):
    mapping = {name: value for name, value in MAPPING.items() if name != "scopes"} | {"claimed": "total"}
    series = Series(tmp_path, mapping)
    [told] = series.crawl({"homes": homes("a", 3), "total": 3}).values()
    assert (told["complete"], told["claimed_total"]) == (True, 3)
    [told] = series.crawl({"homes": homes("a", 3), "total": 4}).values()
    assert told["reasons"] == ["the table claims 4 rows, it has 3"]
