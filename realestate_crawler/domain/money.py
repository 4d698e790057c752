"""Price text → amount, currency, period, qualifier.

What belongs here: how prices are written. What does not: which of a page's amounts is the price (`pages`).
An amount per area ("5.755 €/m²") is never a price, and "on request" is a price that is not told, not zero.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from realestate_crawler.domain.currency import SYMBOL_PATTERN, currency_code, local_currency
from realestate_crawler.domain.numbers import MORE_DIGITS, has_exponent, parse_number, part_of_scientific
from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.period import PER_AREA, period_in
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.vocabulary import PricePeriod, PriceQualifier

__all__ = ["Amount", "Money", "amounts", "currency_code", "local_currency", "on_request", "parse_money", "qualifier_in"]

# What a number word multiplies by. "m" and "k" count only glued to the number, or with a currency sign before it.
_MULTIPLES: dict[str, Decimal] = {
    "万": Decimal(10_000),
    "億": Decimal(100_000_000),
    "亿": Decimal(100_000_000),
    "萬": Decimal(10_000),
    "만": Decimal(10_000),
    "억": Decimal(100_000_000),
    "lakh": Decimal(100_000),
    "lac": Decimal(100_000),
    "crore": Decimal(10_000_000),
    "cr": Decimal(10_000_000),
    "million": Decimal(1_000_000),
    "mln": Decimal(1_000_000),
    "млн": Decimal(1_000_000),
    "тыс": Decimal(1_000),
    "тис": Decimal(1_000),
    "milyon": Decimal(1_000_000),
    "juta": Decimal(1_000_000),
    "jt": Decimal(1_000_000),
    "miliar": Decimal(1_000_000_000),
    "milyar": Decimal(1_000_000_000),
    "trieu": Decimal(1_000_000),
    "ty": Decimal(1_000_000_000),
    "ล้าน": Decimal(1_000_000),
    "mio": Decimal(1_000_000),
    "mill": Decimal(1_000_000),
    "mil": Decimal(1_000),
    "m": Decimal(1_000_000),
    "tsd": Decimal(1_000),
    "tis": Decimal(1_000),
    "k": Decimal(1_000),
}
_MULTIPLE = (
    r"(?:\s?(?P<multiple>[万萬億亿만억])(?P<rest>\s?\d[\d,]*(?:\s?[万萬만]))?(?P<unit>[円元])?|\s?(?P<word>lakhs?"
    r"|lacs?|crores?|cr\b|mio\b|mill\b|mln\b|milyon\b|milyar\b"
    r"|million(?:en|es|s|i|er)?|milli[oó]\b|milh(?:[aã]o|[oõ]es)|mill[oó]n(?:es)?|tsd\b|tis\b|млн|тыс|тис|juta\b"
    r"|jt\b|miliar\b"
    r"|tri[eệ]u\b|tỷ\b|ล้าน)\.?"
    r"|\s?(?P<letter>[mk])(?![\w²]|\.k))?"
)
_MORE_INDIAN = r"\d?(?:,\d{2})+,\d{3}(?:\.\d{1,2})?"
# The number comes first: most texts have none, and a search for it is over soon.
_AMOUNT = re.compile(
    rf"(?P<number>\d(?<![\d,].)(?<!\d\..)(?:{_MORE_INDIAN}|{MORE_DIGITS}))"
    rf"(?:[.,]\s?[-–—]{{1,2}})?{_MULTIPLE}(?:\s?(?P<after>{SYMBOL_PATTERN})(?!\w))?",
    re.I,
)
_SIGN_BEFORE = re.compile(rf"(?P<before>{SYMBOL_PATTERN})\.?\s?(?=\d$)", re.I)
_LONGEST_SIGN = 9
_SHORT = 4
# No price was ever so many times what it is.
_FAR_APART = 20
# Signs that with a short number are something else: feet ("85 Ft"), an id or a page ("P24").
_LETTERS = ("Ft", "P")
# Ten thousands and hundred millions need no sign: Korea's are won, Taiwan's are dollars, others are yen or yuan.
_SIGN_OF_MULTIPLE = {"만": "원", "억": "원", "萬": "元"}
# Number words of one country, or of a region that shares a sign.
_SIGN_OF_WORD = {
    **dict.fromkeys(("ty", "trieu"), "₫"),
    **dict.fromkeys(("juta", "jt", "miliar"), "Rp"),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs", "crore", "crores"), "Rs"),
}
# Number words that no home's price needs, and that mean different numbers in different languages.
_UNREAD_MULTIPLE = re.compile(
    r"(?:\s?(?:billi?[oóõ]n\w*|trilli?[oóõ]n\w*|bn|mrd|mil?liard\w*|миллиард\w*|млрд)|b)\b", re.I
)
_RANGE = re.compile(r"^\s*(?:[-–—]|bis|to|à|až|hasta|até|do|a)\s*$")
_FROM = re.compile(
    r"^\W*(?:ab|from|desde|a partir de|a partire da|des|od|vanaf|fra|fran|starting (?:at|from)|prices from)\b"
)
_GUIDE = re.compile(r"\b(?:guide price|guide|richtpreis)\b")
_AUCTION = re.compile(r"\b(?:mise a prix|starting bid|minimum bid|mindestgebot|verkehrswert)\b")
_ON_REQUEST = AnyOf(
    r"auf anfrage|on (?:request|application)|upon request|\bp\.?o\.?a\b|price on|call for price|ask for "
    r"price|contact (?:us|agent) for price"
    r"|sur demande|nous consulter|a consultar|sob consulta|consultar precio|precio a consultar|su "
    r"richiesta|trattativa riservata"
    r"|prijs op aanvraag|op aanvraag|na dotaz|info (?:v|u) rk|cena dohodou|dohodou|na vyzadani|na "
    r"zapytanie|pris pa foresporsel|要相談|価格未定"
    r"|price (?:available )?on (?:request|enquiry|application)|contact for price|ask (?:for )?price|price upon"
    r"|undisclosed"
    r"|pris pa (?:foresp|forfragan)|pris ej satt|kontakta maklaren|pyyda hinta|ar megegyezes szerint"
    r"|pret la cerere|fiyat sorun"
    r"|τιμη κατοπιν|цена по запросу|договорная|ціна договірна|cijena na upit|na upit|cena dogovor|na zapytanie"
    r"|cena do uzgodnienia"
    r"|価格応談|応談|面議|面议|價格面議|가격문의|가격 협의|السعر عند الطلب|מחיר לפי בקשה|ติดต่อสอบถาม"
    r"|harga nego|lien he|thuong luong|thoa thuan"
    r"|prix nous consulter|a consulter|precio bajo consulta|bajo consulta|valor sob consulta|prezzo su richiesta"
)


@dataclass(frozen=True, slots=True)
class Money:
    """What a price text says.

    Attributes:
        amount: the amount; of a range the lower end.
        currency: ISO 4217, where the text names one unambiguously.
        period: span of time the amount pays for, where the text says it.
        qualifier: how binding it is, where the text says it.
        sign: the currency sign as written ("$", "kr"); with the source's country it names the currency.
    """

    amount: Decimal
    currency: str | None = None
    period: PricePeriod | None = None
    qualifier: PriceQualifier | None = None
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount inside a text: `money`, the place [start, end) in the cleaned text, and whether it is per area."""

    money: Money
    start: int
    end: int
    per_area: bool


