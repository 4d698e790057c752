"""Words of many languages → property type, offer and status; address lines → their parts."""

import pytest

from realestate_crawler.domain.address import Address, is_postal_code, looks_like_street, parse_address
from realestate_crawler.domain.kinds import offer_in, property_type, status_in
from realestate_crawler.domain.place import country_code
from realestate_crawler.vocabulary import Offer, PropertyType, StandardStatus

FLAT, HOUSE, LAND = PropertyType.APARTMENT, PropertyType.HOUSE, PropertyType.LAND


@pytest.mark.parametrize(
    ("text", "kind", "offer"),
    [
        ("Prodej bytu 3+kk 67 m²", FLAT, Offer.SALE),
        ("4 bed semi-detached house for sale", HOUSE, Offer.SALE),
        ("Einfamilienhaus zum Kauf", HOUSE, Offer.SALE),
        ("Piso en venta en Calle Goya", FLAT, Offer.SALE),
        ("Maison à vendre T4", HOUSE, Offer.SALE),
        ("1 Bedroom Apartment / Flat to Rent", FLAT, Offer.RENT),
        ("賃貸マンション", FLAT, Offer.RENT),
        ("賃貸アパート", FLAT, Offer.RENT),
        ("SINGLE_FAMILY", HOUSE, None),
        ("apartmentrent", FLAT, Offer.RENT),
        ("Baugrundstück in Ulm", LAND, None),
        ("Commercial Lot For Sale", LAND, Offer.SALE),
        ("WG-Zimmer zu vermieten", PropertyType.ROOM, Offer.RENT),
        ("Tiefgaragenstellplatz", PropertyType.PARKING, None),
        ("Zwangsversteigerung Doppelhaushälfte", HOUSE, Offer.AUCTION),
        ("buy or rent", None, None),
        ("Zehn Tipps", None, None),
    ],
)
def test_kind_and_offer_by_their_words(text: str, kind: PropertyType | None, offer: Offer | None) -> None:
    assert (property_type(text), offer_in(text)) == (kind, offer)


def test_status_by_its_words() -> None:
    assert status_in("Sold STC") is StandardStatus.PENDING
    assert status_in("Let agreed") is StandardStatus.CLOSED
    assert status_in("FOR_SALE") is StandardStatus.ACTIVE
    assert status_in("Balkon") is None


@pytest.mark.parametrize(
    ("text", "country", "address"),
    [
        ("Rädchen 57-79, 42369 Wuppertal", "DE", Address("Rädchen 57-79", "42369", "Wuppertal")),
        ("04329 / Leipzig", "DE", Address(None, "04329", "Leipzig")),
        ("Sassenberg (48336)", "DE", Address(None, "48336", "Sassenberg")),
        ("40468 Düsseldorf - Stockum", "DE", Address(None, "40468", "Düsseldorf")),
        ("1547 Desdemona CT, San Jose, CA 95121", "US", Address("1547 Desdemona CT", "95121", "San Jose", "CA")),
        ("Cecil Park, Herne Bay, Kent CT6 6DL", "GB", Address(None, "CT6 6DL")),
        ("Stephen Road, Headington, OX3", "GB", Address("Stephen Road", "OX3")),
        ("東京都港区六本木2", "JP", Address("六本木2", None, "港区", "東京都")),
        ("12345 Klicks seit gestern", None, Address()),
        ("Available 1 August 2025", "ZA", Address()),
    ],
)
def test_an_address_line_is_taken_apart(text: str, country: str | None, address: Address) -> None:
    assert parse_address(text, country) == address


def test_postal_codes_and_streets_by_their_form() -> None:
    assert is_postal_code("04329", "DE")
    assert not is_postal_code("4329", "DE")
    assert is_postal_code("B3 1QX", "GB")
    assert looks_like_street("Hauptstraße 2")
    assert looks_like_street("12 Mill Lane")
    assert not looks_like_street("Freiburg im Breisgau")


def test_countries_in_their_own_words() -> None:
    assert [country_code(w) for w in ("Deutschland", "UK", "España", "USA", "Belgium", "PHL", "Nowhere")] == [
        "DE",
        "GB",
        "ES",
        "US",
        "BE",
        "PH",
        None,
    ]
