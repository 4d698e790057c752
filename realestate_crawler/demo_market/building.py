"""A listing as it first appears: every fact drawn from the market's seed and the listing's number alone."""

import datetime
from decimal import Decimal

from realestate_crawler.demo_market.advert import Advert, key_of
from realestate_crawler.demo_market.draw import Draw
from realestate_crawler.demo_market.names import (
    FAMILY_NAMES,
    FEATURES,
    GIVEN_NAMES,
    LEADS,
    OFFICES,
    STREETS,
    TYPE_WORDS,
)
from realestate_crawler.demo_market.places import (
    CITIES,
    COUNTRY,
    CURRENCY,
    KM_PER_DEGREE_LATITUDE,
    KM_PER_DEGREE_LONGITUDE,
    City,
    District,
)
from realestate_crawler.demo_market.pricing import ENERGY_FACTORS, asking_price
from realestate_crawler.vocabulary import AreaUnits, Offer, PricePeriod, PropertyType, StandardStatus

_SALE_KINDS = (
    (PropertyType.APARTMENT, 0.54),
    (PropertyType.HOUSE, 0.30),
    (PropertyType.LAND, 0.08),
    (PropertyType.COMMERCIAL, 0.04),
    (PropertyType.PARKING, 0.04),
)
_RENT_KINDS = (
    (PropertyType.APARTMENT, 0.66),
    (PropertyType.HOUSE, 0.12),
    (PropertyType.ROOM, 0.10),
    (PropertyType.COMMERCIAL, 0.07),
    (PropertyType.PARKING, 0.05),
)
RENT_SHARE = 0.35
ON_REQUEST_SHARE = 0.02
WITHHELD_ADDRESS_SHARE = 0.03
HALF_ROOM_SHARE = 0.06
PRIVATE_SELLER_SHARE = 0.12
WEEKLY_RENT_SHARE = 0.06
HECTARE = 10_000
_BUILT = frozenset({PropertyType.APARTMENT, PropertyType.HOUSE, PropertyType.ROOM, PropertyType.COMMERCIAL})
_ENERGY_CLASSES = tuple(ENERGY_FACTORS)
_CITY_SHARES = tuple((city, city.share) for city in CITIES)


def first_advert(seed: int, index: int, first_shown: datetime.date, *, standing: bool) -> Advert:
    """The listing number `index` as the portal first shows it; days on the market and views count from 0.

    Args:
        seed: of the market.
        index: from 0, in order of first appearance.
        first_shown: the day on which it is first seen.
        standing: whether it had been on the market for some time by then.
    """
    draw = Draw(f"{seed}/listing/{index}")
    offer = Offer.RENT if draw.chance(RENT_SHARE) else Offer.SALE
    kind = draw.weighted(_RENT_KINDS if offer is Offer.RENT else _SALE_KINDS)
    word = draw.weighted(TYPE_WORDS[kind])
    city = draw.weighted(_CITY_SHARES)
    district = draw.pick(city.districts)
    east = district.east_km + 0.5 * draw.bell()
    north = district.north_km + 0.5 * draw.bell()
    living_area = _living_area(draw, kind, word)
    lot = _lot(draw, kind)
    rooms, bedrooms, bathrooms = _rooms(draw, kind, word, living_area)
    year = 1880 + draw.integer(0, 60) if draw.chance(0.12) else 1950 + draw.integer(0, 75)
    energy = _ENERGY_CLASSES[min(7, max(0, int((2025 - year) / 14 + 2 * draw.bell() + 0.5)))]
    energy_class = energy if kind in _BUILT and draw.chance(0.9) else None
    weekly = offer is Offer.RENT and kind in (PropertyType.HOUSE, PropertyType.APARTMENT, PropertyType.ROOM)
    period = PricePeriod.WEEK if weekly and draw.chance(WEEKLY_RENT_SHARE) else PricePeriod.MONTH
    price = asking_price(
        draw,
        offer=offer,
        property_type=kind,
        price_period=period,
        price_level=city.price_level,
        distance_km=abs(east) + abs(north),
        living_area=float(living_area or 0),
        lot_square_meters=lot,
        year_built=year,
        energy_class=energy_class,
    )
    withheld = draw.chance(WITHHELD_ADDRESS_SHARE)
    on_request = draw.chance(ON_REQUEST_SHARE)
    office = draw.pick(OFFICES)
    return Advert(
        key=key_of(index),
        offer=offer,
        property_type=kind,
        type_word=word,
        title=headline(draw, kind, word, district.name),
        status=StandardStatus.ACTIVE,
        price=None if on_request else price,
        currency=CURRENCY,
        price_period=period if offer is Offer.RENT and not on_request else None,
        living_area=living_area,
        lot_size=_shown_lot(lot),
        lot_size_units=(AreaUnits.HECTARES if lot >= HECTARE else AreaUnits.SQUARE_METERS) if lot else None,
        bedrooms=bedrooms,
        bathrooms=bathrooms,
        rooms=rooms,
        year_built=year if kind in _BUILT and draw.chance(0.94) else None,
        energy_class=energy_class,
        street_address=None if withheld else f"{draw.pick(STREETS)} {draw.integer(1, 180)}",
        city=city.name,
        state=city.state,
        postal_code=district.postal_code,
        country=COUNTRY,
        latitude=None if withheld else _degrees(city.latitude + north / KM_PER_DEGREE_LATITUDE),
        longitude=None if withheld else _degrees(city.longitude + east / KM_PER_DEGREE_LONGITUDE),
        office_name=office,
        agent_name=_person(draw),
        owner_name=_person(draw) if draw.chance(PRIVATE_SELLER_SHARE) else None,
        on_market_date=first_shown - datetime.timedelta(days=draw.integer(1, 200) if standing else 0),
        description=_description(word, city, district, office),
        days_on_market=0,
        views=0,
    )


