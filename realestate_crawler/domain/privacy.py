"""What names or reaches people in a listing: dropped, replaced by a keyed digest, or kept, by explicit choice.

Three kinds of values: fields of the item that name people; columns of the source that its mapping calls personal; phone
numbers, e-mail addresses and the names of those people in any other text. What belongs here: applying the policies.
What does not: finding contacts in a text (`contacts`), reading the setting (`policies`).
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from realestate_crawler.domain.columns import ABSENT, find, replaced, without
from realestate_crawler.domain.contacts import Contact, Names, Say
from realestate_crawler.domain.contacts import replaced as without_contacts
from realestate_crawler.domain.policies import EXTRA, FREE_TEXTS, Policies, Policy
from realestate_crawler.items import MEANINGS, PERSONAL_FIELDS, SOURCE_FIELDS, Form, Listing

_NAMED_AFTER_PEOPLE = frozenset(FREE_TEXTS) - {"title"}


class Met(NamedTuple):
    """How many personal values a listing had, and how many contacts its texts.

    Attributes:
        values: fields and columns.
        masked: contacts that were replaced.
    """

    values: int
    masked: int


def protect(listing: Listing, policies: Policies | Policy, key: bytes, columns: Collection[str] = ()) -> Met:
    """Applies the policies to what names or reaches people; says how much it met.

    Args:
        listing: changed in place.
        policies: what is done with which field.
        key: of the digests, for HASH.
        columns: personal columns of `extra` (names or dotted paths), and fields that were read from such columns.

    Raises:
        ValueError: for HASH without a key.
    """
    if isinstance(policies, Policy):
        policies = Policies(policies)
    if policies.need_key and not key:
        raise ValueError("hashing personal data needs a key: set REALESTATE_PERSONAL_DATA_KEY")
    names = Names(set(_names(listing, policies, columns)))
    values = _fields(listing, policies, key, columns) + _columns(listing, policies, key, columns)
    return Met(values, _texts(listing, policies, key, names))


def digest(value: Any, key: bytes) -> str:
    """The keyed digest of a personal value: the same for the same person, telling nothing without the key."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    told = text.strip().casefold().encode("utf-8", "surrogatepass")
    return hmac.new(key, told, hashlib.sha256).hexdigest()[:32]


def _fields(listing: Listing, policies: Policies, key: bytes, columns: Collection[str]) -> int:
    met = 0
    for name in PERSONAL_FIELDS.union(columns).intersection(SOURCE_FIELDS):
        value = getattr(listing, name)
        value = listing.raw.get(name) if value is None else value
        if value is None:
            continue
        met += 1
        policy = policies.of(name)
        if policy is not Policy.KEEP:
            listing.raw.pop(name, None)
            hashed = policy is Policy.HASH and MEANINGS[name].form is Form.TEXT
            setattr(listing, name, digest(value, key) if hashed else None)
    return met


def _columns(listing: Listing, policies: Policies, key: bytes, columns: Collection[str]) -> int:
    met = 0
    for column in columns:
        value = find(listing.extra, column)
        if value is ABSENT or value is None:
            continue
        met += 1
        policy = policies.of(f"{EXTRA}.{column}")
        if policy is Policy.DROP:
            listing.extra = without(listing.extra, [column])
        elif policy is Policy.HASH:
            listing.extra = replaced(listing.extra, column, digest(value, key))
    return met


def _texts(listing: Listing, policies: Policies, key: bytes, names: Names) -> int:
    """Replaces contacts in all that is left; names not in those of places and offices, which may be called alike."""
    country = listing.country or ""
    says = {policy: _say(policy, key) for policy in Policy}
    met = 0
    for name in FREE_TEXTS:
        value = getattr(listing, name)
        if value is not None and policies.of(name) is not Policy.KEEP:
            known = None if name in _NAMED_AFTER_PEOPLE else names
            told, count = without_contacts(value, says[policies.of(name)], country=country, names=known)
            setattr(listing, name, told)
            met += count
    for name, value in list(listing.raw.items()):
        policy = policies.of(name)
        if policy is not Policy.KEEP and name not in PERSONAL_FIELDS:
            known = None if name in _NAMED_AFTER_PEOPLE else names
            listing.raw[name], count = without_contacts(value, says[policy], country=country, names=known)
            met += count
    for column, value in list(listing.extra.items()):
        told, count = _in_column(value, f"{EXTRA}.{column}", policies, says, names=names, country=country)
        if count:
            listing.extra = {**listing.extra, column: told}
            met += count
    return met


def _in_column(value: Any, path: str, policies: Policies, says: dict[Policy, Say], **known: Any) -> tuple[Any, int]:
    """A column without contacts; where a policy names something below it, each is treated as it says."""
    if isinstance(value, dict) and any(name.startswith(f"{path}.") for name in policies.fields):
        told = {key: _in_column(inner, f"{path}.{key}", policies, says, **known) for key, inner in value.items()}
        return {key: inner for key, (inner, _) in told.items()}, sum(count for _, count in told.values())
    policy = policies.of(path)
    if policy is Policy.KEEP:
        return value, 0
    return without_contacts(value, says[policy], label=path.rpartition(".")[2], **known)


def _say(policy: Policy, key: bytes) -> Say:
    def say(contact: Contact) -> str:
        return f"[{contact.kind} {digest(contact.identity, key)}]" if policy is Policy.HASH else f"[{contact.kind}]"

    return say


def _names(listing: Listing, policies: Policies, columns: Collection[str]) -> Iterator[str]:
    """The names that the listing tells in fields and columns that are not kept, but not that of its office."""
    told: list[Any] = []
    for name in PERSONAL_FIELDS.union(columns).intersection(SOURCE_FIELDS):
        if policies.of(name) is not Policy.KEEP:
            told += (getattr(listing, name), listing.raw.get(name))
    told += (find(listing.extra, name) for name in columns if policies.of(f"{EXTRA}.{name}") is not Policy.KEEP)
    office = " ".join((listing.list_office_name or "").split()).casefold()
    for text in told:
        for name in _strings(text):
            if " ".join(name.split()).casefold() != office:
                yield name


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
