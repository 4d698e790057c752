"""Recognises what was erased without knowing it: by digests of a listing's key, of a name, a phone number, an address.

What belongs here: digests and recognition. What does not: where the records lie (`landing.erasures`), taking data out
of what is stored (`orchestration.operations.erasing`).
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from realestate_crawler.contracts.erasure import ErasedPerson, Erasure, PersonKind
from realestate_crawler.domain.contacts import Kind, contacts, email_identity, phone_identity, replaced_parts
from realestate_crawler.domain.phones import digit_runs
from realestate_crawler.domain.policies import FREE_TEXTS
from realestate_crawler.items import PERSONAL_FIELDS, Listing

MARK = "[erased]"
LEAST_DIGITS, LEAST_LETTERS = 7, 5
_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*\.?")
# "Nr999" and "Nr. 999" are the same.
_WORD_OR_NUMBER = re.compile(rf"\d+|{_WORD.pattern}")


class WrongKeyError(ValueError):
    """The records were made with a key that is not the one at hand: nothing can be recognised with it."""


class UnclearPersonError(ValueError):
    """A text that would be found in too many places, or that names nobody."""


class Person(NamedTuple):
    """What names or reaches a person.

    Attributes:
        identity: one spelling of it.
        words: of a name; 1 for everything else.
    """

    kind: PersonKind
    identity: str
    words: int = 1


def person(text: str) -> Person:
    """A name, a phone number or an e-mail address; the numbers in any other text belong to it.

    Raises:
        UnclearPersonError: when it is too short to be one.
    """
    told = " ".join(text.split())
    if "@" in told:
        return Person(PersonKind.EMAIL, email_identity(told))
    digits = "".join(sign for sign in told if sign.isdigit())
    if len(digits) >= LEAST_DIGITS and not any(sign.isalpha() for sign in told):
        return Person(PersonKind.PHONE, phone_identity(digits))
    words = _WORD.findall(told)
    if not words or sum(map(len, words)) < LEAST_LETTERS:
        raise UnclearPersonError(
            f"{text!r}: give a whole name, an e-mail address or a phone number of {LEAST_DIGITS} digits or more"
        )
    if digits:
        words = _WORD_OR_NUMBER.findall(told)
    return Person(PersonKind.NAME, name_identity(words), len(words))


def name_identity(words: Iterable[str]) -> str:
    """One spelling of a name."""
    return unicodedata.normalize("NFC", " ".join(word.rstrip(".") for word in words)).casefold()


def listing_digest(source: str, listing_key: str, secret: bytes) -> str:
    """Stands for a listing in a record."""
    return _digest(secret, "listing", source, listing_key)


def person_digest(who: Person, secret: bytes) -> str:
    """Stands for a person in a record."""
    return _digest(secret, "person", who.kind, who.identity)


def key_check(key: bytes) -> str:
    """Tells keys apart."""
    return _digest(key, "key")[:16]


def _digest(secret: bytes, *words: str) -> str:
    told = "\x00".join(words).encode("utf-8", "surrogatepass")
    return hmac.new(secret, told, hashlib.sha256).hexdigest()[:32]


class Erased:
    """Everything that must not come back.

    Args:
        records: of all erasures.
        key: REALESTATE_PERSONAL_DATA_KEY; empty where there is none.

    Raises:
        WrongKeyError: when a record was made with another key.
    """

    def __init__(self, records: Iterable[Erasure], key: bytes) -> None:
        self._listings: dict[bytes, set[str]] = {}
        self._people: dict[bytes, set[ErasedPerson]] = {}
        for record in records:
            if record.may_return:
                continue
            if record.key_check and (not key or key_check(key) != record.key_check):
                raise WrongKeyError(
                    f"erasure {record.id} was recorded with another REALESTATE_PERSONAL_DATA_KEY: "
                    "set that key, or what was erased would come back"
                )
            secret = key if record.key_check else bytes.fromhex(record.salt)
            self._listings.setdefault(secret, set()).update(record.listings)
            self._people.setdefault(secret, set()).update(record.people)
        self._lengths = {p.words for people in self._people.values() for p in people if p.kind is PersonKind.NAME}
        self._knows_people = any(self._people.values())

    def listing(self, source: str, listing_key: str) -> bool:
        """Whether a listing was erased."""
        return any(listing_digest(source, listing_key, secret) in told for secret, told in self._listings.items())

    def take_out_people(self, listing: Listing) -> int:
        """Takes erased people out of a listing, wherever they stand; how often they stood there."""
        if not self._knows_people:
            return 0
        met = 0
        for name in (*PERSONAL_FIELDS, *FREE_TEXTS):
            told, count = self.without_people(getattr(listing, name))
            if count:
                setattr(listing, name, None if name in PERSONAL_FIELDS else told)
                met += count
        for name in ("raw", "extra"):
            told, count = self.without_people(getattr(listing, name))
            if count:
                setattr(listing, name, told)
                met += count
        return met

    def without_people(self, value: Any) -> tuple[Any, int]:
        """A value without erased people; the same object where there are none."""
        if isinstance(value, str):
            found = sorted(set(self._spans(value)))
            return replaced_parts(value, [(start, end, MARK) for start, end in found]), len(found)
        if isinstance(value, int) and not isinstance(value, bool):
            digits = str(value)
            hit = len(digits) >= LEAST_DIGITS and self._is(Person(PersonKind.PHONE, phone_identity(digits)))
            return (MARK, 1) if hit else (value, 0)
        if isinstance(value, dict):
            return _each(value.items(), self.without_people, dict, value)
        if isinstance(value, list):
            return _each(enumerate(value), self.without_people, lambda pairs: [inner for _, inner in pairs], value)
        return value, 0

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        for contact in contacts(text):
            kind = PersonKind.PHONE if contact.kind is Kind.PHONE else PersonKind.EMAIL
            if self._is(Person(kind, contact.identity)):
                yield contact.start, contact.end
        # An erased number is known: it needs no word before it that says what it is.
        for start, end, digits in digit_runs(text):
            if len(digits) >= LEAST_DIGITS and self._is(Person(PersonKind.PHONE, phone_identity(digits))):
                yield start, end
        if self._lengths:
            yield from self._names(list(_WORD.finditer(text)))
            if any(sign.isdecimal() for sign in text):
                yield from self._names(list(_WORD_OR_NUMBER.finditer(text)), numbered=True)

    def _names(self, words: list[re.Match[str]], *, numbered: bool = False) -> Iterator[tuple[int, int]]:
        """The longest names among words; only those with a number in them if asked."""
        last = 0
        for number, first in enumerate(words):
            for length in sorted(self._lengths, reverse=True):
                some = words[number : number + length]
                if first.start() < last or len(some) < length or (numbered and not _is_whole_with_number(some)):
                    continue
                identity = name_identity(word[0] for word in some)
                if self._is(Person(PersonKind.NAME, identity, length)):
                    last = some[-1].end()
                    yield first.start(), last
                    break

    def _is(self, who: Person) -> bool:
        return any(
            ErasedPerson(kind=who.kind, words=who.words, digest=person_digest(who, secret)) in people
            for secret, people in self._people.items()
        )


def _is_whole_with_number(words: list[re.Match[str]]) -> bool:
    """Whether there is a number among words that do not go on before or behind them: 99 is not 99a."""
    start, end = words[0].start(), words[-1].end()
    around = words[0].string[max(0, start - 1) : start] + words[-1].string[end : end + 1]
    return any(word[0].isdecimal() for word in words) and not any(map(str.isalnum, around))


def _each(
    pairs: Iterable[tuple[Any, Any]],
    change: Callable[[Any], tuple[Any, int]],
    build: Callable[[list[tuple[Any, Any]]], Any],
    value: Any,
) -> tuple[Any, int]:
    told = [(key, change(inner)) for key, inner in pairs]
    met = sum(count for _, (_, count) in told)
    return (build([(key, inner) for key, (inner, _) in told]), met) if met else (value, 0)
