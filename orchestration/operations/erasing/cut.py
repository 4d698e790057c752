"""What is to be erased, as every layer asks: does this line, row or text hold it, and what is left of it then?"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.logic.redaction import Redactor, of_person, of_word
from realestate_crawler.domain.erased import MARK, Person, person
from realestate_crawler.domain.privacy import digest

# They say which listing, run and place of it a line is about, not what it says.
IDENTITY = frozenset(
    {
        "source", "listing_key", "sale_source", "sale_key", "kind", "scope", "run_id", "observed_at", "content_hash",
        "last_change_scope", "last_change_run_id", "present_in", "missing_in", "full_in", "accepts_run", "retries_run",
    }
)  # fmt: skip
# What a crawl or a guard says in words, beside what the source says.
WORDS = ("reasons", "holds", "flags")
_DIGEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person has asked to erase.

    Attributes:
        listings: (source, key).
        people: what names or reaches people.
        digests: keyed digests that stand for them.
    """

    listings: frozenset[tuple[str, str]] = frozenset()
    people: tuple[Person, ...] = ()
    digests: frozenset[str] = frozenset()

    @classmethod
    def of(cls, listings: Iterable[tuple[str, str]], texts: Iterable[str], key: bytes) -> "Wanted":
        """Understands what was typed; with a key, the digests of people are erased too.

        Raises:
            UnclearPersonError: for a text that names nobody.
        """
        given = list(texts)
        digests = {text for text in given if _DIGEST.fullmatch(text)}
        people = tuple(person(text) for text in given if text not in digests)
        if key:
            digests |= {digest(text, key) for text in given if text not in digests}
            digests |= {digest(who.identity, key) for who in people}
        return cls(frozenset(listings), people, frozenset(digests))

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.listings or self.people or self.digests)


