"""Chosen evidence → a listing with typed fields, and what each field comes from.

What belongs here: what several fields say together (price with currency, rent with period). What does not: finding
and choosing evidence.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from realestate_crawler.domain.address import parse_address
from realestate_crawler.domain.kinds import offer_in
from realestate_crawler.domain.money import on_request, parse_money
from realestate_crawler.domain.normalise import normalise
from realestate_crawler.domain.numbers import parse_number
from realestate_crawler.domain.text import clean
from realestate_crawler.items import Listing
from realestate_crawler.pages.currencies import fill_currency
from realestate_crawler.pages.evidence import LAYOUT, POINT, Evidence, Trust
from realestate_crawler.pages.identifiers import clean_url
from realestate_crawler.pages.lines import plain_line
from realestate_crawler.pages.merge import Groups, Surroundings, agreeing, canonical, choose
from realestate_crawler.pages.page import Reading
from realestate_crawler.pages.units import counted, unit_facts
from realestate_crawler.vocabulary import AreaUnits, Kind, Offer, PropertyType

# A usual month's rent for a home, by currency: only its order of magnitude matters.
_TYPICAL_MONTH = {
    **dict.fromkeys(("EUR", "GBP", "USD", "CHF", "CAD", "AUD", "NZD", "SGD"), 1_000),
    "CZK": 18_000,
    "PLN": 3_000,
    **dict.fromkeys(("SEK", "NOK", "DKK"), 10_000),
    "JPY": 100_000,
    "INR": 25_000,
    "PHP": 20_000,
    "ZAR": 10_000,
    "MXN": 12_000,
    "BRL": 2_500,
    "HUF": 200_000,
    "RON": 2_500,
    "BGN": 1_000,
    "TRY": 20_000,
    "RUB": 40_000,
    "UAH": 15_000,
    "AED": 7_000,
    "SAR": 4_000,
    "ILS": 5_000,
    "KRW": 800_000,
    "TWD": 20_000,
    "HKD": 18_000,
    "CNY": 4_000,
    "THB": 15_000,
    "IDR": 5_000_000,
    "MYR": 2_000,
    "VND": 10_000_000,
    "ARS": 500_000,
    "CLP": 500_000,
    "COP": 2_000_000,
}
# Where a bare area may be square feet as well as square metres.
_BOTH_UNITS = frozenset({"GB", "IE", "CA", "AE", "IN", "HK", "SG", "MY", "PK", "PH", "ZA"})
# Where a rent without a period may be one for a week.
_WEEKLY = frozenset({"GB", "AU", "NZ", "IE"})


def build(
    found: Iterable[Evidence],
    around: Surroundings,
    *,
    key: str,
    url: str,
    kind: Kind,
    empty: frozenset[str] = frozenset(),
) -> Reading:
    """Chooses among the evidence and fills the item's fields through the normalise stage's readers."""
    told = (e if e.field != LAYOUT else counted(e, around.country) for e in found if e.field not in empty)
    evidence = [e for e in told if e is not None]
    evidence.extend(_from_texts(evidence, around))
    if around.country:
        evidence.append(Evidence("country", around.country, "page", "host, language or currency", Trust.URL))
    groups = agreeing(evidence, around)
    if _is_land(groups, around):
        evidence = _of_land(evidence)
        groups = agreeing(evidence, around)
    chosen = {field: best for field, best in choose(groups, around).items() if field not in empty}
    _told_on_request(evidence, chosen)
    _whole_area_is_no_area(chosen, evidence, around)
    listing = Listing(listing_key=key, kind=kind, listing_url=clean_url(url) if url else None)
    provenance: dict[str, Evidence] = {}
    for field, best in chosen.items():
        if field == POINT:
            latitude, longitude = best.value
            listing.raw.update(latitude=str(latitude), longitude=str(longitude))
            provenance.update(latitude=best, longitude=best)
        elif field not in ("listing_key", "listing_url", "currency", "price_period"):
            listing.raw[field] = _first_part(field, best.value)
            provenance[field] = best
            for name, value in best.companions.items():
                listing.raw.setdefault(name, value)
                provenance.setdefault(name, best)
    for field in ("offer", "property_type", "standard_status", "country"):
        if field in chosen:
            listing.raw[field] = str(canonical(chosen[field], around))
    fill_currency(listing, chosen, evidence, around, provenance)
    _offer_by_size(listing, provenance, chosen)
    _period(listing, chosen, around, provenance)
    _units_of_country(listing, around, provenance)
    listing.raw = {name: value for name, value in listing.raw.items() if value not in (None, "")}
    normalise(listing)
    if listing.offer is not Offer.RENT:
        listing.price_period = None
        provenance.pop("price_period", None)
    return Reading(listing, {name: e for name, e in provenance.items() if getattr(listing, name, None) is not None})


def says_enough(reading: Reading, *, certain: bool) -> bool:
    """Whether enough was read for a page to be one of a listing; more is asked where only the text suggests it."""
    listing = reading.listing
    facts = (
        listing.list_price or listing.price_qualifier,
        listing.living_area or listing.lot_size_area,
        listing.rooms_total or listing.bedrooms_total,
        listing.postal_code or listing.city or listing.unparsed_address,
        listing.latitude,
        listing.year_built,
    )
    return sum(fact is not None for fact in facts) >= (2 if certain else 3)


def _from_texts(evidence: list[Evidence], around: Surroundings) -> Iterator[Evidence]:
    """What the address lines and headlines of structured data say inside: postal code, city, size, rooms."""
    country = around.country
    for found in evidence:
        if (found.source == "text" and found.trust < Trust.LABELLED_TEXT) or not isinstance(found.value, str):
            continue
        if found.field == "unparsed_address":
            address = parse_address(found.value, country)
            for field, value in (
                ("postal_code", address.postal_code),
                ("city", address.city),
                ("state_or_province", address.state),
            ):
                if value:
                    yield Evidence(field, value, found.source, found.where, found.trust - 5)
        elif found.field in ("property_type", "standard_status") and offer_in(found.value):
            yield Evidence("offer", found.value, found.source, found.where, found.trust - 10)
        elif found.field == "title" and found.source in ("state", "json_ld"):
            text = clean(found.value)[:200]
            line = plain_line(text)
            for inner in unit_facts([line], set(), Trust.UNIT_TEXT - 8):
                yield inner._replace(source=found.source, where=found.where)


def _units_of_country(listing: Listing, around: Surroundings, provenance: dict[str, Evidence]) -> None:
    """A bare number is in the unit that the country uses; where both are in use it stays without one."""
    country = str(listing.raw.get("country") or around.country or "")
    if not country or country in _BOTH_UNITS:
        return
    unit = AreaUnits.SQUARE_FEET if country == "US" else AreaUnits.SQUARE_METERS
    for area, units in (("living_area", "living_area_units"), ("lot_size_area", "lot_size_units")):
        raw = listing.raw.get(area)
        if raw is None or listing.raw.get(units) or (isinstance(raw, str) and parse_number(raw) is None):
            continue
        listing.raw[units] = unit.value
        provenance[units] = Evidence(units, unit.value, "convention", f"areas in {country}", Trust.LOOSE_TEXT)


def _first_part(field: str, value: Any) -> Any:
    """Cities often come with their region behind a comma."""
    return value.split(",")[0].strip() if field == "city" and isinstance(value, str) else value


def _told_on_request(evidence: list[Evidence], chosen: dict[str, Evidence]) -> None:
    """A price that structured data or a label tells on request is not some other amount of the page."""
    said = [e for e in evidence if e.field == "list_price" and isinstance(e.value, str) and on_request(e.value)]
    price = chosen.get("list_price")
    if said and (price is None or price.trust < max(e.trust for e in said)):
        chosen.pop("list_price", None)
        best = max(said, key=lambda e: e.trust)
        chosen["price_qualifier"] = Evidence("price_qualifier", "on_request", best.source, best.where, best.trust)
    elif price is not None:
        qualifier = chosen.get("price_qualifier")
        if qualifier is not None and qualifier.value == "on_request":
            if price.trust < qualifier.trust and price.source == "text":
                chosen.pop("list_price")
            else:
                chosen.pop("price_qualifier")
    if "list_price" in chosen and "price_qualifier" not in chosen and isinstance(chosen["list_price"].value, str):
        money = parse_money(chosen["list_price"].value)
        if money and money.qualifier:
            best = chosen["list_price"]
            chosen["price_qualifier"] = Evidence(
                "price_qualifier", money.qualifier.value, best.source, best.where, best.trust
            )


def _offer_by_size(listing: Listing, provenance: dict[str, Evidence], chosen: dict[str, Evidence]) -> None:
    """Where nothing names the offer: an amount that no month's rent reaches is a price, one that no home costs
    is a rent.
    """
    price = chosen.get("list_price")
    if "offer" in listing.raw or price is None:
        return
    amount = canonical(price, Surroundings())
    text = str(price.value)
    unit = _TYPICAL_MONTH.get(str(listing.raw.get("currency") or ""), 0)
    if not unit and ("$" in text or "£" in text):
        unit = 1_000
    home = listing.raw.get("property_type") in (PropertyType.APARTMENT, PropertyType.HOUSE, PropertyType.ROOM)
    if unit and amount and amount >= 30 * unit:
        offer = Offer.SALE
    elif unit and home and amount and amount <= 4 * unit:
        offer = Offer.RENT
    else:
        return
    listing.raw["offer"] = offer.value
    provenance["offer"] = Evidence("offer", offer.value, "convention", f"size of the price {amount}", Trust.LOOSE_TEXT)


def _is_land(groups: Groups, around: Surroundings) -> bool:
    kinds = groups.get("property_type")
    kind = choose({"property_type": kinds}, around).get("property_type") if kinds else None
    return kind is not None and canonical(kind, around) is PropertyType.LAND


def _of_land(evidence: list[Evidence]) -> list[Evidence]:
    """The area of a plot is the plot's, unless a label says that it is lived in."""
    result = []
    for found in evidence:
        if found.field == "living_area" and not (found.source == "text" and found.trust >= Trust.LABELLED_TEXT):
            units = found.companions.get("living_area_units")
            companions = {"lot_size_units": units} if units else {}
            result.append(found._replace(field="lot_size_area", trust=found.trust - 4, companions=companions))
        else:
            result.append(found)
    return result


