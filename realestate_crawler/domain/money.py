"""Price text → amount, currency, period."""

import re
from dataclasses import dataclass
from decimal import Decimal

from price_parser import Price

from realestate_crawler.vocabulary import PricePeriod

# Only signs that mean one currency; "$" and "kr" are many and need the source's country.
_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "zł": "PLN",
    "Kč": "CZK",
    "₱": "PHP",
    "₹": "INR",
    "CHF": "CHF",
    "US$": "USD",
    "A$": "AUD",
}
# Before the word may stand a digit, a space or a slash, but no letter.
_PERIODS = (
    (
        re.compile(
            r"(?<![a-z])(pcm|per month|monthly|/\s*mo(?:nth)?|p\.?m\.?|mtl|/\s*monat|/\s*mois|al mes|/\s*mes)\b",
            re.I,
        ),
        PricePeriod.MONTH,
    ),
    (re.compile(r"(?<![a-z])(pw|per week|weekly|/\s*w(?:ee)?k|p\.?w\.?)\b", re.I), PricePeriod.WEEK),
)


@dataclass(frozen=True, slots=True)
class Money:
    """What a price text says: an amount, and the currency (ISO 4217) and period where it names them."""

    amount: Decimal
    currency: str | None = None
    period: PricePeriod | None = None


def parse_money(text: str) -> Money | None:
    """Reads a price text; None when it holds no amount ("on request")."""
    price = Price.fromstring(text)
    if price.amount is None:
        return None
    period = next((period for pattern, period in _PERIODS if pattern.search(text)), None)
    return Money(price.amount, currency_code(price.currency or ""), period)


def currency_code(text: str) -> str | None:
    """ISO 4217 code of a code or an unambiguous sign; None when it is neither."""
    word = text.strip()
    if re.fullmatch(r"[A-Za-z]{3}", word):
        return word.upper()
    return _SIGNS.get(word)