@functools.lru_cache(maxsize=20_000)
def parse_money(text: str) -> Money | None:
    """Reads a price text; None when it holds no amount ("on request") or only amounts per area."""
    cleaned = clean(text)
    found = [amount for amount in amounts(cleaned, bare=True) if not amount.per_area]
    signed = [amount for amount in found if amount.money.sign]
    if not signed and has_exponent(cleaned):
        number = parse_number(cleaned)
        return None if number is None else Money(number)
    if not found:
        return None
    first = (signed or found)[0]
    money = first.money
    qualifier = money.qualifier or qualifier_in(cleaned[: first.start])
    sign, currency = money.sign, money.currency
    second = found[found.index(first) + 1] if found.index(first) + 1 < len(found) else None
    if second is not None and _RANGE.match(fold(cleaned[first.end : second.start])):
        qualifier = PriceQualifier.RANGE
    elif (not signed and len(found) > 1) or (not sign and first.start > 0 and found[0] is not first):
        return None
    period = money.period or period_in(cleaned)
    return Money(money.amount, currency, period, qualifier, sign)


def amounts(text: str, *, bare: bool = False) -> Iterator[Amount]:
    """Every amount of money in a cleaned `text`, in order; numbers without a currency only when `bare`."""
    end = 0
    for found in _AMOUNT.finditer(text):
        start = found.start()
        before = _SIGN_BEFORE.search(text, max(end, start - _LONGEST_SIGN), start + 1) if start > end else None
        end = found.end()
        big = found.group("multiple")
        behind = found.group("after") or ""
        written = before.group("before") if before else behind
        if before is not None and currency_code(written) is None:
            # "$ 38,500 MXN", "MXN $38,500": the code says which dollars.
            code = text[max(0, before.start() - 4) : before.start()].strip()
            written = next((sign for sign in (behind, code) if currency_code(sign)), written)
        sign = written or found.group("unit") or (_SIGN_OF_MULTIPLE.get(big, "¥") if big else "")
        sign = sign or _SIGN_OF_WORD.get(fold(found.group("word") or ""), "")
        if before is not None:
            start = before.start()
        if sign in _LETTERS and not found.group("letter") and len(found.group("number")) < _SHORT:
            continue
        if not sign and (not bare or text[max(0, start - 1) : start].isalpha()):
            continue
        number = parse_number(found.group("number"))
        if number is None or _UNREAD_MULTIPLE.match(text, end) or part_of_scientific(text, *found.span("number")):
            continue
        multiple = _multiple(found, has_sign=bool(sign))
        following = text[end : end + 24]
        money = Money(
            number * multiple + _rest(found.group("rest")),
            currency_code(sign),
            period_in(following, at_start=True),
            qualifier_in(text[max(0, start - 24) : start]),
            sign,
        )
        yield Amount(money, start, end, bool(PER_AREA.match(fold(following))))


