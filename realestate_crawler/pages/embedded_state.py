"""State that pages carry for their scripts → JSON values, each with the name of the place it came from.

What belongs here: finding and decoding such values: JSON scripts, `window.X = {…}`, `JSON.parse("…")`, React flight
chunks, JSON in attributes. What does not: which of them is the listing (state_search).
"""

import contextlib
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any

import chompjs

from realestate_crawler.pages.document import Document, load_json
from realestate_crawler.pages.reference_state import called, numbered

_DECODER = JSONDecoder()
# A name or a member is given an object, a list, or a string to be parsed: `window.__STATE__ = {`, `dataLayer.push({`.
_ASSIGNED = re.compile(r"(?:=|\.push\()\s*(?P<opening>JSON\.parse\(\s*[\"'`]|[{\[](?=\s*[\"'{\[\w]))")
_NAME = re.compile(r"[\w$.\[\]'\"]{2,80}$")
# An object handed to a function: only plain JSON, because code is full of other objects.
_HANDED = re.compile(r"[(,]\s*(?=\{\")")
_FUNCTION = re.compile(r"[\w$.]{3,60}\(\s*(?:[\w$.]+\s*,\s*)?$")
_NAME_LENGTH = 160
_PLAIN_JSON = re.compile(r"\{\s*[\"}]|\[")
_STRING = {'"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.S), "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.S)}
_FLIGHT = re.compile(r'self\.__next_f\.push\(\[\s*1\s*,\s*("(?:[^"\\]|\\.)*")\s*\]\)', re.S)
_STREAM = re.compile(r'streamController\.enqueue\(\s*("(?:[^"\\]|\\.)*")\s*\)', re.S)
_FLIGHT_ROW = re.compile(rb"\n?[0-9a-f]*:(?:T(?P<length>[0-9a-f]+),)?")
# Only scripts that speak of a property are worth decoding.
_RELEVANT = (
    *("price", "preis", "preci", "preco", "prezzo", "prix", "prijs", "cena", "bedroom", "rooms", "livingspace"),
    *("living_area", "surface", "address", "zipcode", "postal", "latitude", "longitude", "rent"),
)
_LONGEST_WORD = max(map(len, _RELEVANT))
_MINIMUM = 60
_WINDOW = 20_000
# Objects that are no plain JSON are decoded by a slower parser, of which code can make fools.
_LONGEST_LOOSE = 400_000
_MOST_FAILURES = 400


def embedded_states(document: Document) -> list[tuple[str, Any]]:
    """(name, value) of every embedded object or list of the page, in order; what cannot be decoded is left out."""
    if document.root is None:
        return [("document", document.data)] if document.data is not None else []
    found: list[tuple[str, Any]] = []
    flight: list[str] = []
    for script in document.scripts():
        text = script.text or ""
        kind = (script.get("type") or "").lower()
        if len(text) < _MINIMUM or "ld+json" in kind:
            continue
        if "json" in kind:
            document.decoded.add(script)
            value = load_json(text) if "&q;" not in text[:200] else load_json(_unescaped(text))
            if isinstance(value, dict | list):
                found.append((script.get("id") or "script", numbered(value) or value))
        elif "__next_f" in text:
            document.decoded.add(script)
            flight.extend(_flight_chunks(text))
        elif "streamController.enqueue(" in text:
            document.decoded.add(script)
            found.extend(
                ("stream", value) for chunk in _STREAM.findall(text) if (value := _streamed(chunk)) is not None
            )
        elif (speech := _Speech(text)).within(0, len(text)):
            values, read = _assigned(text, speech)
            if not values and "function" in text[:_WINDOW] and (value := called(text)) is not None:
                values, read = [("call", value)], len(text)
            found.extend(values)
            if read * 2 > len(text):
                document.decoded.add(script)
    if flight:
        found.extend(_flight_values("".join(flight)))
    outline = document.outline
    for place, name, text in outline.json:
        if text.startswith(("{", "[{", "[[")):
            value = load_json(text)
            if isinstance(value, dict | list):
                found.append((f"{outline.tags[place]}@{name}", value))
    return found


def _unescaped(text: str) -> str:
    """JSON whose marks were written as &q; and the like."""
    for written, mark in (("&q;", '"'), ("&s;", "'"), ("&l;", "<"), ("&g;", ">"), ("&a;", "&")):
        text = text.replace(written, mark)
    return text


def _streamed(chunk: str) -> Any:
    text = load_json(chunk)
    rows = load_json(text) if isinstance(text, str) else None
    return numbered(rows)


class _Speech:
    """Where a script speaks of a property, asked for from its begin to its end."""

    def __init__(self, text: str) -> None:
        # The one letter whose small form is longer is part of no word that is looked for.
        self._lower = text.replace("İ", "\0").lower()
        self._word = (-1, -1)
        self._silent = 0

    def within(self, start: int, end: int) -> bool:
        """Whether one of the words stands in [start, end); no question begins before those that were asked."""
        if start <= self._word[0] and self._word[1] <= end:
            return True
        begin = max(start, self._silent)
        for word in _RELEVANT:
            place = self._lower.find(word, begin, end)
            if place >= 0:
                self._word = (place, place + len(word))
                return True
        self._silent = max(self._silent, end - _LONGEST_WORD)
        return False


def _assigned(text: str, speech: _Speech) -> tuple[list[tuple[str, Any]], int]:
    """(name, value) of every assignment, and how many characters they take."""
    values: list[tuple[str, Any]] = []
    position = read = failures = 0
    while (found := _ASSIGNED.search(text, position)) and failures < _MOST_FAILURES:
        start = found.start("opening")
        opening = found.group("opening")
        position = found.end()
        name = _NAME.search(text[max(0, found.start() - _NAME_LENGTH) : found.start()].rstrip())
        if name is None:
            continue
        if opening.startswith("JSON.parse"):
            value, end = _parsed_string(text, found.end() - 1)
        else:
            value, end = _object(text, start, speech)
        position = max(end, found.end())
        if isinstance(value, dict | list) and value:
            values.append((name.group(), value))
            read += end - start
        elif value is None:
            failures += 1
    values += _handed(text)
    return values, read


def _handed(text: str) -> Iterator[tuple[str, Any]]:
    """(function, value) of every object handed to a function."""
    failures = position = 0
    while (found := _HANDED.search(text, position)) and failures < _MOST_FAILURES:
        position = found.end()
        before = text[max(0, found.start() - _NAME_LENGTH) : found.end()]
        called = _FUNCTION.search(before) if "(" in before else None
        if called is None:
            continue
        try:
            value, position = _DECODER.raw_decode(text, found.end())
        except (JSONDecodeError, RecursionError, ValueError):
            failures += 1
            continue
        if isinstance(value, dict):
            yield called.group()[:40], value


def _object(text: str, start: int, speech: _Speech) -> tuple[Any, int]:
    if _PLAIN_JSON.match(text, start):
        with contextlib.suppress(JSONDecodeError, RecursionError, ValueError):
            return _DECODER.raw_decode(text, start)
    if not speech.within(start, start + _WINDOW):
        return None, start + 1
    try:
        value: Any = chompjs.parse_js_object(text[start : start + _LONGEST_LOOSE])
    except (ValueError, RecursionError):
        return None, start + 1
    return value, start + 2


def _parsed_string(text: str, start: int) -> tuple[Any, int]:
    pattern = _STRING.get(text[start])
    found = pattern.match(text, start) if pattern else None
    if found is None:
        return None, start + 1
    inner = found.group(1)
    if text[start] == "'":
        inner = inner.replace("\\'", "'").replace('"', '\\"') if '\\"' not in inner else inner.replace("\\'", "'")
    decoded = load_json(f'"{inner}"')
    return (load_json(decoded) if isinstance(decoded, str) else None), found.end()


def _flight_chunks(text: str) -> Iterator[str]:
    for found in _FLIGHT.finditer(text):
        chunk = load_json(found.group(1))
        if isinstance(chunk, str):
            yield chunk


def _flight_values(text: str) -> Iterator[tuple[str, Any]]:
    """The rows of a React flight stream: `id:JSON` up to a line end, or `id:Tlength,` with that many bytes of text."""
    data = text.encode()
    position = 0
    while found := _FLIGHT_ROW.search(data, position):
        start = found.end()
        if found.group("length"):
            position = start + int(found.group("length"), 16)
            continue
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        position = end
        if data[start : start + 1] in (b"{", b"["):
            value = load_json(data[start:end].decode("utf-8", "replace"))
            if isinstance(value, dict | list):
                yield "flight", value
