"""What a search of the portal finds: its filters, its order and its pages. Pure."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.vocabulary import Offer, PropertyType

PER_PAGE = 20


class BadQueryError(ValueError):
    """A query the portal does not understand; the message says which part."""


def _oldest_last(advert: Advert) -> tuple[int, str]:
    return -advert.on_market_date.toordinal(), advert.key


def _by_price(sign: int) -> Callable[[Advert], tuple[bool, Decimal, str]]:
    return lambda advert: (advert.price is None, sign * (advert.price or Decimal(0)), advert.key)


SORTS: dict[str, Callable[[Advert], Any]] = {
    "newest": _oldest_last,
    "price_asc": _by_price(1),
    "price_desc": _by_price(-1),
    "area_desc": lambda advert: (-(advert.living_area or Decimal(0)), advert.key),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search. Limits are included; an advert that does not state a fact never matches a limit of it."""

    city: str = ""
    offer: Offer | None = None
    property_type: PropertyType | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    min_area: Decimal | None = None
    max_area: Decimal | None = None
    bedrooms_min: int | None = None
    bedrooms_max: int | None = None
    listed_from: datetime.date | None = None
    listed_to: datetime.date | None = None
    sort: str = "newest"

    def matches(self, advert: Advert) -> bool:
        """Whether the advert belongs to the results."""
        return (
            (not self.city or advert.city.casefold() == self.city.casefold())
            and (self.offer is None or advert.offer is self.offer)
            and (self.property_type is None or advert.property_type is self.property_type)
            and _within(advert.price, self.min_price, self.max_price)
            and _within(advert.living_area, self.min_area, self.max_area)
            and _within(advert.bedrooms, self.bedrooms_min, self.bedrooms_max)
            and _within(advert.on_market_date, self.listed_from, self.listed_to)
        )

    def find(self, adverts: Iterable[Advert]) -> list[Advert]:
        """All results in the order asked for; adverts of equal rank keep one order."""
        return sorted(filter(self.matches, adverts), key=SORTS[self.sort])

    def parameters(self) -> dict[str, str]:
        """The query as URL parameters, unset ones left out."""
        told = {name: getattr(self, name) for name in self.__slots__}
        if self.sort == "newest":
            del told["sort"]
        return {name: str(value) for name, value in told.items() if value not in (None, "")}


def _within(value: Any, low: Any, high: Any) -> bool:
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def read_query(parameters: Mapping[str, str]) -> tuple[Query, int]:
    """A query and the number of the wanted page, from URL parameters; empty ones count as left out.

    Raises:
        BadQueryError: for an unknown parameter or an impossible value.
    """
    given = {name: value.strip() for name, value in parameters.items() if value.strip()}
    unknown = sorted(given.keys() - _READERS.keys())
    if unknown:
        raise BadQueryError(f"there is no search parameter {', '.join(unknown)}")
    values: dict[str, Any] = {}
    for name, text in given.items():
        try:
            values[name] = _READERS[name](text)
        except (ValueError, InvalidOperation) as error:
            raise BadQueryError(f"{name} cannot be {text!r}") from error
    page = values.pop("page", 1)
    return Query(**values), page


def _sort(text: str) -> str:
    if text not in SORTS:
        raise ValueError(text)
    return text


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount < 0:
        raise ValueError(text)
    return amount


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise ValueError(text)
    return int(text)


def _page(text: str) -> int:
    if _count(text) < 1:
        raise ValueError(text)
    return int(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "city": str,
    "offer": Offer,
    "property_type": PropertyType,
    "min_price": _amount,
    "max_price": _amount,
    "min_area": _amount,
    "max_area": _amount,
    "bedrooms_min": _count,
    "bedrooms_max": _count,
    "listed_from": datetime.date.fromisoformat,
    "listed_to": datetime.date.fromisoformat,
    "sort": _sort,
    "page": _page,
}
