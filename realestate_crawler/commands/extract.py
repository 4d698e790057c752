"""`scrapy extract FILE-or-URL…`: what would be read from a page, as one line of JSON a page.

What belongs here: arguments, printing, exit codes. What does not: reading pages (`pages`) and fetching (`fetch`).
Everything heavy is imported when it is needed: other commands start while this module is only looked at.
"""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

if TYPE_CHECKING:
    from realestate_crawler.pages.page import Page, Reading
    from realestate_crawler.profiles.model import Profile

# Above the codes of `scrapy crawl`; of several pages the highest counts.
EXIT_CODES = {"listing": 0, "results": 0, "blocked": 10, "gone": 11, "empty": 12, "other": 13}
UNREADABLE = 2

# Always printed, empty or not; everything else only when the page says it.
ALWAYS = (
    "listing_key",
    "list_price",
    "currency",
    "offer",
    "price_period",
    "living_area",
    "living_area_units",
    "lot_size_area",
    "lot_size_units",
    "bedrooms_total",
    "bathrooms_total_integer",
    "rooms_total",
    "year_built",
    "city",
    "state_or_province",
    "postal_code",
    "country",
    "latitude",
    "longitude",
    "unparsed_address",
    "title",
    "property_type",
    "status",
    "list_office_name",
)


class Command(ScrapyCommand):
    """Files are read without a crawl engine; an address is fetched as a crawl would fetch it."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """See ScrapyCommand."""
        return "FILE-or-URL ... [--url URL] [--profile NAME|FILE|auto] [--explain | --table]"

    def short_desc(self) -> str:
        """See ScrapyCommand."""
        return "Print what is read from pages (files or addresses), one line of JSON each"

    def long_desc(self) -> str:
        """See ScrapyCommand."""
        codes = ", ".join(f"{code} {name}" for name, code in EXIT_CODES.items())
        return (
            "Reads saved pages (HTML, or JSON of a site's API) or fetches addresses, robots.txt obeyed, and prints for "
            "each its verdict, address, claimed total, next page and listings. Without --profile only the "
            f"generic reader works. Exit codes: {codes}; {UNREADABLE} a page that cannot be read or fetched; "
            "of several the highest."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """See ScrapyCommand."""
        super().add_options(parser)
        parser.add_argument("--url", default="", help="the address that a saved page came from")
        # Scrapy's own --profile writes cProfile statistics to the file it is given: that would be the site's profile.
        parser.add_argument(
            "--profile", dest="site", default="", metavar="NAME", help="a site profile, its file, or auto"
        )
        parser.set_defaults(profile=None)
        shown = parser.add_mutually_exclusive_group()
        shown.add_argument("--explain", action="store_true", help="add where each value comes from")
        shown.add_argument("--table", action="store_true", help="the main fields as a table, to compare with the page")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Prints one line a page."""
        if not args:
            raise UsageError("give at least one file or address")
        from realestate_crawler.page_bodies import page_bodies  # noqa: PLC0415
        from realestate_crawler.page_table import table  # noqa: PLC0415
        from realestate_crawler.pages.reader import read_page  # noqa: PLC0415
        from realestate_crawler.profiles.registry import ProfileError  # noqa: PLC0415

        assert self.settings is not None
        codes = []
        for place, body in zip(args, page_bodies(args, [opts.url] * len(args), self.settings), strict=True):
            try:
                if isinstance(body, OSError):
                    raise body
                page = read_page(*body, _profile(opts.site, *body))
            except (OSError, ProfileError) as error:
                print(f"{place}: {error}", file=sys.stderr)
                codes.append(UNREADABLE)
                continue
            print(table(page) if opts.table else json.dumps(told(page, explain=opts.explain), ensure_ascii=False))
            codes.append(EXIT_CODES[page.verdict.value])
        self.exitcode = max(codes)


def told(page: "Page", *, explain: bool) -> dict[str, Any]:
    """A page as plain data, in the order in which it is printed."""
    return {
        "verdict": page.verdict.value,
        "url": page.url or None,
        "reported_total": page.reported_total,
        "next_page_url": page.next_page_url,
        "listings": [_listing(reading, explain=explain) for reading in page.readings],
        **({"reason": page.reason} if explain else {}),
    }


def _listing(reading: "Reading", *, explain: bool) -> dict[str, Any]:
    import dataclasses  # noqa: PLC0415

    from realestate_crawler.contracts.feed import plain  # noqa: PLC0415

    values = {field.name: plain(getattr(reading.listing, field.name)) for field in dataclasses.fields(reading.listing)}
    values["status"] = values["standard_status"]
    shown = {name: values.pop(name) for name in ALWAYS}
    shown.update({name: value for name, value in values.items() if value not in (None, "", {}, [])})
    if explain:
        shown["provenance"] = {
            name: {"source": e.source, "where": e.where, "trust": int(e.trust)}
            for name, e in reading.provenance.items()
        }
    return shown


def _profile(name: str, body: bytes, url: str) -> "Profile | None":
    from realestate_crawler.profiles.registry import for_page, load  # noqa: PLC0415
    from realestate_crawler.settings import PROFILES  # noqa: PLC0415

    if not name:
        return None
    return for_page(body, url, [PROFILES]) if name == "auto" else load(name, [PROFILES])
