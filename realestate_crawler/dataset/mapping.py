"""The mapping of a dataset: which column is which field. A small YAML file, one model, errors that name the key.

What belongs here: the model. What does not: reading tables (`table`) and applying the mapping (`rows`).
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidationInfo, field_validator

from realestate_crawler.contracts.criteria import CriteriaError, Identifier, Strict
from realestate_crawler.contracts.manifest import Absence
from realestate_crawler.contracts.yaml_file import YamlFileError, read_yaml
from realestate_crawler.dataset.scopes import Scopes
from realestate_crawler.domain.area import area_units
from realestate_crawler.domain.columns import overlap
from realestate_crawler.items import MEANINGS, SOURCE_FIELDS, Form
from realestate_crawler.vocabulary import lookup


class Column(Strict):
    """Where a field's value stands and how it is meant.

    Attributes:
        column: name of the column; dots lead into nested objects.
        unit: unit of an area (m2, sqft, acres, ha); for other numbers leave it out.
        values: the source's word → ours, for choice fields.
        scale: factor on a number (1000 where the source writes thousands).
    """

    column: str = Field(min_length=1)
    unit: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    scale: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @field_validator("values", mode="before")
    @classmethod
    def _words(cls, value: Any) -> Any:
        return {word_of(k): v for k, v in value.items()} if isinstance(value, dict) else value


class Mapping(Strict):
    """How one published table becomes listings.

    Attributes:
        source: names the collection in all tables.
        scope: names the scope; the source's name where left out.
        rows: dotted path to the list inside a JSON document; left out = the document itself.
        key: column or columns that identify a listing.
        fields: item field → column.
        constants: item field → value that holds for every row.
        volatile: columns that are stored and never compared.
        personal: columns that name or reach people.
        snapshot: what absence proves: complete, partial or window.
        claimed: dotted path to the number of rows that the document says it has.
        scopes: how the snapshot is split into scopes, each a feed of its own.
        delimiter: of a CSV file; found out where left out.
    """

    source: Identifier
    scope: Identifier | None = None
    rows: str | None = None
    key: Annotated[tuple[str, ...], Field(min_length=1)]
    fields: dict[str, Column] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    volatile: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    snapshot: Absence = Absence.COMPLETE
    claimed: str | None = None
    scopes: Scopes | None = None
    delimiter: str | None = Field(default=None, pattern=r'^[^\r\n"\x00]$')

    @field_validator("key", mode="before")
    @classmethod
    def _one_key(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("fields", mode="before")
    @classmethod
    def _short_columns(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: {"column": told} if isinstance(told, str) else told for name, told in value.items()}

    @field_validator("fields", "constants")
    @classmethod
    def _known_fields(cls, value: dict[str, Any]) -> dict[str, Any]:
        unknown = sorted(set(value) - set(SOURCE_FIELDS))
        if unknown:
            raise ValueError(f"no item field {', '.join(unknown)}; there are {', '.join(SOURCE_FIELDS)}")
        return value

    @field_validator("fields")
    @classmethod
    def _possible_units(cls, value: dict[str, Column]) -> dict[str, Column]:
        for name, column in value.items():
            if column.unit is not None and MEANINGS[name].form is not Form.AREA:
                raise ValueError(f"{name}: unit is for areas")
            if column.unit is not None and area_units(column.unit) is None:
                raise ValueError(f"{name}: unit {column.unit!r} is not known; there are m2, sqft, acres, ha")
        return value

    @field_validator("fields")
    @classmethod
    def _possible_values(cls, value: dict[str, Column]) -> dict[str, Column]:
        for name, column in value.items():
            vocabulary = MEANINGS[name].vocabulary
            if column.values and vocabulary is None:
                raise ValueError(f"{name}: values is for choices")
            for word, ours in column.values.items():
                if vocabulary is not None and lookup(vocabulary, ours) is None:
                    there = ", ".join(member.value for member in vocabulary)
                    raise ValueError(f"{name}: values: {word}: {ours!r} is not in the vocabulary; there are {there}")
        return value

    @field_validator("fields")
    @classmethod
    def _possible_scales(cls, value: dict[str, Column]) -> dict[str, Column]:
        for name, column in value.items():
            if column.scale is not None and MEANINGS[name].form not in _NUMBERS:
                raise ValueError(f"{name}: scale is for numbers")
        return value

    @field_validator("personal")
    @classmethod
    def _no_personal_key(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        shown = [column for column in info.data.get("key", ()) if overlap(column, value)]
        if shown:
            raise ValueError(f"{', '.join(shown)} is part of the key: it would be in every table")
        return value

    @field_validator("scopes")
    @classmethod
    def _one_claim(cls, value: Scopes | None, info: ValidationInfo) -> Scopes | None:
        if value is not None and info.data.get("claimed"):
            raise ValueError("where a snapshot is split, say scopes.claimed instead of claimed")
        personal = info.data.get("personal", ())
        if value is not None and overlap(value.column, personal):
            raise ValueError(f"{value.column} is personal: it would be in the name of every feed")
        return value

    def volatile_names(self) -> frozenset[str]:
        """The volatile columns, and the fields that are read from them."""
        return self._with_fields(self.volatile)

    def personal_names(self) -> frozenset[str]:
        """The personal columns, and the fields that are read from them."""
        return self._with_fields(self.personal)

    def _with_fields(self, columns: tuple[str, ...]) -> frozenset[str]:
        fields = {name for name, told in self.fields.items() if overlap(told.column, columns)}
        return frozenset(columns) | fields


def word_of(value: Any) -> str:
    """A source's value as the text that `values` is asked for: JSON's own spelling of truth and whole numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


_NUMBERS = frozenset({Form.MONEY, Form.AREA, Form.NUMBER, Form.INTEGER})


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file.

    Raises:
        CriteriaError: naming file and key of everything that is wrong.
    """
    try:
        document = read_yaml(path)
    except YamlFileError as error:
        raise CriteriaError(str(error)) from error
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            key = ".".join(map(str, problem["loc"])) or "(whole)"
            message = "unknown key" if problem["type"] == "extra_forbidden" else problem["msg"]
            lines.append(f"{path}: key {key}: {message.removeprefix('Value error, ')}")
        raise CriteriaError("\n".join(lines)) from error
