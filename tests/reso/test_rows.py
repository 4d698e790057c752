"""One entity → one listing: lookups, units, addresses, people; waiting; where an incremental pull goes on."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.contracts.manifest import Manifest
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.reso.metadata import Resource
from realestate_crawler.reso.options import ResoOptions
from realestate_crawler.reso.rows import FIELDS, PERSONAL, read_row
from realestate_crawler.reso.since import find_start
from realestate_crawler.reso.waiting import seconds_to_wait
from realestate_crawler.vocabulary import AreaUnits, Offer, PricePeriod, PropertyType, StandardStatus
from tests.reso.market import row

OPTIONS = ResoOptions(url="https://api.example.com/odata", incremental=True)
PLAIN = Resource("Property", ("ListingKey",), {})
NOW = datetime.datetime(2026, 7, 1, tzinfo=datetime.UTC)


def read(changes=None, **options):
    listing = read_row(row(1, **(changes or {})), PLAIN, OPTIONS.model_copy(update=options))
    problems = normalise(listing)
    return listing, problems


@pytest.mark.parametrize(
    ("sub_type", "kind", "expected"),
    [
        ("Single Family Residence", "Residential", (PropertyType.HOUSE, Offer.SALE)),
        ("SingleFamilyResidence", "ResidentialLease", (PropertyType.HOUSE, Offer.RENT)),
        (["Condominium"], "Residential", (PropertyType.APARTMENT, Offer.SALE)),
        (None, "Commercial Lease", (PropertyType.COMMERCIAL, Offer.RENT)),
        (None, "Residential", (None, Offer.SALE)),
        ("Yurt", "Glamping", (None, None)),
    ],
)
def test_lookups_are_read_as_standard_name_or_member_and_never_forced(sub_type, kind, expected):
    listing, problems = read({"PropertySubType": sub_type, "PropertyType": kind})
    assert (listing.property_type, listing.offer) == expected
    if sub_type == "Yurt":
        assert {(p.field, p.raw) for p in problems} == {("property_type", "Yurt"), ("offer", "Glamping")}
        assert (listing.raw["property_type"], listing.raw["offer"]) == ("Yurt", "Glamping")


def test_a_status_that_reso_does_not_have_stays_raw_and_is_counted():
    assert read({"StandardStatus": "ActiveUnderContract"})[0].standard_status is StandardStatus.ACTIVE_UNDER_CONTRACT
    listing, problems = read({"StandardStatus": "Sleeping"})
    assert (listing.standard_status, listing.raw["standard_status"]) == (None, "Sleeping")
    assert [p.field for p in problems] == ["standard_status"]


def test_an_area_without_a_unit_is_no_area_unless_the_criterion_names_it():
    assert read()[0].living_area_units is AreaUnits.SQUARE_FEET
    unknown, _ = read({"LivingAreaUnits": None})
    assert (unknown.living_area, unknown.extra["LivingArea"]) == (None, 1501)
    told, _ = read({"LivingAreaUnits": None}, living_area_units=AreaUnits.SQUARE_METERS)
    assert (told.living_area, told.living_area_units) == (Decimal(1501), AreaUnits.SQUARE_METERS)
    acres, _ = read({"LotSizeArea": 3, "LotSizeAcres": 0.25})
    assert (acres.lot_size_area, acres.lot_size_units) == (Decimal("0.25"), AreaUnits.ACRES)


def test_rents_have_a_period_and_auctions_are_named():
    lease, _ = read({"PropertyType": "ResidentialLease", "LeaseAmountFrequency": "Monthly"})
    assert lease.price_period is PricePeriod.MONTH
    assert read({"SpecialListingConditions": ["Auction"]})[0].offer is Offer.AUCTION


def test_an_address_in_parts_is_one_line():
    listing, _ = read({"UnparsedAddress": None, "StreetNumber": "12", "StreetName": "Elm", "StreetSuffix": "Ave"})
    assert listing.unparsed_address == "12 Elm Ave"


@given(st.dictionaries(st.sampled_from(["View", "Pool", "X_Local", "@odata.etag", "OwnerPhone"]), st.text(min_size=1)))
def test_nothing_is_lost_but_annotations_and_people(more):
    listing, _ = read(more)
    for column, value in more.items():
        assert listing.extra.get(column) == (None if column in ("@odata.etag", "OwnerPhone") else value)
    assert set(listing.extra) & set(FIELDS.values()) == set()


@pytest.mark.parametrize(
    ("column", "personal"),
    [
        *[(c, True) for c in ("ListAgentEmail", "CoBuyerAgentFullName", "ShowingContactName", "LockBoxSerialNumber")],
        *[(c, True) for c in ("OccupantName", "PrivateRemarks", "OwnerPhone", "TenantName", "AccessCode")],
        *[(c, False) for c in ("Ownership", "TenantPays", "ListOfficeName", "PublicRemarks", "TaxAnnualAmount")],
    ],
)
def test_columns_that_reach_people_are_known(column, personal):
    assert bool(PERSONAL.match(column)) is personal


@pytest.mark.parametrize(
    ("header", "attempt", "seconds"),
    [
        ("7", 1, 7),
        ("Wed, 01 Jul 2026 00:00:30 GMT", 1, 30),
        ("Tue, 30 Jun 2026 00:00:00 GMT", 1, 0),
        (None, 1, 2),
        ("soon", 3, 8),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, attempt, seconds):
    assert seconds_to_wait(header, NOW, attempt) == seconds


def manifest(days_ago, *, complete, watermark, criterion=None):
    at = NOW - datetime.timedelta(days=days_ago)
    return Manifest(
        source="s",
        scope="x",
        run_id="r",
        run_seq=1,
        observed_at=at,
        started_at=at,
        finished_at=at,
        finish_reason="finished",
        spider="reso",
        criterion=criterion or {"id": "x", "options": {"url": "u"}},
        versions={},
        requests={},
        complete=complete,
        watermark=watermark,
    )


NEWER, OLDER = "2026-06-30T00:00:00+00:00", "2026-06-20T00:00:00+00:00"


@pytest.mark.parametrize(
    ("earlier", "since", "why"),
    [
        ([], None, "no earlier"),
        ([manifest(1, complete=True, watermark=NEWER)], NEWER, ""),
        ([manifest(1, complete=False, watermark=None), manifest(2, complete=True, watermark=OLDER)], OLDER, ""),
        ([manifest(1, complete=False, watermark=NEWER), manifest(2, complete=True, watermark=OLDER)], NEWER, ""),
        ([manifest(1, complete=False, watermark=NEWER)], None, "no earlier"),
        ([manifest(8, complete=True, watermark=NEWER)], None, "8.0 days old"),
        ([manifest(1, complete=True, watermark=NEWER, criterion={"id": "x", "city": "Y"})], None, "has changed"),
    ],
)
def test_an_incremental_pull_goes_on_where_the_last_good_one_ended(earlier, since, why):
    asked = {"id": "x", "options": {"url": "u", "incremental": True, "page_size": 9}}
    start = find_start(earlier, asked, OPTIONS, NOW)
    assert (start.since.isoformat() if start.since else None) == since
    assert why in start.why_full
