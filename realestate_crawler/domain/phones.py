"""Phone numbers in free text, of any country, without taking prices, areas, ids or dates for one.

A number is a phone number when it says so itself (+49 …, a leading 0 and groups, a grouping that only phones have) or
when a word before it does (Tel., WhatsApp, ☎). A number alone in a text is none: it may be an id.

What belongs here: which digits are a phone number. What does not: what is then made of them (`contacts`, `privacy`).
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from realestate_crawler.domain.phone_words import AFTER_AMOUNT, AND, BEFORE_AMOUNT, CUE, NO_CUE

_SEPARATOR = r"[ \u00a0\u2009\u202f\u2011\u2013\-./()·•]"
_CANDIDATE = re.compile(rf"(?:\+ ?|\()?\d(?:{_SEPARATOR}{{0,3}}\d){{5,}}")
_LEAST, _MOST = 6, 15
_LOOK_BACK, _LOOK_AHEAD, _BETWEEN = 40, 12, 16
# The world's plan: a country code never begins with 0, and no number has more than 15 digits.
_INTERNATIONAL = re.compile(r"\+ ?[1-9]")
_DIALLED_ABROAD = re.compile(r"00[1-9]")
_TRUNK = re.compile(r"\(?0-?[1-9]|0\([1-9]")

_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}")
_HOURS = re.compile(r"\d{1,2}[.]\d{2} ?[-–] ?\d{1,2}[.]\d{2}")
_ZIP = re.compile(r"\d{5}-\d{4}")
_DECIMAL = re.compile(r"\d+[.]\d+")
_NO_YEARS = r"(?!.*\b(?:1[89]|20)\d\d\b)"
_SPACED = re.compile(rf"{_NO_YEARS}\(?0\d+\)?[ -]\d{{2,3}} ?\d{{2,3}} ?\d*")
# Groupings that are no thousands, and that people give to phone numbers only.
_SHAPES = re.compile(
    r"(?:\+?1[ .-]?)?(?:\([2-9]\d\d\)[ -]?|[2-9]\d\d[-.])[2-9]\d\d[-. ]\d{4}"  # US, Canada: no code below 200
    r"|1[ .-][2-9]\d\d[ .-][2-9]\d\d[ .-]\d{4}"
    rf"|{_NO_YEARS}[2-9]\d\d \d{{3}} \d{{4}}"  # Greece, Mexico
    r"|\(\d{1,4}\) ?\d{3,5}[-. ]?\d{3,4}"  # Brazil, Chile, Colombia, Italy, Turkey
    r"|8[ -]?\(?[389]\d\d\)?[ -]\d{3}[ -]\d\d[ -]\d\d"  # Russia
    r"|1[3-9]\d[ -]\d{4}[ -]\d{4}"  # China
    rf"|{_NO_YEARS}(?:\d{{2,3}} \d{{4}}-\d{{4}}|[1-9]\d \d{{4}} \d{{4}})"  # Argentina, Mexico
    r"|3\d\d[ ./-]\d{7}"  # Italy
    r"|[6-9]\d{4}[ -]\d{5}"  # India
    r"|[6-9]\d\d \d\d \d\d \d\d|[1-9]\d \d{3} \d\d \d\d"  # Spain, Poland
    r"|0\d{2,4}[ /]\d{3,}-\d{1,4}"  # Germany, Austria, with an extension
)
# What could be anything elsewhere. Digits without any group count only within a sentence.
_PAIRS = r"[2-9]\d(?: \d\d){3}"
_LOCAL = {
    country: re.compile(shape)
    for countries, shape in (
        ("DK NO LU", _PAIRS),
        ("SG HK", rf"{_NO_YEARS}[2-9]\d{{3}}[ -]\d{{4}}"),
        ("PL CZ SK", r"[2-9]\d\d[ \u00a0]\d{3}[ \u00a0](?!000)\d{3}"),
        ("LV", r"[26]\d \d{3} \d{3}"),
        ("EE", r"[3-7]\d{2,3} \d{4}"),
    )
    for country in countries.split()
}
_LOCAL["PT"] = re.compile(r"2\d \d{3} \d{4}|[29]\d\d[ \u00a0]\d{3}[ \u00a0]\d{3}")
_LOCAL["ES"] = _LOCAL[""] = re.compile(r"[6-9]\d\d[ \u00a0]\d{3}[ \u00a0](?!000)\d{3}")
_IN_A_SENTENCE = {
    country: re.compile(shape)
    for country, shape in {"ES": r"[67]\d{8}", "PT": r"9[1236]\d{7}", "IT": r"3\d{9}", "IN": r"[6-9]\d{9}"}.items()
}
# Sizes of groups with dots between; others are references (01058.11.0094).
_DOTTED = frozenset(
    {(2, 2, 2, 2, 2), (3, 3, 2, 2), (3, 3, 4), (4, 3, 3), (4, 2, 2, 2), (3, 2, 2, 2), (2, 4, 4), (2, 3, 4), (3, 7)}
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"']+", re.IGNORECASE)
# What an address itself calls a phone number.
_CALLED = re.compile(r"(?:wa\.me/|[?&](?:phone|tel|mobile)=)(?:\+|%2B)?$", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[_.-]+")


class Span(NamedTuple):
    """A part of a text, and the digits of the number in it."""

    start: int
    end: int
    digits: str


def phones(text: str, label: str = "", country: str = "") -> Iterator[Span]:
    """The phone numbers of a text, in order; the time grows with its length only.

    Args:
        text: may be a sentence or a value alone.
        label: what the source calls it (`agentPhone`, `reference`): a word before the number, as in a sentence.
        country: of the listing, ISO 3166-1 alpha-2: tells shapes that could be anything elsewhere.
    """
    told = f"{humps_parted(label)}: " if label else ""
    whole = told + text
    last: Span | None = None
    for begin, stop, is_address in _stretches(whole, len(told)):
        for match in _CANDIDATE.finditer(whole, begin, stop):
            start, end = match.span()
            if match[0].count("(") > match[0].count(")"):  # it encloses the whole number, not its area code
                start += match[0][0] == "("
            found = Span(start, end, _digits(match[0]))
            if is_address:
                called = _CALLED.search(whole, max(0, start - _LOOK_BACK), start) is not None
            else:
                called = _is_phone(whole, found, country, follows=_follows(whole, last, found))
            if called:
                yield Span(start - len(told), end - len(told), found.digits)
                last = found


def digit_runs(text: str) -> Iterator[Span]:
    """Everything in a text that could be a phone number, whatever it is."""
    for match in _CANDIDATE.finditer(text):
        yield Span(match.start(), match.end(), _digits(match[0]))


def _stretches(text: str, begin: int) -> Iterator[tuple[int, int, bool]]:
    """The text cut where addresses of the web begin and end: (start, end, whether it is one)."""
    for match in _ADDRESS.finditer(text, begin):
        yield begin, match.start(), False
        yield *match.span(), True
        begin = match.end()
    yield begin, len(text), False


def _follows(text: str, last: Span | None, found: Span) -> bool:
    """Whether a number comes right after one that looks like it: the word before the first is meant for both."""
    return (
        last is not None
        and (len(last.digits), last.digits[:2]) == (len(found.digits), found.digits[:2])
        and found.start - last.end < _BETWEEN
        and AND.fullmatch(text, last.end, found.start) is not None
    )


def humps_parted(label: str) -> str:
    """A source's name for a value as words: `agentPhone` → `agent Phone`."""
    return _HUMP.sub(" ", label)