class Cut:
    """Decides for every line, row and text.

    Attributes:
        hashes: content hashes of lines that are changed, as they were.
        named_in: listings whose lines name people who are erased.
    """

    def __init__(self, wanted: Wanted, salt: bytes, hashes: Iterable[str] = ()) -> None:
        self.wanted = wanted
        self.hashes = set(hashes)
        self.named_in: set[tuple[str, str]] = set()
        self._salt = salt
        self._keys = {key for _, key in wanted.listings}
        # "3 listings could not be read: a, b, c …" and "for example a → b".
        names = "|".join(map(re.escape, self._keys))
        self._listed = re.compile(
            rf"(?:(?<=: )|(?<=, )|(?<=→ )|(?<=for example ))(?:{names})(?=,|$| …| →)", re.MULTILINE
        )
        self._of_people = [*map(of_person, wanted.people), *map(of_word, wanted.digests)]
        self._people = Redactor(self._of_people, salt)
        self._addresses: set[str] = set()
        self._all = self._people
        self.learn(())

    def learn(self, addresses: Iterable[str | None]) -> None:
        """Takes note of the web addresses of listings that are erased: they stand in logs and reasons too."""
        self._addresses |= {address for address in addresses if address}
        keys = filter(_is_unlike_others, self._keys)
        self._all = Redactor([*map(of_word, [*keys, *self._addresses]), *self._of_people], self._salt)

    @property
    def addresses(self) -> frozenset[str]:
        """What was learned so far."""
        return frozenset(self._addresses)

    def may_be_in(self, text: str) -> bool:
        """A quick look at a whole object: False only where nothing is to be erased."""
        return any(key in text for key in self._keys) or self._all.finds(text)

    @property
    def looks_into_texts(self) -> bool:
        """Whether anything but whole listings is erased, or was changed by it."""
        return bool(self._of_people or self.hashes)

    def is_about(self, source: str | None, key: Any) -> bool:
        """Whether a line or row is of a listing that is erased; a source that is not known could be any."""
        if source is None:
            return key in self._keys
        return (source, key) in self.wanted.listings

    def line(self, source: str, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """What is left of a line of a feed: nothing, the line without people, or the line itself."""
        if self.is_about(source, told.get("listing_key")):
            return None
        left = {
            name: value if name in IDENTITY or isinstance(value, int | float) else self._people.value(value)
            for name, value in told.items()
        }
        if all(left[name] is value for name, value in told.items()):
            return dict(told)
        self.named_in.add((source, str(told.get("listing_key"))))
        if "content_hash" in told:
            self.hashes.add(told["content_hash"])
            left["content_hash"] = self._people.content_hash(told["content_hash"])
        return left

    def aside(self, source: str, told: Mapping[str, Any]) -> dict[str, Any] | None:
        """The same for a line of quarantine: a reason, and an item or its text."""
        item = told.get("item")
        if isinstance(item, Mapping):
            left = self.line(source, item)
            if left is None:
                return None
            rest = {name: self._people.value(value) for name, value in told.items() if name != "item"}
            return {**told, **rest, "item": left if left != item else item}
        if isinstance(item, str) and any(f"listing_key={key!a}" in item for key in self._keys_of(source)):
            return None
        return {name: self._people.value(value) for name, value in told.items()}

    def row(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """A row of a table without people."""
        left = {name: value if name in IDENTITY else self.cell(value) for name, value in told.items()}
        for name in WORDS:
            if name in told:
                left[name] = self.told(told[name])
        if isinstance(told.get("held"), list):
            left["held"] = [self.cell(entry) for entry in told["held"] if not self._is_twin(entry)] or None
        old = told.get("content_hash")
        if old is not None and old in self.hashes:
            left["content_hash"] = self._people.content_hash(old)
        return left

    def changes(self, column: str, value: str) -> bool:
        """Whether a value of a column, as text, is another in `row`."""
        if column == "content_hash":
            return value in self.hashes
        if column in WORDS:
            return bool(self.told(value) != value)
        if column == "held":
            entries = [json.loads(line) for line in value.splitlines()]
            return any(self._is_twin(entry) or self.cell(entry) != entry for entry in entries)
        return column not in IDENTITY and bool(self.cell(value) != value)

    def manifest(self, source: str, told: Mapping[str, Any]) -> dict[str, Any]:
        """What is left of a manifest: words without mentions, what was accepted and held without erased listings."""
        left = dict(told)
        for name in ("reasons", "doubts", "notes"):
            if name in told:
                left[name] = self.told(told[name])
        keys = frozenset(self._keys_of(source))
        for name in ("accepts", "decided"):
            if told.get(name):
                left[name] = {**told[name], **_without(told[name], keys)}
        return left

    def is_in_log(self, text: str) -> bool:
        """Whether an action of a table's log names it: also a short key, in statistics and conditions."""
        return self.is_mentioned(text) or any(
            re.search(rf"""(?:listing_key\\*":\s?\\*"|'){re.escape(key)}(?:\\*"|')""", text) for key in self._keys
        )

    def cell(self, value: Any) -> Any:
        """A value of a column without people; numbers there are amounts and counts, and stay."""
        if isinstance(value, str):
            return self._people.text(value)
        if isinstance(value, dict):
            return {name: self.cell(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.cell(inner) for inner in value]
        return value

    def mention(self, value: Any) -> Any:
        """What tells of crawls (reasons, notes, log lines), without people, keys and addresses of erased listings."""
        return self._all.value(value)

    def told(self, value: Any) -> Any:
        """Words that a crawl or a guard says, without mentions; a key counts as a word of a list, however short."""
        if isinstance(value, str):
            return self._listed.sub(MARK, self._all.text(value)) if self._keys else self._all.text(value)
        if isinstance(value, list):
            return [self.told(inner) for inner in value]
        return self.mention(value)

    def is_mentioned(self, text: str) -> bool:
        """Whether such a text names what is erased."""
        return self._all.finds(text)

    def names_people(self, text: str) -> bool:
        """Whether a text names somebody who is erased."""
        return self._people.finds(text)

    def _is_twin(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry of `held` says that a listing came back under a key that is erased."""
        return entry["what"] == "listing_key" and entry["new_value"] in self._keys

    def _keys_of(self, source: str) -> list[str]:
        return [key for of, key in self.wanted.listings if of == source]


def _is_unlike_others(key: str) -> bool:
    """Whether a key that stands somewhere is that key; a short number or a word stands in many places by chance."""
    return len(key) >= 12 or (len(key) >= 6 and any(map(str.isdigit, key)))


def _without(told: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    """What an acceptance or a decision says of single listings, less some of them; only what it has."""
    left: dict[str, Any] = {}
    if "keys" in told:
        left["keys"] = _others(told["keys"], keys)
    if "changes" in told:
        left["changes"] = {
            name: {pattern: _others(some, keys) for pattern, some in of.items()}
            if isinstance(of, Mapping)
            else _others(of, keys)
            for name, of in told["changes"].items()
        }
    if "rekeyed" in told:
        left["rekeyed"] = {was: now for was, now in told["rekeyed"].items() if not keys & {was, now}}
    return left


def _others(some: Iterable[str], keys: frozenset[str]) -> list[str]:
    return [key for key in some if key not in keys]