def _whole_area_is_no_area(chosen: dict[str, Evidence], evidence: list[Evidence], around: Surroundings) -> None:
    """An unlabelled area that equals the plot, beside no other sign of a living area, is the plot's."""
    area, lot = chosen.get("living_area"), chosen.get("lot_size_area")
    if area is None or lot is None or area.source != "text" or area.trust >= Trust.UNIT_TEXT + 6:
        return
    if canonical(area, around) == canonical(lot, around) and not [
        e for e in evidence if e.field == "living_area" and e.source != "text"
    ]:
        chosen.pop("living_area")


def _period(
    listing: Listing, chosen: dict[str, Evidence], around: Surroundings, provenance: dict[str, Evidence]
) -> None:
    if listing.raw.get("offer") != Offer.RENT or "list_price" not in chosen:
        listing.raw.pop("price_period", None)
        return
    price = chosen["list_price"]
    money = parse_money(price.value) if isinstance(price.value, str) else None
    if listing.raw.get("price_period") or (money and money.period):
        return
    if "price_period" in chosen:
        listing.raw["price_period"] = chosen["price_period"].value
        provenance["price_period"] = chosen["price_period"]
        return
    country = str(listing.raw.get("country") or around.country or "")
    if country and country not in _WEEKLY:
        listing.raw["price_period"] = "month"
        provenance["price_period"] = Evidence(
            "price_period", "month", "convention", f"rents in {country} are monthly", Trust.LOOSE_TEXT
        )
