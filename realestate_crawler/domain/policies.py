"""What may become of personal data, field by field: one word for all, other words for some.

    drop                                     the default
    hash                                     keyed digests instead, for all fields
    drop, owner_name=hash, title=keep        all are dropped but two
    drop, extra.contact=hash                 a source's own column, with all that lies below it

What belongs here: the words. What does not: doing it (`privacy`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from realestate_crawler.items import MEANINGS, PERSONAL_FIELDS, SOURCE_FIELDS, Form

EXTRA = "extra"
# Texts in which a source may write anything: contacts in them are masked. Postal codes and energy labels hold none.
FREE_TEXTS: tuple[str, ...] = tuple(
    name
    for name in SOURCE_FIELDS
    if MEANINGS[name].form is Form.TEXT and name not in PERSONAL_FIELDS and name not in ("postal_code", "energy_class")
)


class Policy(StrEnum):
    """What to do with a personal value."""

    DROP = "drop"
    HASH = "hash"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Policies:
    """A policy for every field.

    Attributes:
        default: for all that are not named.
        fields: item field, `extra`, or `extra.<column>` → policy.
    """

    default: Policy = Policy.DROP
    fields: Mapping[str, Policy] = field(default_factory=dict)

    @classmethod
    def parse(cls, words: str) -> "Policies":
        """Reads the setting.

        Raises:
            ValueError: naming the word that is none.
        """
        default, fields = Policy.DROP, {}
        for number, word in enumerate(words.split(",")):
            name, equals, told = (part.strip() for part in word.rpartition("="))
            policy = _policy(told)
            if not equals:
                if number:
                    raise ValueError(f"{word.strip()!r}: for which field? write FIELD={policy}")
                default = policy
            elif name in PERSONAL_FIELDS or name in FREE_TEXTS or name.partition(".")[0] == EXTRA:
                fields[name] = policy
            else:
                known = ", ".join([*sorted(PERSONAL_FIELDS), *FREE_TEXTS])
                raise ValueError(f"{name!r} is none of {known}, {EXTRA} or {EXTRA}.COLUMN")
        return cls(default, fields)

    def of(self, name: str) -> Policy:
        """The policy of a field, or of a column as `extra.<column>`; a column is as what holds it, unless named."""
        while name not in self.fields and "." in name:
            name = name.rpartition(".")[0]
        return self.fields.get(name, self.default)

    @property
    def keep_people(self) -> bool:
        """Whether anything is left of the fields that name people, so that a source need be asked for them."""
        return any(self.of(name) is not Policy.DROP for name in PERSONAL_FIELDS)

    @property
    def need_key(self) -> bool:
        """Whether anything is to be hashed."""
        return Policy.HASH in (self.default, *self.fields.values())


def _policy(word: str) -> Policy:
    try:
        return Policy(word)
    except ValueError:
        raise ValueError(f"{word!r} is none of {', '.join(Policy)}") from None
