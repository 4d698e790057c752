"""The record of an erasure: begun before anything is done, so that crawls leave it out; finished at the end.

What belongs here: the record. What does not: recognising by it (`realestate_crawler.domain.erased`).
"""

import datetime
import secrets
from dataclasses import dataclass

from orchestration.operations.erasing.cut import Wanted
from orchestration.operations.erasing.part_writing import put
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.erasure import ErasedPerson, Erasure, erasure_key
from realestate_crawler.domain.erased import key_check, listing_digest, person_digest
from realestate_crawler.landing.erasures import read_erasures


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for an erasure.

    Attributes:
        why: in their words; never what is erased.
        may_return: whether later crawls may bring it back.
    """

    by: str
    why: str = ""
    may_return: bool = False


def begin(landing: Landing, wanted: Wanted, request: Request, key: bytes, now: datetime.datetime) -> Erasure:
    """The record of this erasure: the one that was begun and never finished, or a new one.

    Raises:
        StoreError: when it cannot be stored.
        WrongKeyError: when the earlier records were made with another key.
    """
    earlier = read_erasures(landing.store)
    salt = b"" if key else _salt(earlier)
    listings = sorted(listing_digest(*each, key or salt) for each in wanted.listings)
    people = sorted(
        (ErasedPerson(kind=p.kind, words=p.words, digest=person_digest(p, key or salt)) for p in wanted.people),
        key=lambda each: each.digest,
    )
    for record in earlier:
        if record.done_at is None and (record.listings, record.people) == (listings, people):
            record.may_return = request.may_return
            save(landing, record)
            return record
    record = Erasure(
        id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}",
        begun_at=now,
        by=request.by,
        why=request.why,
        salt=salt.hex(),
        key_check=key_check(key) if key else "",
        listings=listings,
        people=people,
        may_return=request.may_return,
        marks_salt=secrets.token_hex(16),
    )
    save(landing, record)
    return record


def save(landing: Landing, record: Erasure) -> None:
    """Stores a record, in the place of what it said before.

    Raises:
        StoreError: when it could not be stored.
    """
    put(landing.store, erasure_key(record.id), record.model_dump_json(indent=1).encode())


def finish(landing: Landing, record: Erasure, counts: dict[str, int], now: datetime.datetime) -> None:
    """Says that it is done; what was only needed on the way goes.

    Raises:
        StoreError: when it could not be stored.
    """
    record.done_at, record.counts = now, counts
    record.marks_salt, record.hashes = "", []
    save(landing, record)


def lift(landing: Landing, record: Erasure) -> None:
    """Lets what an erasure left out come back.

    Raises:
        StoreError: when it could not be stored.
    """
    record.may_return = True
    save(landing, record)


def _salt(earlier: list[Erasure]) -> bytes:
    """One salt for all: a crawl then makes one digest a listing, however many erasures there are."""
    known = next((record.salt for record in earlier if record.salt), "")
    return bytes.fromhex(known) if known else secrets.token_bytes(16)
