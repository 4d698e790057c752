"""E-mail addresses, phone numbers and known names in any value of a source: found, and replaced by what one says.

What belongs here: finding and replacing. What does not: what may be kept (`policies`), which values a listing has
(`privacy`).
"""

import re
from collections.abc import Callable, Collection, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from realestate_crawler.domain.phone_words import CUE
from realestate_crawler.domain.phones import humps_parted, phones

_AT = r"(?:@|＠|%40|&#64;|\s?[(\[{]\s?(?:at|arroba|chiocciola|ät|zavin[aá][cč])\s?[)\]}]\s?)"
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|punkt|punto|ponto|point|te[cč]ka|bodka)\s?[)\]}]\s?)"
# A bounded number of signs before the @, so that no text makes the search slow.
_EMAIL = re.compile(rf"[\w.+'-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,6}}", re.IGNORECASE)
_MAY_BE_EMAIL = re.compile(r"@|＠|%40|&#64;|[(\[{]\s?(?:at|arroba|chiocciola|ät|zavin)", re.IGNORECASE)
_PHONE_DIGITS = range(6, 16)


class Kind(StrEnum):
    """What was found."""

    EMAIL = "e-mail"
    PHONE = "phone"
    NAME = "name"


class Contact(NamedTuple):
    """One of them in a text.

    Attributes:
        identity: the same for the same address, number or person, however it is written.
    """

    kind: Kind
    start: int
    end: int
    identity: str


Say = Callable[[Contact], str]


def contacts(text: str, label: str = "", country: str = "", names: "Names | None" = None) -> list[Contact]:
    """All contacts in a text, in order, none within another; see `phones.phones` for label and country."""
    found = list(_emails(text))
    if any(sign.isdigit() for sign in text):
        found += (
            Contact(Kind.PHONE, start, end, phone_identity(digits))
            for start, end, digits in phones(text, label, country)
        )
    if names is not None:
        found += names.within(text)
    kept: list[Contact] = []
    for one in sorted(found, key=lambda contact: (contact.start, -contact.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def phone_identity(digits: str) -> str:
    """The last nine digits: the same with country code, with a leading 0, and without either."""
    return digits[-9:]


def email_identity(address: str) -> str:
    """One spelling of an address."""
    plain = re.sub(_AT, "@", address.strip(), count=1, flags=re.IGNORECASE)
    return re.sub(_DOT, ".", plain, flags=re.IGNORECASE).casefold()


def _emails(text: str) -> Iterator[Contact]:
    if _MAY_BE_EMAIL.search(text):
        for match in _EMAIL.finditer(text):
            yield Contact(Kind.EMAIL, *match.span(), email_identity(match[0]))


class Names:
    """Names of people that the listing itself tells, to be found in its texts; of two words or more."""

    def __init__(self, names: Collection[str]) -> None:
        told = {" ".join(name.split()) for name in names}
        wanted = sorted((name for name in told if _is_full_name(name)), key=len, reverse=True)
        words = (r"\s+".join(map(re.escape, name.split())) for name in wanted)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if wanted else None

    def within(self, text: str) -> Iterator[Contact]:
        """Each place where one of the names stands."""
        for match in self._pattern.finditer(text) if self._pattern else ():
            yield Contact(Kind.NAME, *match.span(), " ".join(match[0].split()).casefold())


def _is_full_name(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 6 and all(word.strip(".,'-").isalpha() for word in words) and len(name) >= 6


def replaced(
    value: Any, say: Say, *, label: str = "", country: str = "", names: Names | None = None
) -> tuple[Any, int]:
    """A value with every contact in it replaced, and how many there were; the same object where there was none.

    Args:
        value: a text, a number, or a mapping or list of them, however deep.
        say: what stands in a contact's place.
        label: what the source calls the value; the keys inside a mapping go before it.
        country: of the listing.
        names: names to be found beside addresses and numbers.
    """
    if isinstance(value, str):
        return _text(value, say, contacts(value, label, country, names))
    if isinstance(value, dict):
        told = {key: replaced(inner, say, label=str(key), country=country, names=names) for key, inner in value.items()}
        met = sum(count for _, count in told.values())
        return ({key: inner for key, (inner, _) in told.items()}, met) if met else (value, 0)
    if isinstance(value, list):
        items = [replaced(inner, say, label=label, country=country, names=names) for inner in value]
        met = sum(count for _, count in items)
        return ([inner for inner, _ in items], met) if met else (value, 0)
    if isinstance(value, int) and not isinstance(value, bool) and says_phone(label):
        digits = str(value).lstrip("-")
        if len(digits) in _PHONE_DIGITS:
            return say(Contact(Kind.PHONE, 0, len(digits), phone_identity(digits))), 1
    return value, 0


def says_phone(label: str) -> bool:
    """Whether a source calls a value a phone number (`agentPhone`, `tel`, `whatsapp_number`)."""
    return bool(label) and CUE.search(humps_parted(label) + ": ") is not None


def _text(text: str, say: Say, found: list[Contact]) -> tuple[str, int]:
    return replaced_parts(text, [(one.start, one.end, say(one)) for one in found]), len(found)


def replaced_parts(text: str, parts: list[tuple[int, int, str]]) -> str:
    """A text with parts of it (start, end, what stands there instead), in order; those that overlap are left out."""
    told: list[str] = []
    at = 0
    for start, end, instead in parts:
        if start >= at:
            told += (text[at:start], instead)
            at = end
    return "".join([*told, text[at:]]) if told else text
