"""Lines of visible text → which of their amounts may be the price.

What belongs here: telling the price from deposits, fees, rates, prices per area and crossed-out prices. What does not:
reading an amount (`domain.money`).
"""

import functools
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from realestate_crawler.domain.money import Amount, amounts, are_ends, on_request
from realestate_crawler.domain.patterns import AnyOf
from realestate_crawler.domain.text import fold
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.labels import NOISE, label_field
from realestate_crawler.pages.lines import Line, Part
from realestate_crawler.vocabulary import PricePeriod

_PRICE_MARK = AnyOf(
    r"price|preis|precio|preco|prezzo|prix|cena|prijs|pris\b|amount|kosten-|miete|rent\b|loyer|kaufpreis", any_case=True
)
_OTHER_MARK = AnyOf(
    (
        r"deposit|mortgage|financ|bond|calculator|estimate|similar|history|perm2|per-m|sqm-?price|price-?per"
        r"|price-?(?:sqm|m2|area)|unit-?price|old|previous|administration|management|avg|average|histogram"
        r"|slider|filter|range-"
    ),
    any_case=True,
)
_OTHER_WORDS = AnyOf(
    r"deposit|kaution|caution|depot de garantie|fianza|caucao|kauce|kaucja|jistot|nebenkosten"
    r"|betriebskosten|heizkosten|warmmiete|gesamtmiete|\bnk\b|hausgeld|provision|courtage|maklerkosten"
    r"|honorair|frais|fees?\b|(?<!hors )charges(?! (?:comprises|incluses|inclus))|stamp duty|transfer duty"
    r"|buyer.?s premium|taxes?\b|tax\b|taxe|hoa\b|levies|levy|rates\b|service charge"
    r"|council"
    r"|mortgage|repayment|monatsrate|rate\b|finanzier|mensualit|hypote|splatk|cuota|prestacao|\brata\b"
    r"|rat[ay] kredyt|bond\b|loan|/mo\b est|estimated|zestimate|estimate|average|durchschnitt|prumern"
    r"|avg|moyenne|media\b|assessment|bewertung|mieteinnahm|jahresmiete|rental income|ertrag|yield"
    r"|income|revenu"
    r"|reduced by|price drop|bajado|baisse|reduziert um|war:|statt|previously|was\b|old price|stellplatz"
    r"|garage|parkplatz|sold (?:for|price|on)|last sold|renovation|umbau|moving|stehov|malov|gutschein"
    r"|save|sparen|versicherung|insurance|gastos|comunidad|condominio|spese|poplatk|energie|strom"
    r"|internet|per night|cleaning|mieterhohung|ablose|abstand|budget|maximum bid|enchere de"
    r"|mantenimiento|maintenance|expensas|administracion|aidat|vastike|felles|ejerudgift|omkostninger|emi\b"
    r"|booking amount|token"
    r"|sicherheitsleistung|\biptu\b|consignation|zuzahlung|anzahlung|zzgl|up to|bis zu|less than|more than"
    r"|over £\d+m|priced from £"
)
_MAIN_WORDS = AnyOf(
    r"kaufpreis|kaltmiete|asking price|guide price|offers (?:over|in)|offers in excess|list price|price:"
    r"|prix de vente|precio de venta|vraagprijs|cena:|mise a prix|minimum bid|fixed price|preis:|miete:"
    r"|loyer|\bkalt\b|kaltmiete"
)


# What is believed less is the amount of something else.
_LEAST = 6
# In one line.
_MOST_AMOUNTS = 40


def price_facts(lines: list[Line], consumed: set[int], base: int = Trust.LOOSE_TEXT) -> Iterator[Evidence]:
    """Every amount that may be the price, the likelier the more trusted; and "on request" where it is said."""
    count = 0
    for index, line in enumerate(lines):
        if index in consumed or not line.text:
            continue
        found = list(itertools.islice(amounts(line.text), _MOST_AMOUNTS)) if line.digits else []
        if are_ends(line.text, found):
            continue
        for amount in found:
            trust = _trust(line, amount, _label_near(lines, index), base, alone=len(found) == 1)
            if trust is None:
                continue
            count += 1
            if trust - min(2 * count, 16) < _LEAST:
                continue
            money = amount.money
            text = line.text[amount.start : amount.end]
            after = line.text[amount.end : amount.end + 24]
            value = f"{text} {after}" if money.period else text
            second = re.match(r"\s?[-–—]\s?(?=\D{0,3}\d)", after)
            if second:
                value = line.text[amount.start : amount.end + 40]
            if money.qualifier is not None:
                value = f"{line.text[max(0, amount.start - 14) : amount.start]}{value}"
            yield Evidence("list_price", value.strip(), "text", line.text[:80], trust - min(2 * count, 16))
        if len(line.text) < 60 and on_request(line.text):
            yield Evidence(
                "price_qualifier", "on_request", "text", line.text, base + (20 if _PRICE_MARK.search(line.marks) else 6)
            )


def _label_near(lines: list[Line], index: int) -> str | None:
    """The field that the line before this one labels; the hints and label inside the line count in _trust."""
    for other in range(index - 1, max(-1, index - 2), -1):
        text = lines[other].text
        if len(text) < 50:
            return label_field(text) or (NOISE if _OTHER_WORDS.search(lines[other].folded) and len(text) < 36 else None)
    return None


def _trust(line: Line, amount: Amount, label: str | None, base: int, *, alone: bool) -> int | None:
    """How far an amount is believed to be the price; None when it is certainly not."""
    if amount.per_area or amount.money.amount < 1:
        return None
    words = line.folded
    before, after = (
        fold(line.text[max(0, amount.start - 48) : amount.start]),
        fold(line.text[amount.end : amount.end + 36]),
    )
    if re.match(r"\s?(?:/|je|pro|per)\s?(?:m2|m²|sq|qm)", after) or re.search(r"(?:/\s?m²|per sq\w*)\W*$", before):
        return None
    short = len(words) < 60
    # Of several amounts each goes with the words in front of it: "€450,000 €425,000 Reduced by €25,000".
    around = before[-24:] if short and not alone else words if short else before[-40:] + after[:24]
    trust = base
    part = _part_of(line, amount)
    marks = f"{line.marks} {part.marks if part else ''}"
    if _PRICE_MARK.search(marks):
        trust += 22
    if _OTHER_MARK.search(marks):
        trust -= 20
    if line.heading:
        trust += 6
    if _MAIN_WORDS.search(before[-30:]) or (short and _MAIN_WORDS.search(words)):
        trust += 16
    elif _names_other(around):
        trust -= 30
    if label == NOISE:
        trust -= 30
    elif label == "list_price":
        trust += 20
    if line.struck or (part is not None and part.struck):
        trust -= 40
    if len(words) > 160:
        trust -= 14
    if amount.money.amount < Decimal(50) or (amount.money.period is PricePeriod.DAY):
        trust -= 20
    return max(trust, 1)


@functools.lru_cache(maxsize=20_000)
def _names_other(words: str) -> bool:
    """Whether the words around an amount name something else than the price."""
    return _OTHER_WORDS.search(words) is not None


def _part_of(line: Line, amount: Amount) -> Part | None:
    """The part of the line that the amount begins in."""
    position = 0
    for part in line.parts:
        if part.hint:
            continue
        end = position + len(part.text)
        if position <= amount.start < end + 1:
            return part
        position = end + 1
    return None
