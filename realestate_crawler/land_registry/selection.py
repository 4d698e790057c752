"""Which sales a criterion asks for. The register knows places and kinds; it knows no rooms and no asking prices.

What belongs here: the criterion's keys as far as the register can answer them. What does not: reading records (`rows`).
"""

from collections.abc import Callable

from realestate_crawler.contracts.criteria import CriteriaError, Criterion
from realestate_crawler.sale import Sale

_PLACES: dict[str, Callable[[Sale], str | None]] = {
    "city": lambda sale: sale.city,
    "state_or_province": lambda sale: sale.county_or_parish,
}
_KNOWN = {"city", "state_or_province", "postal_code", "country", "property_types", "offer"}


def check(criterion: Criterion) -> None:
    """Refuses what the register cannot answer.

    Raises:
        CriteriaError: naming criterion and key.
    """
    unknown = sorted(set(criterion.filters()) - _KNOWN)
    if unknown:
        raise CriteriaError(
            f"criterion {criterion.id}: key {', '.join(unknown)}: the register does not say; "
            f"there are {', '.join(sorted(_KNOWN))}"
        )
    if criterion.country not in (None, "GB"):
        raise CriteriaError(f"criterion {criterion.id}: key country: the register is of GB")
    if criterion.offer not in (None, "sale"):
        raise CriteriaError(f"criterion {criterion.id}: key offer: the register has sales only")


def outside(sale: Sale, criterion: Criterion) -> str | None:
    """The first key of the criterion that the sale contradicts; None when it satisfies all.

    A postal code may be shorter: "M18" is the district, "M18 7" the sector.
    """
    for key, told in _PLACES.items():
        wanted = getattr(criterion, key)
        if wanted is not None and wanted.casefold() != (told(sale) or "").casefold():
            return key
    if criterion.postal_code is not None and not _covers(criterion.postal_code, sale.postal_code or ""):
        return "postal_code"
    if criterion.property_types and sale.property_type and sale.property_type not in criterion.property_types:
        return "property_types"
    return None


def _covers(wanted: str, told: str) -> bool:
    area, code = " ".join(wanted.upper().split()), " ".join(told.upper().split())
    if " " not in area:
        return code.replace(" ", "") == area or code.partition(" ")[0] == area
    return code.startswith(area)
