"""What every spider of an OData service shares: the token, asking, and waiting as long as a busy service says.

What belongs here: single requests. What does not: which ones, in what order (`reso`).
"""

import asyncio
import datetime
from typing import Any

from scrapy import Request
from scrapy.http import Response

from realestate_crawler.contracts.criteria import CriteriaError
from realestate_crawler.reso.pages import error_message
from realestate_crawler.reso.waiting import seconds_to_wait
from realestate_crawler.settings import reso_token
from realestate_crawler.spiders.base import CriterionSpider

MAX_TRIES = 6
MAX_WAIT_SECONDS = 600.0
TOKEN_NAMES = "REALESTATE_RESO_TOKEN or REALESTATE_RESO_TOKEN_FILE"  # noqa: S105 (names, no secret)


class ODataSpider(CriterionSpider):
    """A spider that asks one service, with its token."""

    handle_httpstatus_list = (400, 401, 403, 404, 429, 503)
    custom_settings = {  # noqa: RUF012 (Scrapy's own way)
        # What may be read of a licensed interface, its licence says; it has no pages for robots.
        "ROBOTSTXT_OBEY": False,
        "DOWNLOAD_DELAY": 0.5,
        # A query names its fields and may be long; a request left out for its length would be lost without a word.
        "URLLENGTH_LIMIT": 0,
        # 429 and 503 are not tried again at once but when the service says so (see paused).
        "RETRY_HTTP_CODES": [408, 500, 502, 504, 522, 524],
    }

    def __init__(self, **arguments: str) -> None:
        super().__init__(**arguments)
        self.token = read_token()
        self.asked: set[str] = set()

    def ask(self, url: str, callback: Any, *, accept: str = "application/json", **told: Any) -> Request | None:
        """A request with the token, whose answer goes to `callback` with `told`."""
        headers = {"Accept": accept, "OData-MaxVersion": "4.01"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.asked.add(url)
        return self.request(url, callback, headers=headers, cb_kwargs=told, dont_filter=True)

    async def answered(self, response: Response) -> Request | None:
        """Whether to go on: notes what went wrong; after a pause that the service asks for, the request again."""
        if response.status == 200:
            return None
        told = self.clean(error_message(response.body))
        if response.status in (401, 403):
            self.unusable(f"the service refuses the token (HTTP {response.status} {told}): set {TOKEN_NAMES}")
            return None
        again = await self.paused(response)
        if again is not None:
            return again
        how = f"failed: HTTP {response.status}" + (f" ({told})" if told else "")
        self.crawl.ledger.requests[how] += 1
        self.logger.warning("%s", how)
        return None

    async def paused(self, response: Response) -> Request | None:
        """The request again, after the pause that a busy service asks for; None where it asks for none, or too much."""
        request = response.request
        if response.status not in (429, 503) or request is None:
            return None
        tries = int(request.meta.get("tries", 1))
        header = response.headers.get("Retry-After")
        now = datetime.datetime.now(datetime.UTC)
        wait = seconds_to_wait(header.decode("latin-1") if header else None, now, tries)
        if tries >= MAX_TRIES or wait > MAX_WAIT_SECONDS:
            self.logger.warning("asked to wait %.0f s after %d tries: given up", wait, tries)
            return None
        self.crawl.ledger.notes[f"waited because of HTTP {response.status}"] += 1
        self.logger.info("HTTP %d: waiting %.0f s", response.status, wait)
        await asyncio.sleep(wait)
        return request.replace(meta={**request.meta, "tries": tries + 1}, dont_filter=True)

    def unusable(self, why: str) -> None:
        """Notes that the service cannot be used as the criterion says; nothing is delivered then."""
        self.crawl.ledger.gaps.append(why)
        self.crawl.ledger.unusable = True
        self.logger.error("%s", why)

    def clean(self, text: str) -> str:
        """A text of the service without the token."""
        return text.replace(self.token, "***") if self.token else text


def read_token() -> str:
    """The token of the environment; empty where there is none.

    Raises:
        CriteriaError: for a file that cannot be read, or a content that is no token; it is not shown.
    """
    try:
        token = reso_token()
    except (OSError, UnicodeDecodeError) as error:
        raise CriteriaError(f"REALESTATE_RESO_TOKEN_FILE: cannot be read: {type(error).__name__}") from error
    if not token.isascii() or not token.isprintable() or " " in token:
        raise CriteriaError(f"{TOKEN_NAMES}: holds something that is no bearer token (a space or a line break)")
    return token
