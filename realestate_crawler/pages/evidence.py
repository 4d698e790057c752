"""One value for one field, and where on the page it stands.

What belongs here: the shape of evidence and the trust of each kind of source. What does not: choosing (merge).
"""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any, NamedTuple

POINT = "point"
"""The pseudo field that carries (latitude, longitude): the two are only ever taken together."""

LAYOUT = "layout"
"""The pseudo field that carries a layout such as T4: four rooms in France, four bedrooms in Portugal."""


class Trust(IntEnum):
    """How much a kind of source is believed; agreement of independent sources adds to it (merge)."""

    PROFILE = 200
    LABELLED_TEXT = 74
    JSON_LD = 72
    STATE = 70
    MICRODATA = 68
    META = 60
    UNIT_TEXT = 56
    STATE_UNCONFIRMED = 46
    SCRIPT = 45
    URL = 40
    LOOSE_TEXT = 30


class Evidence(NamedTuple):
    """One value for one field; a tuple, because a page makes thousands of them.

    Attributes:
        field: the item's field, or POINT.
        value: what the source says, as it says it.
        source: kind of source (json_ld, microdata, state, meta, text, script, url, profile).
        where: the path, label or selector inside the source.
        trust: how much it is believed (see Trust).
        companions: other fields that this value brings with it (unit, currency, period).
    """

    field: str
    value: Any
    source: str
    where: str
    trust: int
    companions: Mapping[str, Any] = MappingProxyType({})