def _is_phone(text: str, span: Span, country: str, *, follows: bool) -> bool:
    start, end, digits = span
    found = text[start:end]
    if not _LEAST <= len(digits) <= _MOST or _part_of_more(text, start, end):
        return False
    before = text[max(0, start - _LOOK_BACK) : start]
    cue = CUE.search(before) is not None
    if AFTER_AMOUNT.match(text, end, end + _LOOK_AHEAD) or (BEFORE_AMOUNT.search(before) and not cue):
        return False
    if _DATE.search(found) or _HOURS.search(found):
        return False
    if _INTERNATIONAL.match(found):
        return len(digits) >= 8
    if _DECIMAL.fullmatch(found) or (NO_CUE.search(before) and not cue):
        return False
    return cue or follows or _has_shape(found, digits, country, alone=start + len(text) - end < 8)


def _has_shape(found: str, digits: str, country: str, *, alone: bool) -> bool:
    """Whether digits look like a phone number where no word says what they are."""
    if _DIALLED_ABROAD.match(found):
        return len(digits) >= 11
    if _ZIP.fullmatch(found):
        return False
    grouped = len(found) > len(digits)
    if _TRUNK.match(found) and (8 if _SPACED.fullmatch(found) else 9) <= len(digits) <= (13 if grouped else 11):
        return digits[-6:] != "000000" and not _reference(found)
    if _SHAPES.fullmatch(found) or (country in _LOCAL and _LOCAL[country].fullmatch(found)):
        return True
    return not alone and country in _IN_A_SENTENCE and _IN_A_SENTENCE[country].fullmatch(found) is not None


def _reference(found: str) -> bool:
    """Whether dots alone part the digits, and not as people part phone numbers."""
    groups = found.split(".")
    return len(groups) > 1 and all(map(str.isdigit, groups)) and tuple(map(len, groups)) not in _DOTTED


def _part_of_more(text: str, start: int, end: int) -> bool:
    """Whether the digits go on in letters or signs, as ids, addresses and names of files do."""
    before, beyond_before = text[start - 1 : start], text[start - 2 : start - 1]
    after, beyond = text[end : end + 1], text[end + 1 : end + 2]
    if before and (before.isalnum() or before in "@&%_=#"):
        return True
    if before and before in "-./,+" and beyond_before.isdigit():
        return True
    if before and before in "-/" and beyond_before.isalpha():
        return True
    if after in (".", "-", "/") and (beyond.islower() or beyond == "_"):  # 0408250001.jpg
        return True
    return bool(after) and (after.isalpha() or after in "@_=" or (after in ",:" and beyond.isdigit()))


def _digits(found: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in found if sign.isdigit())
