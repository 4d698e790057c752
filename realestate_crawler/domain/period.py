"""What span of time, or what area, an amount is for: "pcm", "/Monat", "per week", "€/m²"."""

import re

from realestate_crawler.domain.text import fold
from realestate_crawler.vocabulary import PricePeriod

_MONTH = (
    r"p\.?\s?c\.?\s?m\b|p\.?\s?m\b|(?:per|a|each|/|pro|im|par|al|por|a(?:o|l)|per|za|kazdy|pr\.?"
    r"|i)\s?\s?(?:calendar )?"
    r"(?:mo\b|mth\b|month|monat|mois|mes\b|mese\b|mesic|mes\.|maand|maned|manad|miesiac|mies\b|md\b)"
    r"|/ ?(?:мес|міс|kk\b|ay\b|luna|man\b|ho\b|月)|в месяц|havi|aylik|月額|月租|شهريا|לחודש|เดือน|thang|bulan"
    r"|monthly|monatlich|mtl\b|mensual|mensuel|/mo\b|/mies|/mes|cc\b(?=\s*$)"
)
_WEEK = r"p\.?\s?w\b|(?:per|a|/|pro|par|por)\s?(?:week|wk\b|woche|semaine|semana)|weekly|wochentlich"
_DAY = r"(?:per|a|/|pro|par|por)\s?(?:day|night|tag\b|nacht|jour|nuit|dia\b|noche)|daily|nightly"
_YEAR = r"p\.?\s?a\b|(?:per|a|/|pro|par|por)\s?(?:year|annum|yr\b|jahr|an\b|ano\b|anno\b|rok)|yearly|annually|annuel"
_PERIODS = tuple(
    (re.compile(rf"(?<![^\W_])(?:{pattern})"), period)
    for pattern, period in (
        (_MONTH, PricePeriod.MONTH),
        (_WEEK, PricePeriod.WEEK),
        (_DAY, PricePeriod.DAY),
        (_YEAR, PricePeriod.YEAR),
    )
)
_START = tuple(
    (re.compile(rf"[\s(,.*]*(?:{pattern})"), period)
    for pattern, period in (
        (_MONTH, PricePeriod.MONTH),
        (_WEEK, PricePeriod.WEEK),
        (_DAY, PricePeriod.DAY),
        (_YEAR, PricePeriod.YEAR),
    )
)

# Directly behind an amount: it is for one unit of area, not for the property.
PER_AREA = re.compile(
    r"[\s(]*(?:/|per|pro|par|por|je|za|al|a)?\s?(?:/\s?)?(?:m²|m2\b|m\^2|㎡|qm\b|sqm\b|sq\.?\s?(?:m|ft|f"
    r"|yards?|yd|feet|metre|meter)\b|sqft|ft²|ft2\b|square|mq\b|pyeong|坪|평|м²|м2\b|кв\.?\s?м|τ\.?\s?μ|م²"
    r"|מ[\"״]ר|ตร\.?\s?ม|平方米|平米|mp\b|kvm\b|nm\b|neliö)"
)


def period_in(text: str, *, at_start: bool = False) -> PricePeriod | None:
    """The span of time that `text` names (only directly at its start if asked); None when it names none."""
    words = fold(text)
    for pattern, period in _START if at_start else _PERIODS:
        if pattern.match(words) if at_start else pattern.search(words):
            return period
    return None