def headline(draw: Draw, kind: PropertyType, word: str, place: str) -> str:
    """A title such as "Sunny flat with a lift & garage, Baixa"."""
    return f"{draw.pick(LEADS)} {word.lower()} with {draw.pick(FEATURES[kind])}, {place}"


def _living_area(draw: Draw, kind: PropertyType, word: str) -> Decimal | None:
    if kind in (PropertyType.LAND, PropertyType.PARKING):
        return None
    low, high = {"Studio": (24, 45), "Villa": (140, 340), "Room": (10, 24)}.get(
        word, {PropertyType.APARTMENT: (42, 150), PropertyType.HOUSE: (85, 240)}.get(kind, (30, 400))
    )
    area = draw.integer(low, high)
    return Decimal(area) + (Decimal("0.5") if draw.chance(0.08) else 0)


def _lot(draw: Draw, kind: PropertyType) -> int:
    if kind is PropertyType.LAND:
        return draw.integer(12, 60) * 1000 if draw.chance(0.3) else draw.integer(40, 900) * 10
    if kind is PropertyType.HOUSE:
        return draw.integer(10, 25) * 1000 if draw.chance(0.04) else draw.integer(12, 220) * 10
    return 0


def _shown_lot(lot: int) -> Decimal | None:
    if not lot:
        return None
    return Decimal(lot) / HECTARE if lot >= HECTARE else Decimal(lot)


def _rooms(
    draw: Draw, kind: PropertyType, word: str, living_area: Decimal | None
) -> tuple[Decimal | None, int | None, int | None]:
    """Rooms, bedrooms and bathrooms; None where the kind has none."""
    if living_area is None:
        return None, None, None
    if kind is PropertyType.COMMERCIAL:
        return Decimal(draw.integer(1, 9)), None, draw.integer(1, 2)
    if kind is PropertyType.ROOM:
        return Decimal(1), 1, 1
    if word == "Studio":
        return Decimal(1), 0, 1
    rooms = max(2, min(10, int(float(living_area) / 27 + draw.between(0.2, 1.4))))
    half = Decimal("0.5") if draw.chance(HALF_ROOM_SHARE) else Decimal(0)
    return Decimal(rooms) + half, rooms - 1, max(1, min(4, rooms // 2))


def _degrees(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))


def _person(draw: Draw) -> str:
    return f"{draw.pick(GIVEN_NAMES)} {draw.pick(FAMILY_NAMES)}"


def _description(word: str, city: City, district: District, office: str) -> str:
    return (
        f"{word} in {district.name}, {city.name}. Shops, school and bus stop can be reached on foot. "
        f"Visits by appointment ({office}). All details are invented."
    )
