"""Values that a site's data keep apart → the one value they are together: a point, a street with its number, an area
with its unit.

What belongs here: joining evidence of one object. What does not: reading the object (state_facts).
"""

from collections.abc import Iterator
from decimal import Decimal

from realestate_crawler.pages.evidence import POINT, Evidence


def join(found: list[Evidence], source: str, where: str) -> list[Evidence]:
    """The evidence of one object with its parts joined; parts that found no partner are left out."""
    points = list(_points(found, source, where))
    whole = [e for e in found if e.field not in ("latitude", "longitude")]
    return _with_house_number(_with_units(whole + points))


def _points(found: list[Evidence], source: str, where: str) -> Iterator[Evidence]:
    """Latitude and longitude that stand in the same object, as one point."""
    by_parent: dict[str, dict[str, Evidence]] = {}
    for evidence in found:
        if evidence.field in ("latitude", "longitude"):
            by_parent.setdefault(evidence.where.rpartition(".")[0], {}).setdefault(evidence.field, evidence)
    for parent, pair in by_parent.items():
        if len(pair) == 2:
            latitude, longitude = pair["latitude"], pair["longitude"]
            yield Evidence(POINT, (latitude.value, longitude.value), source, parent or where, latitude.trust)


def _with_units(found: list[Evidence]) -> list[Evidence]:
    """Joins an amount with the currency, and an area with the unit, that the same object names."""
    said = [e for e in found if e.field in ("living_area_units", "lot_size_units")]
    named = {e.field: e for e in reversed(said)}
    beside = {(e.field, e.where.rpartition(".")[0]): e for e in said}
    result = []
    for evidence in found:
        units = {"living_area": "living_area_units", "lot_size_area": "lot_size_units"}.get(evidence.field, "")
        if units and not evidence.companions and isinstance(evidence.value, int | float | Decimal) and units in named:
            own = beside.get((units, evidence.where.rpartition(".")[0]), named[units])
            result.append(evidence._replace(companions={units: own.value}))
        else:
            result.append(evidence)
    return [e for e in result if e.field not in ("living_area_units", "lot_size_units")]


def _with_house_number(found: list[Evidence]) -> list[Evidence]:
    """Street and number, and the two halves of a British postcode, as one value each."""
    parts = {e.field: e for e in reversed(found) if e.field in ("house_number", "outcode", "incode")}
    result = []
    for evidence in found:
        number = parts.get("house_number")
        if (
            evidence.field == "unparsed_address"
            and number
            and number.where.rpartition(".")[0] == evidence.where.rpartition(".")[0]
        ):
            street, house = str(evidence.value), str(number.value)
            whole = street if house in street else f"{street} {house}"
            result.append(evidence._replace(value=whole))
        elif evidence.field not in ("house_number", "outcode", "incode"):
            result.append(evidence)
    if "outcode" in parts and "incode" in parts:
        out, inward = parts["outcode"], parts["incode"]
        result.append(Evidence("postal_code", f"{out.value} {inward.value}", out.source, out.where, out.trust + 2))
    return result
