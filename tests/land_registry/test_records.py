"""A Price Paid file → sales: layouts, codes, what cannot be read, and which sales a criterion asks for."""

import datetime
import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.criteria import CriteriaError, Criterion
from realestate_crawler.land_registry.files import COLUMNS, FileError, Line, read_lines
from realestate_crawler.land_registry.rows import read_row, unread
from realestate_crawler.land_registry.selection import check, outside
from realestate_crawler.sale import Record, SaleCategory, StructureType, Tenure
from realestate_crawler.vocabulary import PropertyType
from tests.land_registry.files import key, record, write

REPORT = [
    *("unique_id", "price_paid", "deed_date", "postcode", "property_type", "new_build", "estate_type", "saon", "paon"),
    *("street", "locality", "town", "district", "county", "transaction_category", "linked_data_uri"),
]


def sales(path):
    return [read_row(line) for line in read_lines(path, path.name)]


def test_a_monthly_file_says_what_each_record_does(tmp_path):
    path = write(tmp_path / "m.csv", [record(1, "A"), record(2, "C"), record(3, "D")])
    found = sales(path)
    assert [s.record for s in found] == [Record.ADD, Record.CHANGE, Record.DELETE]
    assert [s.listing_key for s in found] == [key(1), key(2), key(3)]
    first = found[0]
    assert (first.close_price, first.close_date) == (Decimal(101_000), datetime.date(2025, 2, 15))
    assert (first.property_type, first.structure_type) == (PropertyType.HOUSE, StructureType.SEMI_DETACHED)
    assert (first.tenure, first.sale_category, first.new_construction_yn) == (
        Tenure.FREEHOLD,
        SaleCategory.STANDARD,
        False,
    )
    assert first.district == "BOURNEMOUTH, CHRISTCHURCH AND POOLE"
    assert first.unparsed_address == "2 ALDER ROAD"
    assert found[2].unparsed_address == "FLAT 3, 4 ALDER ROAD"


@pytest.mark.parametrize("packed", [False, True])
def test_the_report_with_a_header_has_other_columns_and_no_status(tmp_path, packed):
    told = ["AB-1", "95000", "2019-04-11", "BL0 0AG", "T", "N", "L", "", "56", "PEEL BROW", "RAMSBOTTOM", "BURY"]
    path = write(tmp_path / "r.csv", [[*told, "BURY", "GREATER MANCHESTER", "B", "http://x.example/1"]], REPORT)
    if packed:
        path.write_bytes(gzip.compress(path.read_bytes()))
    [sale] = sales(path)
    assert (sale.listing_key, sale.record, sale.street_number, sale.unit_number) == ("AB-1", Record.ADD, "56", None)
    assert sale.extra == {"linked_data_uri": "http://x.example/1"}
    assert sale.sale_category is SaleCategory.ADDITIONAL


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"a,b,c\n1,2,3\n", "no Price Paid Data"),
        (",".join(["x"] * 16).encode(), "no Price Paid Data"),
        (b'"{A}","1' + b"\xff", "not UTF-8"),
        (gzip.compress(b'"{A}"' * 5000, mtime=0)[:40], "damaged gzip"),
    ],
)
def test_another_file_is_refused_with_the_reason(tmp_path, content, complaint):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=complaint):
        list(read_lines(path, "x.csv"))


def test_what_cannot_be_read_stays_raw_and_is_named():
    values = dict(zip(COLUMNS, record(1, price="1e5", date="2025-02-30 00:00", type="Z", tenure="U"), strict=True))
    sale = read_row(Line(1, values, []))
    assert (sale.close_price, sale.close_date, sale.property_type, sale.tenure) == (None, None, None, None)
    assert sale.raw == {
        "close_price": "1e5",
        "close_date": "2025-02-30 00:00",
        "property_type": "Z",
        "tenure": "U",
    }
    assert sorted(unread(sale))[-1] == "unreadable: tenure (U)"


def test_a_record_that_cannot_be_used_has_no_key_or_no_status_and_its_text():
    short = read_row(Line(7, None, ["a", "b"]))
    assert (short.listing_key, short.raw) == ("", {"record": ["a", "b"]})
    odd = read_row(Line(1, dict(zip(COLUMNS, record(1, "X"), strict=True)), []))
    assert (odd.listing_key, odd.record, odd.raw["record"]) == (key(1), None, "X")


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)


@given(st.lists(st.lists(TEXTS, min_size=7, max_size=7), min_size=1, max_size=5))
def test_every_text_of_a_file_arrives(tmp_path_factory, rows):
    path = Path(tmp_path_factory.mktemp("f")) / "f.csv"
    told = [record(n, paon=r[0], saon=r[1], street=r[2], locality=r[3], town=r[4]) for n, r in enumerate(rows)]
    write(path, told)
    lines = list(read_lines(path, "f.csv"))
    assert [line.text for line in lines] == told
    assert [read_row(line).street_name or "" for line in lines] == [" ".join(r[2].split()) for r in rows]


def sale(**changes):
    return read_row(Line(1, dict(zip(COLUMNS, record(1, **changes), strict=True)), []))


@pytest.mark.parametrize(
    ("criterion", "key_"),
    [
        ({"city": "Manchester"}, None),
        ({"city": "Bury"}, "city"),
        ({"state_or_province": "greater manchester"}, None),
        ({"postal_code": "M19"}, None),
        ({"postal_code": "m19  7"}, None),
        ({"postal_code": "M197SU"}, None),
        ({"postal_code": "M1"}, "postal_code"),
        ({"property_types": ["apartment"]}, "property_types"),
    ],
)
def test_a_criterion_selects_by_place_and_kind(criterion, key_):
    assert outside(sale(), Criterion(id="x", source="land_registry", **criterion)) == key_


@pytest.mark.parametrize(
    "criterion", [{"bedrooms_total": {"min": 2}}, {"list_price": {"max": 1}}, {"country": "FR"}, {"offer": "rent"}]
)
def test_what_the_register_cannot_answer_is_refused(criterion):
    with pytest.raises(CriteriaError, match=f"key {next(iter(criterion))}"):
        check(Criterion(id="x", source="land_registry", **criterion))
