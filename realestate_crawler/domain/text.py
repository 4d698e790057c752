"""Text as people read it: invisible characters gone, one kind of space, plain digits.

What belongs here: cleaning that every reader of text needs. What does not: what a text means (money, area, place, …).
"""

import functools
import re
import unicodedata

# Zero-width characters, soft hyphen, direction marks and the byte order mark: sites put them between digits.
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)])
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
# Digits of other scripts (Arabic, Persian, Devanagari, Bengali, Thai) and the Arabic marks between them.
_DIGITS = {zero + n: 0x30 + n for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for n in range(10)}
_PLAIN = _INVISIBLE | _FULL_WIDTH | _DIGITS | {0x66B: ".", 0x66C: ","}
_UNUSUAL = re.compile(f"[{''.join(map(re.escape, map(chr, _PLAIN)))}]")
_ACCENTS = re.compile("(?<![иіу])[\u0300-\u036f]")
# Latin letters that no accent makes.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i"})
# How German, which most addresses of sites and many forms do without its own letters, writes them with plain ones.
GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_FRACTIONS = str.maketrans({"½": " 1/2", "¼": " 1/4", "¾": " 3/4"})
_HALF = re.compile(r"(\d+)\s+(1/2|1/4|3/4)(?!\d)")
_ALONE = re.compile(r"(?<![\d/.,])(1/2|1/4|3/4)(?![\d/])")
_PART = {"1/2": ".5", "1/4": ".25", "3/4": ".75"}


def clean(text: str) -> str:
    """`text` in one line: invisible characters gone, full-width forms and digits of other scripts plain, runs of
    space one space.
    """
    if text.isascii():
        return " ".join(text.split())
    # Nearly every text with accents holds none of these, and translating looks at every letter.
    return " ".join((text.translate(_PLAIN) if _UNUSUAL.search(text) else text).split())


def decimal_fractions(text: str) -> str:
    """Fraction signs as decimals: "2 ½ rooms" → "2.5 rooms"; text without them stays as it is."""
    if "½" not in text and "¼" not in text and "¾" not in text and "/" not in text:
        return text
    spelled = _HALF.sub(lambda m: m.group(1) + _PART[m.group(2)], text.translate(_FRACTIONS))
    return _ALONE.sub(lambda m: "0" + _PART[m.group(1)], spelled)


def respelled(text: str, letters: dict[str, str]) -> str:
    """`text` with some of its letters written by others, in any case: "Düsseldorf" → "Duesseldorf"."""
    capitals = {letter.upper(): other.capitalize() for letter, other in letters.items() if len(letter.upper()) == 1}
    table = {ord(letter): other for letter, other in (letters | capitals).items()}
    return unicodedata.normalize("NFC", text).translate(table)


@functools.lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Lower case without accents, for comparing words: "Wohnfläche" → "wohnflache", "Größe" → "grosse"."""
    if text.isascii():
        return text.lower()
    # Only Latin and Greek accents: the marks of other scripts make other letters.
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", plain).translate(_LETTERS)
