"""Takes people out of texts and values: what was found is replaced by a mark, different texts by different marks.

So whatever differed before differs afterwards, and what was equal stays equal: every comparison between two
observations, and with it all history, stays as it was. The salt of the marks is thrown away; nobody can test a guess.

What belongs here: patterns and replacement. What does not: where the texts lie (`operations.erasing`).
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from realestate_crawler.contracts.erasure import PersonKind
from realestate_crawler.domain.erased import LEAST_DIGITS, Person

_BETWEEN_DIGITS = r"[ \u00a0\u2009\u202f\u2011\u2013\-./()·•]{0,3}"
_BETWEEN_WORDS = r"(?:\s|[-_+.,]|%20|&nbsp;|\\n)+"
_AT = r"(?:@|%40|&#64;|＠)"
# The strings and whole numbers of a JSON text; what lies between them says nothing of anybody.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?')


def of_person(who: Person) -> str:
    """An expression for what names or reaches a person, however it is written."""
    if who.kind is PersonKind.EMAIL:
        local, _, host = who.identity.partition("@")
        return rf"(?<![\w.+'-]){re.escape(local)}{_AT}{re.escape(host)}(?![\w-])"
    if who.kind is PersonKind.PHONE:
        digits = _BETWEEN_DIGITS.join(who.identity)
        # With or without country code, (0) and leading zeros.
        return rf"(?<!\d)(?:\+?\d{{1,5}}{_BETWEEN_DIGITS})?(?:\(?0\)?{_BETWEEN_DIGITS})?{digits}(?!\d)"
    words = who.identity.split()
    told = "".join(map(_letter, words[0]))
    for before, word in pairwise(words):
        # "Nr999" is "Nr 999".
        glued = "?" if before.isdecimal() != word.isdecimal() else ""
        told += f"(?:{_BETWEEN_WORDS}){glued}" + "".join(map(_letter, word))
    return rf"(?<![^\W_]){told}(?![^\W_])"


def _letter(sign: str) -> str:
    """A letter in any case, composed or not, as it is or escaped as programs do."""
    if sign.isascii():
        return re.escape(sign)
    forms = {unicodedata.normalize(form, case) for form in ("NFC", "NFD") for case in (sign, sign.upper())}
    told = {escaped for form in forms for escaped in (form, ascii(form)[1:-1], json.dumps(form)[1:-1])}
    return f"(?:{'|'.join(map(re.escape, sorted(told, key=len, reverse=True)))})"


def of_word(word: str) -> str:
    """An expression for a key, a digest or an address that stands alone."""
    return rf"(?<![\w%]){re.escape(word)}(?![\w%])"


class Redactor:
    """Finds and replaces.

    Args:
        expressions: what is to be found.
        salt: of the marks.
    """

    def __init__(self, expressions: Iterable[str], salt: bytes) -> None:
        told = sorted(set(expressions), key=len, reverse=True)
        self._pattern = re.compile("|".join(f"(?:{each})" for each in told), re.IGNORECASE) if told else None
        self._salt = salt

    def finds(self, text: str) -> bool:
        """Whether there is anything to replace."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def text(self, text: str) -> str:
        """A text with marks; a text that is JSON stays JSON, and as it is between its strings and numbers."""
        if not self.finds(text):
            return text
        if text[:1] in ("{", "["):
            try:
                json.loads(text)
            except ValueError:
                pass
            else:
                return _TOKEN.sub(self._token, text)
        assert self._pattern is not None
        return self._pattern.sub(lambda found: self.mark(found[0]), text)

    def value(self, value: Any) -> Any:
        """A value of JSON with marks, however deep; the same object where there is nothing to replace."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bool):
            return value
        if isinstance(value, int):
            return self._number(str(value), value)
        if isinstance(value, dict):
            told = {self.text(key): self.value(inner) for key, inner in value.items()}
            return value if list(told) == list(value) and all(told[key] is value[key] for key in told) else told
        if isinstance(value, list):
            items = [self.value(inner) for inner in value]
            return value if all(new is old for new, old in zip(items, value, strict=True)) else items
        return value

    def mark(self, found: str) -> str:
        """What stands in the place of a text."""
        return f"[erased {hashlib.blake2b(found.encode(), key=self._salt, digest_size=4).hexdigest()}]"

    def content_hash(self, digest: str) -> str:
        """The content hash of a line that was changed: another for another, and a guess cannot be tested against it."""
        return hashlib.blake2b(digest.encode(), key=self._salt, digest_size=16).hexdigest()

    def _token(self, found: "re.Match[str]") -> str:
        token = found[0]
        if token.startswith('"'):
            text = json.loads(token)
            told = self.text(text)
            return token if told is text else json.dumps(told, ensure_ascii=False)
        if not token.lstrip("-").isdigit():
            return token
        told = self._number(token, token)
        return token if told is token else json.dumps(told)

    def _number(self, digits: str, value: Any) -> Any:
        plain = digits.lstrip("-")
        if len(plain) < LEAST_DIGITS or self._pattern is None or self._pattern.fullmatch(plain) is None:
            return value
        return self.mark(plain)
