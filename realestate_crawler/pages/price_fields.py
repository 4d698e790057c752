"""The chosen price of a listing → what belongs to it: currency, period, qualifier, and the offer that its size tells.

What belongs here: fields that only say something together with the price. What does not: choosing the price (merge).
"""

from realestate_crawler.domain.currency import currency_of_country, local_currency
from realestate_crawler.domain.money import on_request, parse_money
from realestate_crawler.items import Listing
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.merge import Surroundings, canonical
from realestate_crawler.vocabulary import Offer, PropertyType

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
}
# Where a rent without a period may be one for a week.
_WEEKLY = frozenset({"GB", "AU", "NZ", "IE"})


def told_on_request(evidence: list[Evidence], chosen: dict[str, Evidence]) -> None:
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


def offer_by_size(listing: Listing, provenance: dict[str, Evidence], chosen: dict[str, Evidence]) -> None:
    """Where nothing names the offer: an amount that no month's rent reaches is a price, one that no home costs
    is a rent.
    """
    price = chosen.get("list_price")
    if "offer" in listing.raw or price is None:
        return
    amount = canonical(price, Surroundings())
    text = str(price.value) + str(
        price.companions.get("currency") or chosen["currency"].value if "currency" in chosen else ""
    )
    money = parse_money(text)
    unit = _TYPICAL_MONTH.get((money.currency if money else None) or str(listing.raw.get("currency") or ""), 0)
    if "$" in text or "£" in text:
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


def currency(
    listing: Listing,
    chosen: dict[str, Evidence],
    evidence: list[Evidence],
    around: Surroundings,
    provenance: dict[str, Evidence],
) -> None:
    """Fills the currency: as the price itself, the source, or another source of the same amount names it."""
    price = chosen.get("list_price")
    country = str(listing.raw.get("country") or around.country or "") or None
    listing_currency = chosen.get("currency")
    if price is None:
        _currency_without_price(listing, listing_currency, evidence, country, provenance)
        return
    named = listing.raw.get("currency")
    code = local_currency(str(named), country) if named else None
    if code is None and isinstance(price.value, str):
        money = parse_money(price.value)
        if money is not None and money.sign:
            code = money.currency or local_currency(money.sign, country)
    best = price
    if code is None and "currency" in chosen:
        best = chosen["currency"]
        code = local_currency(str(best.value), country)
    if code is None:
        code, best = _sign_of_same_amount(price, evidence, country, around) or (None, price)
    if code is None and country:
        own = currency_of_country(country)
        texts = [e.value for e in evidence if e.field == "list_price" and isinstance(e.value, str)]
        signs = {money.sign for money in map(parse_money, texts) if money is not None and money.sign}
        if own and any(local_currency(sign, country) == own for sign in signs):
            code = own
    listing.raw.pop("currency", None)
    if code:
        listing.raw["currency"] = code
        provenance["currency"] = best


def _currency_without_price(
    listing: Listing,
    named: Evidence | None,
    evidence: list[Evidence],
    country: str | None,
    provenance: dict[str, Evidence],
) -> None:
    """The currency of an offer whose price is told on request: as the source names it, or as its other amounts
    show it.
    """
    code = local_currency(str(named.value), country) if named is not None else None
    best = named
    if code is None:
        for other in evidence:
            money = parse_money(other.value) if other.field == "list_price" and isinstance(other.value, str) else None
            code = (money.currency or local_currency(money.sign, country)) if money and money.sign else None
            if code:
                best = other
                break
    listing.raw.pop("currency", None)
    if code and best is not None:
        listing.raw["currency"] = code
        provenance["currency"] = best


def _sign_of_same_amount(
    price: Evidence, evidence: list[Evidence], country: str | None, around: Surroundings
) -> tuple[str, Evidence] | None:
    """The currency that another source writes beside the very same amount."""
    amount = canonical(price, around)
    for other in evidence:
        if other.field == "list_price" and isinstance(other.value, str) and canonical(other, around) == amount:
            money = parse_money(other.value)
            code = (money.currency or local_currency(money.sign, country)) if money and money.sign else None
            if code:
                return code, other
            if other.companions.get("currency"):
                named = local_currency(str(other.companions["currency"]), country)
                if named:
                    return named, other
    return None


def period(
    listing: Listing, chosen: dict[str, Evidence], around: Surroundings, provenance: dict[str, Evidence]
) -> None:
    """Fills the span of time that a rent pays for; sales have none."""
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
