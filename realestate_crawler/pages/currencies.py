"""Which currency the amounts of a listing are in: as its price, another source or the country names it.

What belongs here: choosing the currency. What does not: choosing the price (`merge`), reading money (`domain`).
"""

from realestate_crawler.domain.currency import currency_of_country, local_currency
from realestate_crawler.domain.money import parse_money
from realestate_crawler.items import Listing
from realestate_crawler.pages.evidence import Evidence
from realestate_crawler.pages.merge import Surroundings, canonical


def fill_currency(
    listing: Listing,
    chosen: dict[str, Evidence],
    evidence: list[Evidence],
    around: Surroundings,
    provenance: dict[str, Evidence],
) -> None:
    """Sets `raw["currency"]` and says where it comes from; removes it where nothing names one."""
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
