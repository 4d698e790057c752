"""Evaluates $filter expressions, written from the OData 4 grammar and not from the code under test."""

import datetime
import re
from decimal import Decimal

TOKEN = re.compile(
    r"\s*(?:(?P<time>\d{4}-\d\d-\d\dT[\d:.]+Z)|(?P<number>-?\d+(?:\.\d+)?)|(?:(?P<enum>[A-Za-z_][\w.]*)(?='))?"
    r"(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w.]*(?:/(?:any|all)(?=\())?)|(?P<mark>[():]))"
)
OPERATORS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a is not None and b is not None and a > b,
    "ge": lambda a, b: a is not None and b is not None and a >= b,
    "lt": lambda a, b: a is not None and b is not None and a < b,
    "le": lambda a, b: a is not None and b is not None and a <= b,
}


class BadFilterError(ValueError):
    pass


def tokens(text):
    place = 0
    while place < len(text.rstrip()):
        found = TOKEN.match(text, place)
        if not found:
            raise BadFilterError(f"syntax error at position {place} of {text!r}")
        place = found.end()
        yield found


class Filter:
    """A parsed $filter; `types` says which fields there are (name → enumeration, or None)."""

    def __init__(self, text, types):
        self.tokens, self.types, self.place = list(tokens(text)), types, 0
        self.test = self._any_of()
        if self.place != len(self.tokens):
            raise BadFilterError(f"more than an expression: {text!r}")

    def _peek(self, word):
        found = self.tokens[self.place] if self.place < len(self.tokens) else None
        return found is not None and word in (found["word"], found["mark"])

    def _next(self):
        if self.place >= len(self.tokens):
            raise BadFilterError("unexpected end")
        self.place += 1
        return self.tokens[self.place - 1]

    def _expect(self, word):
        found = self._next()
        if word not in (found["word"], found["mark"]):
            raise BadFilterError(f"expected {word}, found {found.group()!r}")

    def _any_of(self):
        terms = [self._all_of()]
        while self._peek("or"):
            self._next()
            terms.append(self._all_of())
        return lambda row: any(term(row) for term in terms)

    def _all_of(self):
        terms = [self._term()]
        while self._peek("and"):
            self._next()
            terms.append(self._term())
        return lambda row: all(term(row) for term in terms)

    def _term(self):
        if self._peek("("):
            self._next()
            inner = self._any_of()
            self._expect(")")
            return inner
        word = self._next()["word"] or ""
        name, _, over = word.partition("/")
        if name not in self.types and name != "v":
            raise BadFilterError(f"Could not find a property named '{name}'")
        if over:
            self._expect("(")
            self._next()
            self._expect(":")
            inner = self._term()
            self._expect(")")
            fold = any if over == "any" else all
            return lambda row: fold(inner({"v": value}) for value in row.get(name) or [])
        operator = OPERATORS[self._next()["word"]]
        literal = self._literal(self.types.get(name))
        return lambda row: operator(value_of(row.get(name)), literal)

    def _literal(self, enum):
        found = self._next()
        if found["text"] is not None:
            if found["enum"] and enum and found["enum"] != enum:
                raise BadFilterError(f"incompatible types: {found['enum']} and {enum}")
            if enum and not found["enum"]:
                raise BadFilterError(f"a value of {enum} is written {enum}'Member'")
            return found["text"][1:-1].replace("''", "'")
        if found["time"]:
            return datetime.datetime.fromisoformat(found["time"])
        if found["number"]:
            return Decimal(found["number"])
        if found["word"] == "null":
            return None
        raise BadFilterError(f"no literal: {found.group()!r}")


def value_of(value):
    """A JSON value as what it is compared as."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", value):
        return datetime.datetime.fromisoformat(value)
    return value
