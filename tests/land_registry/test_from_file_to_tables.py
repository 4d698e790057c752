"""Price Paid files through `scrapy crawl` and `python -m orchestration materialize`, as a user starts them."""

import gzip
import http.server
import json
import threading

import polars as pl
import pytest

from tests.land_registry.files import REAL, crawl, record, write
from tests.operating import run

SALES = REAL / "datasets" / "uk-land-registry-ppd"


def materialize(folder, *words, **more):
    return run(folder, "orchestration", "materialize", *(words or ("--no-crawl",)), **more)


def table(folder, path):
    return pl.read_delta(str(folder / "lake" / path))


def versions(folder):
    return {p.parent.name: len(list(p.glob("*.json"))) for p in (folder / "lake").rglob("_delta_log")}


@pytest.fixture
def server(tmp_path):
    """Serves files of `tmp_path / "www"`; a file named cut.csv ends before its announced length."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            path = tmp_path / "www" / self.path.strip("/")
            if not path.is_file():
                self.send_error(404)
                return
            body = path.read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if path.name == "cut.csv" else body)

        def log_message(self, *_):
            pass

    (tmp_path / "www").mkdir()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


def test_a_full_file_then_monthly_files_become_tables_and_each_counts_once(tmp_path):
    full = write(tmp_path / "full.csv", [record(n) for n in range(30)])
    first = write(tmp_path / "m1.csv", [record(3, "C", price=1), record(5, "D"), record(40, "A")])
    later = write(tmp_path / "m2.csv", [record(40, "D"), record(5, "A")])
    assert crawl(tmp_path, full, "full", "all", "-a", "observed_at=2026-01-01T00:00:00Z").returncode == 0
    for number, file in enumerate((first, later), start=2):
        done = crawl(tmp_path, file, "changes", "monthly", "-a", f"observed_at=2026-0{number}-01T00:00:00Z")
        assert done.returncode == 0, done.stderr
    done = materialize(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    sales = table(tmp_path, "silver/sales")
    assert sales.height == 31
    assert sales.filter(pl.col("deleted_at").is_not_null())["close_price"].to_list() == [140_000]
    changes = table(tmp_path, "silver/sale_changes").sort("observed_at", "listing_key")
    assert changes.select("change_type", "field_name", "previous_value", "new_value").rows() == [
        ("changed", "close_price", "103000", "1"),
        ("deleted", None, None, None),
        ("restored", None, None, None),
        ("deleted", None, None, None),
    ]
    files = table(tmp_path, "silver/sale_feeds").sort("observed_at")
    assert files.select("records", "new", "changed", "deleted", "restored").rows() == [
        (30, 30, 0, 0, 0),
        (3, 1, 1, 1, 0),
        (2, 0, 0, 1, 1),
    ]
    before = versions(tmp_path)
    assert materialize(tmp_path).returncode == 0
    assert {name: n for name, n in versions(tmp_path).items() if "sale" in name} == {
        name: n for name, n in before.items() if "sale" in name
    }
    assert not (tmp_path / "landing" / "feeds").exists()


def test_a_criterion_takes_its_place_from_a_packed_file_on_the_web_and_materialize_crawls_it(tmp_path, server):
    path = write(tmp_path / "all.csv", [*(record(n) for n in range(20)), ["{X}", "too", "short"]])
    (tmp_path / "www" / "all.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    criteria = tmp_path / "criteria.json"
    told = {"id": "bury", "source": "land_registry", "city": "Bury"}
    options = {"input": f"{server}/all.csv.gz", "file": "changes"}
    criteria.write_text(json.dumps({"criteria": [told | {"options": options}]}))
    done = materialize(tmp_path, "--only", "bury", REALESTATE_CRITERIA=str(criteria))
    assert done.returncode == 3, done.stdout + done.stderr
    assert table(tmp_path, "silver/sales")["city"].to_list() == ["BURY"] * 10
    [row] = table(tmp_path, "silver/sale_feeds").to_dicts()
    assert (row["dropped"], row["quarantined"], row["new"]) == (10, 1, 10)
    [bad] = (tmp_path / "landing").rglob("quarantine-00001.jsonl.gz")
    assert json.loads(gzip.decompress(bad.read_bytes()))["item"]["raw"] == {"record": ["{X}", "too", "short"]}
    assert not list((tmp_path / "spool").rglob("download"))


def test_listings_meet_the_sales_of_their_address(tmp_path):
    mapping = tmp_path / "mapping.json"
    fields = {name: name for name in ("unparsed_address", "postal_code", "list_price")}
    constants = {"country": "GB", "currency": "GBP", "offer": "sale"}
    mapping.write_text(json.dumps({"source": "invented", "key": "id", "fields": fields, "constants": constants}))
    homes = tmp_path / "homes.csv"
    homes.write_text(
        "id,unparsed_address,postal_code,list_price\n"
        'A,"2, Alder Road, Manchester",m19 7su,110000\nB,"Flat 3, 4 Alder Road",M18 7SU,1\nC,Alder Road,M19 7SU,1\n'
    )
    words = ("-a", f"mapping={mapping}", "-a", f"input={homes}", "-a", "observed_at=2025-01-01T00:00:00Z")
    assert run(tmp_path, "scrapy", "crawl", "dataset", *words).returncode == 0
    assert crawl(tmp_path, write(tmp_path / "f.csv", [record(n) for n in range(5)]), "full", "all").returncode == 0
    assert materialize(tmp_path).returncode == 0
    found = table(tmp_path, "gold/sales_matches").sort("listing_key")
    assert found.select("listing_key", "match_method", "close_price", "close_to_list").rows() == [
        ("A", "postal_code+address+city", 101_000, 0.9182),
        ("B", "postal_code+address", 103_000, 103_000.0),
    ]


def test_a_file_that_does_not_arrive_whole_changes_nothing(tmp_path, server):
    write(tmp_path / "www" / "cut.csv", [record(n) for n in range(200)])
    for name in ("cut.csv", "absent.csv"):
        done = crawl(tmp_path, f"{server}/{name}", "full", "all")
        assert done.returncode == 3
        assert "could not be fetched" in done.stderr
    assert materialize(tmp_path).returncode == 0
    assert table(tmp_path, "silver/sales").height == 0


def test_a_damaged_feed_stops_its_scope_and_no_other(tmp_path):
    file = write(tmp_path / "f.csv", [record(1), record(2)])
    assert crawl(tmp_path, file, "full", "bad").returncode == 0
    assert crawl(tmp_path, write(tmp_path / "g.csv", [record(9)]), "full", "good").returncode == 0
    [part] = (tmp_path / "landing").glob("sale_feeds/*/scope=bad/run=*/part-00001.jsonl.gz")
    whole = part.read_bytes()
    part.write_bytes(gzip.compress(b"{}\n"))
    done = materialize(tmp_path)
    assert done.returncode == 5
    assert "sale_feeds_whole" in done.stderr
    assert table(tmp_path, "silver/sales")["listing_key"].str.starts_with("00000009").to_list() == [True]
    part.write_bytes(whole)
    assert materialize(tmp_path).returncode == 0
    assert table(tmp_path, "silver/sales").height == 3


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("-a", "file=full"), "argument input: missing"),
        ((), "nothing to watch"),
        (("-a", "input=absent.csv", "-a", "file=full"), "no such file"),
        (("-a", "input=https://x.example/a.csv"), "say 'full'"),
        (("-a", "input=ftp://x.example/a.csv", "-a", "file=full"), "options.input"),
    ],
)
def test_what_cannot_be_used_is_named_and_is_exit_code_2(tmp_path, words, complaint):
    done = run(tmp_path, "scrapy", "crawl", "land_registry", *words, REALESTATE_CRITERIA=str(tmp_path / "none.yaml"))
    assert (done.returncode, complaint in done.stderr) == (2, True), done.stderr
    assert not (tmp_path / "landing").exists()


@pytest.mark.real
@pytest.mark.skipif(not SALES.is_dir(), reason=f"no real material at {SALES}")
def test_real_files_become_sales_and_another_file_is_refused(tmp_path):
    assert crawl(tmp_path, SALES / "ppd-greater-manchester-2019.csv", "full", "manchester").returncode == 0
    assert crawl(tmp_path, SALES / "pp-monthly-update-sample-A-C-D.csv", "changes", "monthly").returncode == 0
    assert crawl(tmp_path, SALES / "ppd-scunthorpe-2022-no-header.csv", "full", "other").returncode == 2
    assert materialize(tmp_path).returncode == 0
    sales = table(tmp_path, "silver/sales")
    assert (sales.height, sales["deleted_at"].count()) == (15_374 + 27, 2)
    manchester = sales.filter(pl.col("county_or_parish") == "GREATER MANCHESTER")
    assert dict(manchester["structure_type"].value_counts().iter_rows()) == {
        "Semi-Detached": 8011,
        "Terraced": 4047,
        "Detached": 3316,
    }
    assert sales.select(pl.col("close_price", "close_date", "tenure", "sale_category").null_count()).row(0) == (0,) * 4
