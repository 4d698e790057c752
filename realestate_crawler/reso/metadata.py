"""$metadata (CSDL XML) → the fields that a service really has, with their types.

What belongs here: reading the schema. What does not: which of the fields are wanted (`query`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree as Xml

LOOKUP = "Lookup"
STANDARD_NAME = "RESO.OData.Metadata.StandardName"


class ServiceError(ValueError):
    """The service answered something that cannot be used; the message says what."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """What a field holds.

    Attributes:
        name: type name: Edm.String, or the full name of an enumeration.
        collection: whether it holds several values.
        members: the service's own word → standard name, of an enumeration or by the Lookup resource; else empty.
    """

    name: str
    collection: bool = False
    members: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Resource:
    """One entity set of a service.

    Attributes:
        key: the fields that identify an entity.
        fields: structural properties; navigation to other resources is left out.
        lookups: whether the service explains its words in a Lookup resource.
    """

    name: str
    key: tuple[str, ...]
    fields: Mapping[str, FieldType]
    lookups: bool = False

    def explained(self, lookups: Mapping[str, Mapping[str, str]]) -> "Resource":
        """The same with what the Lookup resource says of text fields (lookup name → word → standard name)."""
        fields = {
            name: replace(kind, members=lookups[name]) if name in lookups and kind.name == "Edm.String" else kind
            for name, kind in self.fields.items()
        }
        return replace(self, fields=fields)

    def standard_name(self, field_name: str, word: str) -> str:
        """What the service's word means; the word itself where it does not say."""
        kind = self.fields.get(field_name)
        return kind.members.get(word, word) if kind else word


def read_metadata(data: bytes, resource: str) -> Resource:
    """The resource as the service's own metadata describes it.

    Raises:
        ServiceError: when the document is not CSDL, or has no such resource.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ServiceError("$metadata holds a document type declaration: refused")
    try:
        root = Xml.fromstring(data)  # noqa: S314 (declarations, the way of all known attacks, are refused above)
    except Xml.ParseError as error:
        raise ServiceError(f"$metadata is not XML: {error}") from error
    types: dict[str, Xml.Element] = {}
    sets: dict[str, str] = {}
    for schema in _all(root, "Schema"):
        namespace, alias = schema.get("Namespace", ""), schema.get("Alias")
        for child in schema:
            if _local(child) in ("EntityType", "EnumType"):
                for prefix in (namespace, alias):
                    if prefix:
                        types[f"{prefix}.{child.get('Name')}"] = child
        sets |= {found.get("Name", ""): found.get("EntityType", "") for found in _all(schema, "EntitySet")}
    entity = types.get(sets.get(resource, ""))
    if entity is None:
        raise ServiceError(f"the service has no resource {resource}; it has {', '.join(sorted(sets)) or 'none'}")
    key: tuple[str, ...] = ()
    fields: dict[str, FieldType] = {}
    for level in _with_bases(entity, types):
        key = key or tuple(ref.get("Name", "") for ref in _all(level, "PropertyRef"))
        for found in level:
            if _local(found) == "Property":
                fields.setdefault(found.get("Name", ""), _type(found.get("Type", ""), types))
    return Resource(resource, key, fields, lookups=LOOKUP in sets)


def _with_bases(entity: Xml.Element, types: Mapping[str, Xml.Element]) -> Iterator[Xml.Element]:
    seen: set[str] = set()
    level: Xml.Element | None = entity
    while level is not None:
        yield level
        base = level.get("BaseType", "")
        level = types.get(base) if base not in seen else None
        seen.add(base)


def _type(name: str, types: Mapping[str, Xml.Element]) -> FieldType:
    collection = name.startswith("Collection(")
    inner = name.removeprefix("Collection(").removesuffix(")") if collection else name
    enum = types.get(inner)
    members = {}
    if enum is not None and _local(enum) == "EnumType":
        members = {m.get("Name", ""): _standard_name(m) for m in enum if _local(m) == "Member"}
    return FieldType(inner, collection, members)


def _standard_name(member: Xml.Element) -> str:
    name = member.get("Name", "")
    for annotation in member:
        if _local(annotation) == "Annotation" and annotation.get("Term") == STANDARD_NAME:
            return annotation.get("String") or annotation.findtext("{*}String") or name
    return name


def _all(root: Xml.Element, name: str) -> Iterator[Xml.Element]:
    return (found for found in root.iter() if _local(found) == name)


def _local(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]
