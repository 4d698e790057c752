"""Date and time text → date, or time in UTC. Forms that only one order of day and month can mean; no relative dates.

What belongs here: ISO 8601, epoch numbers, day.month.year, dates with a month's name. What does not: "3 days ago"
(it needs a clock) and 01/02/2018 (two readings): both stay unread.
"""

import datetime
import re

from realestate_crawler.domain.text import clean, fold

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january januar januari janvier enero janeiro gennaio ledna leden stycznia januara",
            "feb february februar februari fevrier febrero fevereiro febbraio unora unor lutego februara",
            "mar march marz mars marzo marco maart brezna brezen marca marec mrz",
            "apr april avril abril aprile dubna duben kwietnia aprila",
            "may mai mayo maio maggio mei maj kvetna kveten maja",
            "jun june juni juin junio junho giugno cervna cerven czerwca juna",
            "jul july juli juillet julio julho luglio cervence cervenec lipca jula",
            "aug august aout agosto augustus srpna srpen sierpnia augusta",
            "sep sept september septembre septiembre setembro settembre zari wrzesnia septembra",
            "oct october oktober octobre octubre outubro ottobre oktobra rijna rijen pazdziernika okt",
            "nov november novembre noviembre novembro listopadu listopad listopada novembra",
            "dec december dezember decembre diciembre dezembro dicembre prosince prosinec grudnia decembra dez",
        ),
        start=1,
    )
    for word in words.split()
}
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\.?(?:st|nd|rd|th)?\s(?:de\s)?([a-z]+)\.?,?\s(?:de\s)?(\d{4})(?!\d)")
_MONTH_FIRST = re.compile(r"\b([a-z]+)\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def parse_date(text: str) -> datetime.date | None:
    """The one date that `text` holds; None when there is none, or when day and month could be either."""
    words = fold(clean(text))
    iso = _ISO.search(words)
    if iso:
        return _date(int(iso.group(1)), int(iso.group(2)), int(iso.group(3)))
    dotted = _DOTTED.search(words)
    if dotted:
        return _date(int(dotted.group(3)), int(dotted.group(2)), int(dotted.group(1)))
    slashed = _SLASHED.search(words)
    if slashed:
        return _slashed(*map(int, slashed.groups()))
    named = _DAY_FIRST.search(words)
    if named and named.group(2) in _MONTHS:
        return _date(int(named.group(3)), _MONTHS[named.group(2)], int(named.group(1)))
    named = _MONTH_FIRST.search(words)
    if named and named.group(1) in _MONTHS:
        return _date(int(named.group(3)), _MONTHS[named.group(1)], int(named.group(2)))
    return None


def parse_timestamp(text: str) -> datetime.datetime | None:
    """An ISO 8601 time in UTC (without a zone it is taken as UTC), or epoch seconds or milliseconds; else None."""
    compact = text.strip()
    if re.fullmatch(r"1\d{9}(?:\d{3})?", compact):
        return datetime.datetime.fromtimestamp(int(compact[:10]), tz=datetime.UTC)
    try:
        moment = datetime.datetime.fromisoformat(compact)
    except ValueError:
        return None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)


def _slashed(first: int, second: int, year: int) -> datetime.date | None:
    if first > 12 >= second:
        return _date(year, second, first)
    if second > 12 >= first:
        return _date(year, first, second)
    return _date(year, first, second) if first == second else None


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day) if 1800 <= year <= 2200 else None
    except ValueError:
        return None
