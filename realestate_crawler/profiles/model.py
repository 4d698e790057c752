"""The model of a site profile: an unknown key, a bad pattern or an impossible rule is an error that names its place.

What belongs here: what a profile may say. What does not: applying it to a page (`pages.overrides`), to a criterion
(search) and finding the file (registry).
"""

import re
from typing import Annotated, Self

from cssselect import ExpressionError, SelectorError
from parsel.csstranslator import HTMLTranslator
from pydantic import Field, field_validator, model_validator

from realestate_crawler.contracts.criteria import Strict, Word
from realestate_crawler.items import MEANINGS, SOURCE_FIELDS
from realestate_crawler.vocabulary import Offer, PropertyType

# Pseudo fields that a rule may fill besides the item's own.
EXTRA_FIELDS = frozenset({"listing_key"})
# What only the cutting of searches asks for: no criterion has it.
DATE = "on_market_date"
PLACES = ("city", "state_or_province", "postal_code")
RANGES = ("list_price", "living_area", "bedrooms_total", "rooms_total", "year_built")


class Rule(Strict):
    """Where one field stands, where the generic reader is wrong or blind.

    Exactly one of `css`, `json` and `value` is given.

    Attributes:
        css: a CSS selector, with `::text` or `::attr(name)`; inside a card on pages of results.
        json_path: `NAME#a.b[0].c` inside the embedded data whose name holds NAME ("document" for a JSON answer);
            `#a.b` inside the object of a result.
        value: the same for every listing of the site.
        regex: its first group (or all it matches) is taken from what was found.
        values: what was found → the value it stands for, case and accents aside; "*" is everything else; empty is none.
        only: where nothing is found, the field is left empty: the generic reader is not asked.
        missing: the field is left empty, whatever the page says.
    """

    css: str | None = None
    json_path: str | None = Field(default=None, alias="json", pattern=r"^[^#]*#.+")
    value: str | None = None
    regex: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    only: bool = False
    missing: bool = False

    @field_validator("css")
    @classmethod
    def _selects(cls, value: str | None) -> str | None:
        return _selector(value)

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        return _pattern(value)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        places = [self.css is not None, self.json_path is not None, self.value is not None, self.missing]
        if sum(places) != 1:
            raise ValueError("give exactly one of css, json, value, missing")
        return self


Fields = dict[Annotated[str, Field()], Rule]


class Terms(Strict):
    """What the user has to know before crawling the site.

    Attributes:
        notice: says that the choice is the user's.
        licence: of the site's data, as far as it says so.
        robots: profiles cannot switch robots.txt off.
    """

    notice: str = Field(min_length=40)
    licence: str = Field(min_length=3)
    robots: str = Field(default="obeyed", pattern="^obeyed$")


class Politeness(Strict):
    """How gently the site is asked."""

    delay_seconds: float = Field(default=5.0, ge=0, le=600)
    concurrent_requests: int = Field(default=1, ge=1, le=4)


