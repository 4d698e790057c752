"""The record of an erasure, beside the feeds: that it happened, not what it was about.

<landing>/erasures/<id>.json

The crawler reads these records, so that what was erased does not come back. Who reads them can test a guess against
them, where there is no key (REALESTATE_PERSONAL_DATA_KEY); with a key, only who has it.
"""

import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

ERASURES = "erasures"
FORMAT = 1


class PersonKind(StrEnum):
    """How a person was named."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "e-mail"


class ErasedPerson(BaseModel):
    """A way in which a person was named.

    Attributes:
        words: of a name; 1 for everything else.
        digest: of kind and identity (see `domain.erased`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: PersonKind
    words: int = 1
    digest: str


class Erasure(BaseModel):
    """What was erased when, by whom, and how it is recognised.

    Attributes:
        salt: of the digests, hex; empty where they are made with the key.
        key_check: tells whether a key is the one of the digests; empty without a key.
        listings: digest of each listing's source and key.
        people: digests of what names or reaches a person.
        may_return: whether later crawls may bring it back.
        done_at: when all layers were done and found clean; None while it is under way.
        counts: what went, layer → count.
        marks_salt: of the marks in the place of what was taken out; only while it is under way.
        hashes: content hashes of lines that are changed by it; only while it is under way.
    """

    model_config = ConfigDict(extra="forbid")

    format: int = FORMAT
    id: str
    begun_at: datetime.datetime
    by: str
    why: str = ""
    salt: str = ""
    key_check: str = ""
    listings: list[str] = Field(default_factory=list)
    people: list[ErasedPerson] = Field(default_factory=list)
    may_return: bool = False
    done_at: datetime.datetime | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    marks_salt: str = ""
    hashes: list[str] = Field(default_factory=list)


def erasure_key(identifier: str) -> str:
    """Where the record of an erasure lies in the landing zone."""
    return f"{ERASURES}/{identifier}.json"
