"""What only a RESO criterion can say: which service, which resource, how it is pulled.

What belongs here: the options of a criterion. What does not: the token (it is a secret, see `settings`).
"""

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from realestate_crawler.contracts.criteria import Criterion, Identifier, Strict
from realestate_crawler.contracts.options import read_options as read_model
from realestate_crawler.vocabulary import AreaUnits, StandardStatus, lookup

ON_MARKET = (
    StandardStatus.ACTIVE,
    StandardStatus.ACTIVE_UNDER_CONTRACT,
    StandardStatus.COMING_SOON,
    StandardStatus.PENDING,
)

FieldName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,127}$")]


class ResoOptions(Strict):
    """The options of a criterion whose source is `reso`.

    Attributes:
        url: service root: https, or http on this machine.
        resource: entity set with the listings.
        collection: names the service in all tables; made from the url where left out.
        incremental: ask only for what changed since the last good pull; such a pull removes nothing.
        full_after_days: an incremental criterion is pulled in full when the last complete pull is older; 0 = never.
        statuses: which listings count as on the market.
        extra_fields: fields to ask for beside those that the item names; "all" = everything but personal fields.
        currency: ISO 4217 code of all amounts; RESO itself has no field for it.
        living_area_units: unit of LivingArea where the service has no LivingAreaUnits.
        page_size: rows asked for at once ($top).
    """

    url: str
    resource: FieldName = "Property"
    collection: Identifier | None = None
    incremental: bool = False
    full_after_days: float = Field(default=7, ge=0)
    statuses: tuple[StandardStatus, ...] = ON_MARKET
    extra_fields: tuple[FieldName, ...] | Literal["all"] = ()
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    living_area_units: AreaUnits | None = None
    page_size: int = Field(default=200, ge=1, le=10_000)

    @field_validator("url")
    @classmethod
    def _safe_address(cls, value: str) -> str:
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("expected the address of the service root, such as https://api.example.com/reso/odata")
        if address.username or address.password or address.query or address.fragment:
            raise ValueError("an address carries no credentials and no query; the token comes from the environment")
        if address.scheme == "http" and not _this_machine(address.hostname):
            raise ValueError("a token must not travel in clear text: use https")
        return value.rstrip("/")

    @field_validator("living_area_units", mode="before")
    @classmethod
    def _unit_synonym(cls, value: object) -> object:
        return (lookup(AreaUnits, value) or value) if isinstance(value, str) else value

    def source(self) -> str:
        """Names the collection: two services never share listing keys."""
        if self.collection:
            return self.collection
        address = urlsplit(self.url)
        words = re.sub(r"[^A-Za-z0-9.]+", "-", f"{address.netloc}{address.path}").strip("-.").casefold()
        return f"reso-{words}"[:100]


def read_options(criterion: Criterion) -> ResoOptions:
    """The options of a criterion.

    Raises:
        CriteriaError: naming the criterion and every key that is wrong.
    """
    return read_model(criterion, ResoOptions)


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