class Search(Strict):
    """How a criterion becomes an address.

    Attributes:
        urls: by offer, with {city}, {state_or_province}, {postal_code} and {property_type} in it.
        slug: how a place is written in an address: `dash` (bad-homburg), `underscore`, `plus`, `quote` (Bad%20Homburg).
        letters: which letters the site writes by others: {å: aa}. None = `dash` and `underscore` write ä ö ü ß as
            ae oe ue ss where the country speaks German, and leave other accents out.
        property_types: the site's own word for each type.
        parameters: bound of a criterion (list_price_max, …, on_market_date_min as 2026-07-01), or property_type or a
            place → query parameter.
        values: places by which the site's search can be narrowed, where these are few: {postal_code: [1010, 1020]}.
        result_cap: how many results the site shows at most, whatever it claims; None when it has no cap, or none is
            known. A search that finds more is cut into narrower ones, as far as `parameters` can say them.
    """

    urls: dict[Offer, str] = Field(default_factory=dict)
    slug: str = Field(default="dash", pattern="^(dash|underscore|plus|quote)$")
    letters: dict[Annotated[str, Field(pattern=r"^\w$")], str] | None = None
    property_types: dict[PropertyType, str] = Field(default_factory=dict)
    parameters: dict[str, str] = Field(default_factory=dict)
    values: dict[str, tuple[Word, ...]] = Field(default_factory=dict)
    result_cap: int | None = Field(default=None, gt=0)

    @field_validator("parameters")
    @classmethod
    def _known_bounds(cls, value: dict[str, str]) -> dict[str, str]:
        known = {f"{name}_{end}" for name in (*RANGES, DATE) for end in ("min", "max")} | {"property_type", *PLACES}
        unknown = sorted(set(value) - known)
        if unknown:
            raise ValueError(f"no such bound: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        return value

    @model_validator(mode="after")
    def _expressible(self) -> Self:
        unknown = sorted(set(self.values) - (set(PLACES) & set(self.parameters)))
        if unknown:
            raise ValueError(f"values of {', '.join(unknown)}: only of a place that stands in parameters")
        return self


class Paging(Strict):
    """How results go on where no link says it: a query parameter that grows by `step`, or a path with {page}.

    Attributes:
        parameter: the query parameter; None where links lead on.
        path: appended to the search address for the following pages, with {page} in it.
        first: its value on the first page.
        step: how much it grows from page to page.
    """

    parameter: str | None = None
    path: str | None = None
    first: int = 1
    step: int = Field(default=1, ge=1)


class Links(Strict):
    """Which addresses are what: regular expressions, searched in the whole address.

    Attributes:
        listing: pages of one listing.
        results: pages of results.
        gone: where the site leads visitors of listings that are no more; without it, such a redirect is a failure.
    """

    listing: str | None = None
    results: str | None = None
    gone: str | None = None

    @field_validator("listing", "results", "gone")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        return _pattern(value)


class Section(Strict):
    """Field rules for one kind of page.

    Attributes:
        cards: CSS selector of the blocks that show one result each; only for results.
        fields: item field → where it stands.
    """

    cards: str | None = None
    fields: Fields = Field(default_factory=dict)

    @field_validator("cards")
    @classmethod
    def _selects(cls, value: str | None) -> str | None:
        return _selector(value)

    @field_validator("fields")
    @classmethod
    def _known_fields(cls, value: Fields) -> Fields:
        unknown = sorted(set(value) - set(SOURCE_FIELDS) - EXTRA_FIELDS)
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}")
        return value


class Profile(Strict):
    """Everything that is special about one site.

    Attributes:
        name: short name; the `source` of its listings.
        title: name as people say it.
        hosts: the site's hosts; their subdomains belong to them.
        marks: texts that only this site's pages hold, for saved pages without an address.
        country: where its listings lie, when nothing on a page says otherwise (ISO 3166 alpha-2).
        currency: what its amounts are in, when the page shows no sign (ISO 4217).
        offer: where the whole site is for one offer.
        volatile: fields that change although the listing does not.
        detail_max_age_days: the page of a listing whose result card is as it was is fetched again after so many days;
            0 = in each crawl.
        needs_javascript: whether its pages are empty without a browser.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,60}$")
    title: str
    hosts: tuple[str, ...] = Field(min_length=1)
    marks: tuple[str, ...] = ()
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    currency: str | None = Field(default=None, pattern=r"^[A-Z]{3}$")
    offer: Offer | None = None
    terms: Terms
    politeness: Politeness = Politeness()
    needs_javascript: bool = False
    search: Search = Search()
    paging: Paging = Paging()
    links: Links = Links()
    listing: Section = Section()
    results: Section = Section()
    volatile: tuple[str, ...] = ()
    detail_max_age_days: float = Field(default=7, ge=0, le=366, allow_inf_nan=False)

    @field_validator("volatile")
    @classmethod
    def _known_volatile(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in value if name not in MEANINGS]
        if unknown:
            raise ValueError(f"no such field: {', '.join(unknown)}")
        return value

    def owns(self, host: str) -> bool:
        """Whether a host is the site's, or below one that is."""
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)


def _selector(value: str | None) -> str | None:
    if value is not None:
        try:
            HTMLTranslator().css_to_xpath(value)
        except (SelectorError, ExpressionError) as error:
            hint = r"; a colon inside a name is written \:" if ":" in value else ""
            raise ValueError(f"not a CSS selector: {value}: {error}{hint}") from error
    return value


def _pattern(value: str | None) -> str | None:
    if value is not None:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
    return value
