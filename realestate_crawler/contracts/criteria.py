"""Contract 1: what to watch. One YAML file, one model, errors that name file, criterion and key.

What belongs here: the model and reading the file. What does not: how a source turns a criterion into
requests (`spiders`), and whether a listing satisfies it (`domain.matching`).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from realestate_crawler.contracts.yaml_file import YamlFileError, read_yaml
from realestate_crawler.vocabulary import Offer, PropertyType, lookup

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
Word = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(lambda text: unicodedata.normalize("NFC", text)),  # sites compare bytes
]
Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class CriteriaError(ValueError):
    """The criteria cannot be used; the message says which file, criterion and key, and why."""


class Strict(BaseModel):
    """A model in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Range(Strict):
    """From `min` to `max`, both included; either may be left out."""

    min: Bound | None = None
    max: Bound | None = None

    @field_validator("min", "max", mode="before")
    @classmethod
    def _no_truth_value(cls, value: Any) -> Any:
        if isinstance(value, bool):
            raise ValueError("Input should be a number")  # noqa: TRY004 (pydantic collects these)
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min:g} is greater than max {self.max:g}")
        return self


class Near(Strict):
    """A point with a radius: degrees WGS84 and kilometres."""

    latitude: Latitude
    longitude: Longitude
    radius_km: float = Field(gt=0, le=500)


class Criterion(Strict):
    """One thing to watch.

    Attributes:
        id: names the scope; part of folder names and of every change that follows from it.
        source: the spider that knows the source.
        near: only listings within a circle.
        polygon: only listings inside, as [longitude, latitude] corners.
        list_price: in the currency of the source.
        living_area: in square metres.
        options: what only this source understands.
    """

    id: Identifier
    source: str = Field(min_length=1)
    city: Word | None = None
    state_or_province: Word | None = None
    postal_code: Word | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")
    near: Near | None = None
    polygon: tuple[tuple[Longitude, Latitude], ...] | None = Field(default=None, min_length=3)
    offer: Offer | None = None
    property_types: tuple[PropertyType, ...] = ()
    list_price: Range | None = None
    living_area: Range | None = None
    bedrooms_total: Range | None = None
    rooms_total: Range | None = None
    year_built: Range | None = None
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("postal_code", mode="before")
    @classmethod
    def _postal_code_is_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("offer", mode="before")
    @classmethod
    def _offer_synonym(cls, value: Any) -> Any:
        return (lookup(Offer, value) or value) if isinstance(value, str) else value

    @field_validator("property_types", mode="before")
    @classmethod
    def _property_type_synonyms(cls, value: Any) -> Any:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, Sequence):
            return value
        return tuple((lookup(PropertyType, w) or w) if isinstance(w, str) else w for w in words)

    def filters(self) -> dict[str, Any]:
        """The narrowing keys that are set, as plain values."""
        told = self.model_dump(mode="json", exclude_none=True, exclude={"id", "source", "options"})
        return {key: value for key, value in told.items() if value != []}


def read_criteria(path: Path) -> tuple[Criterion, ...]:
    """All criteria of a file, in its order.

    Raises:
        CriteriaError: naming file, criterion and key of everything that is wrong.
    """
    try:
        document = read_yaml(path)
    except YamlFileError as error:
        raise CriteriaError(str(error)) from error
    if not isinstance(document, Mapping) or set(document) != {"criteria"} or not isinstance(document["criteria"], list):
        raise CriteriaError(f"{path}: expected one key 'criteria' with a list of criteria")
    if not document["criteria"]:
        raise CriteriaError(f"{path}: 'criteria' is empty: there is nothing to watch")
    criteria: list[Criterion] = []
    complaints: list[str] = []
    for number, entry in enumerate(document["criteria"], start=1):
        name = str(entry.get("id", f"#{number}")) if isinstance(entry, Mapping) else f"#{number}"
        try:
            criteria.append(Criterion.model_validate(entry))
        except ValidationError as error:
            complaints += _complaints(error, f"{path}: criterion {name}")
    seen: set[str] = set()
    for criterion in criteria:
        if criterion.id in seen:
            complaints.append(f"{path}: criterion {criterion.id}: key id: used twice")
        seen.add(criterion.id)
    if complaints:
        raise CriteriaError("\n".join(complaints))
    return tuple(criteria)


def select(criteria: Sequence[Criterion], only: Sequence[str], *, where: str) -> tuple[Criterion, ...]:
    """The criteria with the ids in `only` (all, when it is empty).

    Raises:
        CriteriaError: for an id that no criterion has.
    """
    known = {criterion.id for criterion in criteria}
    unknown = [wanted for wanted in only if wanted not in known]
    if unknown:
        raise CriteriaError(f"{where}: no criterion {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return tuple(c for c in criteria if not only or c.id in only)


def criterion_from_arguments(arguments: Mapping[str, str], *, source: str, base: Criterion | None = None) -> Criterion:
    """A criterion from `-a name=value` words, over `base` where one was read from a file.

    Ranges are `NAME_min` and `NAME_max`; lists are separated by commas; `near` is "latitude,longitude,radius_km".

    Raises:
        CriteriaError: naming the argument that is unknown or impossible.
    """
    told: dict[str, Any] = base.model_dump(exclude_none=True) if base else {"id": "adhoc", "source": source}
    for name, text in arguments.items():
        field, _, end = name.rpartition("_")
        if end in ("min", "max") and field in _RANGES:
            bounds = told.get(field) or {}
            told[field] = {**bounds, end: text}
        elif name == "property_types":
            told[name] = [word.strip() for word in text.split(",") if word.strip()]
        elif name == "near":
            parts = [part.strip() for part in text.split(",")]
            if len(parts) != 3:
                raise CriteriaError(f"argument: key near: expected latitude,longitude,radius_km (given: {text!r})")
            told[name] = dict(zip(("latitude", "longitude", "radius_km"), parts, strict=True))
        else:
            told[name] = text
    try:
        return Criterion.model_validate(told)
    except ValidationError as error:
        raise CriteriaError("\n".join(_complaints(error, "argument"))) from error


_RANGES = frozenset({"list_price", "living_area", "bedrooms_total", "rooms_total", "year_built"})

# The arguments that narrow a search; `polygon` and `options` are for files.
ARGUMENTS = (frozenset(Criterion.model_fields) - {"source", "polygon", "options"} - _RANGES) | {
    f"{name}_{end}" for name in _RANGES for end in ("min", "max")
}


def _complaints(error: ValidationError, where: str) -> list[str]:
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"]) or "(whole)"
        given = problem.get("input")
        told = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
        message = (
            "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
        )
        lines.append(f"{where}: key {key}: {message}{told}")
    return lines
