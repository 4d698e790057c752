"""One answer of an OData service → its rows, the total it claims, and where the next page is.

What belongs here: the JSON of the protocol. What does not: asking (the spider) and meaning (`rows`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from realestate_crawler.reso.metadata import ServiceError


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer says.

    Attributes:
        rows: the entities.
        count: @odata.count; None when the service does not say.
        next_url: @odata.nextLink, absolute; None on the last page.
    """

    rows: list[dict[str, Any]]
    count: int | None
    next_url: str | None


def read_page(data: bytes, url: str) -> Page:
    """Reads an answer.

    Raises:
        ServiceError: when it is not an OData collection, or leads to another host (the token would travel there).
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ServiceError(f"the answer is not JSON: {error}") from error
    if isinstance(document, dict) and "error" in document:
        raise ServiceError(error_message(data) or "the service reports an error")
    rows = document.get("value") if isinstance(document, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ServiceError("the answer has no list of entities ('value')")
    count = document.get("@odata.count", document.get("@count"))
    following = document.get("@odata.nextLink", document.get("@nextLink"))
    next_url = urljoin(url, following) if isinstance(following, str) and following else None
    if next_url and _origin(next_url) != _origin(url):
        raise ServiceError(f"the next page is said to be on another host: {urlsplit(next_url).netloc}")
    return Page(rows, int(count) if isinstance(count, int | str) and str(count).isdigit() else None, next_url)


def error_message(data: bytes) -> str:
    """The message of an OData error answer, shortened; empty when it is none."""
    try:
        error = json.loads(data)["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    told = error.get("message") if isinstance(error, dict) else error
    told = told.get("value") if isinstance(told, dict) else told
    return " ".join(str(told).split())[:300]


def address(root: str, resource: str, parameters: Mapping[str, str]) -> str:
    """The address of a query."""
    return f"{root}/{resource}?{urlencode(parameters, quote_via=quote, safe='$,():/')}"


def skipping(url: str, rows: int) -> str:
    """The same query after so many rows, for a service that pages by $top and $skip."""
    root, _, query = url.partition("?")
    told = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name != "$skip"}
    return f"{root}?{urlencode({**told, '$skip': str(rows)}, quote_via=quote, safe='$,():/')}"


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
