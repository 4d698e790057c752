"""What an advert asks: a price function with clear drivers and some noise; only + - * /, so it is exact everywhere."""

from decimal import Decimal

from realestate_crawler.demo_market.draw import Draw
from realestate_crawler.vocabulary import Offer, PricePeriod, PropertyType

ENERGY_FACTORS = {"A+": 1.09, "A": 1.06, "B": 1.03, "C": 1.0, "D": 0.97, "E": 0.93, "F": 0.89, "G": 0.85}
KIND_FACTORS = {
    PropertyType.APARTMENT: 1.0,
    PropertyType.HOUSE: 0.92,
    PropertyType.ROOM: 1.35,
    PropertyType.COMMERCIAL: 0.8,
}
DISCOUNT_PER_KM = 0.035
RENT_YIELD = 0.055
NOISE = 0.16
LAND_SHARE = 0.014
PARKING_SQUARE_METERS = 7.5


def asking_price(
    draw: Draw,
    *,
    offer: Offer,
    property_type: PropertyType,
    price_period: PricePeriod | None,
    price_level: float,
    distance_km: float,
    living_area: float,
    lot_square_meters: float,
    year_built: int,
    energy_class: str | None,
) -> Decimal:
    """The asking price in EUR; for rents, for one price period.

    Args:
        draw: where the noise comes from.
        offer: sale or rent.
        property_type: land and parking are priced in their own ways.
        price_period: what a rent pays for; ignored for sales.
        price_level: EUR per m² of living area at the centre of the town.
        distance_km: to the centre of the town.
        living_area: in square metres; 0 where there is none.
        lot_square_meters: of the plot; 0 where there is none.
        year_built: the newer, the dearer.
        energy_class: "A+" … "G"; None is priced as a poor one.
    """
    level = price_level * max(0.55, 1 - DISCOUNT_PER_KM * distance_km)
    if property_type is PropertyType.LAND:
        worth = lot_square_meters * level * LAND_SHARE / (1 + lot_square_meters / 8000)
    elif property_type is PropertyType.PARKING:
        worth = PARKING_SQUARE_METERS * level
    else:
        smallness = 1.18 - 0.0016 * min(living_area, 200.0)
        age = 1.12 - 0.004 * min(max(2025 - year_built, 0), 75)
        energy = ENERGY_FACTORS.get(energy_class or "", 0.96)
        worth = living_area * level * smallness * age * energy * KIND_FACTORS[property_type]
        worth += min(lot_square_meters, 3000) * level * 0.02
    worth *= 1 + NOISE * draw.bell()
    return rounded_price(worth * _share(offer, price_period), offer)


def _share(offer: Offer, period: PricePeriod | None) -> float:
    if offer is Offer.SALE:
        return 1.0
    return RENT_YIELD / 52 * 1.8 if period is PricePeriod.WEEK else RENT_YIELD / 12


def rounded_price(amount: float, offer: Offer) -> Decimal:
    """The amount as people write it in adverts: the dearer, the rounder."""
    step = _step(amount, offer)
    return Decimal(max(1, int(amount / step + 0.5)) * step).quantize(Decimal("0.01"))


def changed_price(old: Decimal, percent: float, offer: Offer) -> Decimal:
    """`old` changed by about `percent` and rounded, but never the same as before."""
    new = rounded_price(float(old) * (1 + percent / 100), offer)
    if new != old and (new < old) == (percent < 0):
        return new
    step = _step(float(old) / 10, offer)
    return old - step if percent < 0 else old + step


def _step(amount: float, offer: Offer) -> int:
    if offer is Offer.RENT:
        return 1 if amount < 200 else 5
    return 100 if amount < 25_000 else 500 if amount < 400_000 else 5000
