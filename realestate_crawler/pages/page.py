"""What a page reader returns.

What belongs here: the shapes of the answer. What does not: how it is found (reader).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from realestate_crawler.items import Listing
from realestate_crawler.pages.evidence import Evidence

# A page of which nothing is believed, because a parser could not hold all of it.
PARSE_SUSPECT = "parse_suspect"


class Verdict(StrEnum):
    """What kind of page it is.

    LISTING shows one listing, RESULTS a list of them, BLOCKED a defence against robots, GONE says that the listing no
    longer exists, EMPTY says that a search found nothing, OTHER is anything else: a layout in which nothing was
    found too.
    """

    LISTING = "listing"
    RESULTS = "results"
    BLOCKED = "blocked"
    GONE = "gone"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(slots=True)
class Reading:
    """One listing as read: the item, and which evidence each of its fields comes from."""

    listing: Listing
    provenance: dict[str, Evidence] = field(default_factory=dict)


@dataclass(slots=True)
class Page:
    """One page as read.

    Attributes:
        verdict: what kind of page it is.
        url: its own address, tracking removed; empty when unknown.
        reported_total: how many results the site itself claims.
        total_is_least: whether it claims at least as many ("1,000+"), not just as many.
        next_page_url: where the results go on; None on the last page, and where no link says it.
        readings: its listings in the order of the page.
        reason: why the verdict was given, in a few words; begins with PARSE_SUSPECT where the page was not read whole.
        encoding_suspect: why its letters may not be those that the site meant; empty where they are sure.
    """

    verdict: Verdict
    url: str = ""
    reported_total: int | None = None
    next_page_url: str | None = None
    readings: list[Reading] = field(default_factory=list)
    reason: str = ""
    encoding_suspect: str = ""
    total_is_least: bool = False

    @property
    def listings(self) -> list[Listing]:
        """The listings alone."""
        return [reading.listing for reading in self.readings]
