"""Prices, areas and points as further countries write them."""

from decimal import Decimal

import pytest

from realestate_crawler.domain.area import parse_area
from realestate_crawler.domain.kinds import offer_in, property_type
from realestate_crawler.domain.money import amounts, on_request, parse_money
from realestate_crawler.domain.place import parse_point
from realestate_crawler.domain.text import clean
from realestate_crawler.vocabulary import AreaUnits, Offer, PropertyType


@pytest.mark.parametrize(
    ("text", "amount", "sign", "currency"),
    [
        ("89,9 M Ft", "89900000", "Ft", "HUF"),
        ("12.500.000 TL", "12500000", "TL", "TRY"),
        ("Rp 1,2 miliar", "1200000000", "Rp", "IDR"),
        ("Rp850 juta", "850000000", "Rp", "IDR"),
        ("RM 450,000", "450000", "RM", "MYR"),
        ("5,5 tỷ", "5500000000", "₫", "VND"),
        ("3,2 млн руб.", "3200000", "руб.", "RUB"),
        ("15 900 000 ₽", "15900000", "₽", "RUB"),
        ("매매 3억 5,000만", "350000000", "원", "KRW"),
        ("1億2,800万円", "128000000", "円", "JPY"),
        ("NT$ 1,280 萬", "12800000", "NT$", "TWD"),
        ("3.5 ล้านบาท", "3500000", "บาท", "THB"),
        ("Rs.45,00,000", "4500000", "Rs.", None),
        ("1.25 Cr", "12500000", "", None),
        ("85 lakh", "8500000", "Rs", None),
        ("MXN $38,500", "38500", "MXN", "MXN"),
        ("$38,500 MXN", "38500", "MXN", "MXN"),
        ("R$ 1,2 milhão", "1200000", "R$", "BRL"),
        ("$ 2.5 millones", "2500000", "$", None),
        ("١٬٢٥٠٬٠٠٠ درهم", "1250000", "درهم", "AED"),
        ("580万", "5800000", "¥", None),
    ],
)
def test_an_amount_is_read_with_its_multiple_and_sign(text: str, amount: str, sign: str, currency: str | None) -> None:
    money = parse_money(text)
    assert money is not None
    assert (money.amount, money.sign, money.currency) == (Decimal(amount), sign, currency)


@pytest.mark.parametrize("text", ["ceilings of 10 Ft", "8 ft", "No. 5", "2 RM", "Room 12"])
def test_a_measure_is_no_amount_of_money(text: str) -> None:
    assert list(amounts(text)) == []


@pytest.mark.parametrize(
    "text", ["82 000 kr/kvm", "1.322.059 Ft/nm", "2.176 €/τ.μ.", "292 818 ₽/м²", "¥65,000/平米", "₹ 9,800 per sqft"]
)
def test_a_price_of_a_unit_of_area_is_no_price(text: str) -> None:
    assert parse_money(text) is None


@pytest.mark.parametrize(
    "text", ["цена по запросу", "Fiyat sorun", "Pret la cerere", "価格応談", "面議", "السعر عند الطلب", "Bajo consulta"]
)
def test_on_request_in_further_languages(text: str) -> None:
    assert on_request(text)


@pytest.mark.parametrize(
    ("text", "value", "units"),
    [
        ("54,3 м²", "54.3", AreaUnits.SQUARE_METERS),
        ("61 кв. м", "61", AreaUnits.SQUARE_METERS),
        ("85 τ.μ.", "85", AreaUnits.SQUARE_METERS),
        ("١٤٥ م²", "145", AreaUnits.SQUARE_METERS),
        ('92 מ"ר', "92", AreaUnits.SQUARE_METERS),
        ("120 ตร.ม.", "120", AreaUnits.SQUARE_METERS),
        ("50 ตร.ว.", "200", AreaUnits.SQUARE_METERS),
        ("89.5平方米", "89.5", AreaUnits.SQUARE_METERS),
        ("74,5 kvm", "74.5", AreaUnits.SQUARE_METERS),
        ("68 mp", "68", AreaUnits.SQUARE_METERS),
        ("6 соток", "600", AreaUnits.SQUARE_METERS),
        ("1 840 pi²", "1840", AreaUnits.SQUARE_FEET),
        ("30평", "99.17355", AreaUnits.SQUARE_METERS),
    ],
)
def test_an_area_in_the_units_of_the_country(text: str, value: str, units: AreaUnits) -> None:
    area = parse_area(text)
    assert area is not None
    assert (area.value.normalize(), area.units) == (Decimal(value).normalize(), units)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("49.19512,16.60812", ("49.19512", "16.60812")),
        ("(-33.92012, 151.25611)", ("-33.92012", "151.25611")),
        ("49°52'12.5\"N,16°18'46.7\"E", ("49.870139", "16.312972")),
        ("34°36′S 58°22′W", ("-34.600000", "-58.366667")),
        ("12, 16", None),
        ("16°18'46.7\"E", None),
        ("call 49.19512,16.60812", None),
    ],
)
def test_a_point_is_read_when_the_text_is_nothing_else(text: str, point: tuple[str, str] | None) -> None:
    assert parse_point(text) == point


@pytest.mark.parametrize(
    ("text", "offer", "kind"),
    [
        ("Satılık Daire", Offer.SALE, PropertyType.APARTMENT),
        ("Eladó családi ház", Offer.SALE, PropertyType.HOUSE),
        ("Сдается квартира", Offer.RENT, PropertyType.APARTMENT),
        ("Οικόπεδο προς πώληση", Offer.SALE, PropertyType.LAND),
        ("شقة للإيجار", Offer.RENT, PropertyType.APARTMENT),
        ("Leilighet til leie", Offer.RENT, PropertyType.APARTMENT),
        ("Casă de vânzare", Offer.SALE, None),
        ("아파트 매매", Offer.SALE, PropertyType.APARTMENT),
        ("出租公寓", Offer.RENT, PropertyType.APARTMENT),
        ("Huutokaupattava kohde", Offer.AUCTION, None),
    ],
)
def test_words_of_further_languages(text: str, offer: Offer, kind: PropertyType | None) -> None:
    assert offer_in(text) is offer
    assert kind is None or property_type(text) is kind


def test_digits_of_other_scripts_are_plain_digits() -> None:
    assert clean("۱۲۳ ٤٥٦ ७८९ ๑๒๓") == "123 456 789 123"