def are_ends(text: str, found: Sequence[Amount]) -> bool:
    """Whether two amounts stand side by side that are the ends of a slider, not a price and what it was before."""
    if len(found) != 2 or text[found[0].end : found[1].start].strip():
        return False
    return found[1].money.amount >= _FAR_APART * found[0].money.amount > 0


@functools.lru_cache(maxsize=20_000)
def on_request(text: str) -> bool:
    """Whether the text says that the price is told on request only."""
    return bool(_ON_REQUEST.search(fold(clean(text))))


def qualifier_in(text: str) -> PriceQualifier | None:
    """How binding a price is, by the words in front of it; None when they do not say."""
    words = fold(clean(text))
    if _GUIDE.search(words):
        return PriceQualifier.GUIDE
    return PriceQualifier.FROM if _FROM.search(words.rsplit(". ", 1)[-1].strip()) else None


def _rest(text: str | None) -> Decimal:
    """The ten thousands behind the hundred millions: 1億2,800万."""
    number = parse_number(text.strip(" 万萬만")) if text else None
    return number * _MULTIPLES["万"] if number is not None else Decimal(0)


def _multiple(found: re.Match[str], *, has_sign: bool) -> Decimal:
    if found.group("multiple"):
        return _MULTIPLES[found.group("multiple")]
    if found.group("word"):
        word = fold(found.group("word")).rstrip(".")
        return _MULTIPLES.get(word) or _MULTIPLES.get(word.rstrip("s")) or _MULTIPLES["million"]
    letter = found.group("letter")
    # "€ 895.000 k.k." is no 895 millions: nobody writes a short form behind a long number.
    short = len(re.sub(r"\D", "", found.group("number"))) <= _SHORT
    return _MULTIPLES[letter.casefold()] if letter and has_sign and short else Decimal(1)
