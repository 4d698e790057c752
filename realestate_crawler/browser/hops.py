"""Answers that are no page go back to Scrapy: it follows redirects by its own rules, and asks again after a 503.

Playwright shows a request once, before its first hop; the DevTools protocol shows the answer of each. What belongs
here: answers. What does not: whether a hop may be followed (`guard`).
"""

from typing import Any
from urllib.parse import urljoin

from playwright.async_api import CDPSession, Error, Page
from scrapy.http import Request, Response

from realestate_crawler.browser.guard import Guard

REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The status of an answer that was taken out of the browser's hands; no site gains by sending it.
HEADER = "x-crawl-status"
PROXY_ASKS_FOR_PASSWORD = 407


async def watch(page: Page, guard: Guard) -> "Watcher":
    """Looks at the answers to everything that a page asks for."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    watcher = Watcher(session, tree["frameTree"]["frame"]["id"], guard)
    page.once("load", watcher.has_loaded)
    session.on("Fetch.requestPaused", watcher.paused)
    pages = {"urlPattern": "*", "resourceType": "Document", "requestStage": "Request"}
    await session.send("Fetch.enable", {"patterns": [pages, {"urlPattern": "*", "requestStage": "Response"}]})
    return watcher


def handed_back(request: Request, response: Response) -> Response:
    """The answer as the site gave it, where it was taken out of the browser's hands; else the page."""
    status = response.headers.get(HEADER)
    if status is None:
        return response
    headers = {name: values for name, values in response.headers.items() if name.lower() != HEADER.encode()}
    return Response(request.url, status=int(status), headers=headers, request=request)


class Watcher:
    """Stands between one page and the answers to what it asks for.

    Attributes:
        led_away: why a page that leads elsewhere before it is there could not be followed; empty where none did.
    """

    def __init__(self, session: CDPSession, main_frame: str, guard: Guard) -> None:
        self.led_away = ""
        self._session = session
        self._main_frame = main_frame
        self._guard = guard
        self._arrived = self._loaded = False

    def has_loaded(self, _page: Page) -> None:
        """The page is there: what it leads to from now on is left out, and the page stays."""
        self._loaded = True

    async def paused(self, event: dict[str, Any]) -> None:
        """Lets a request for a page, or an answer, pass; or takes it out of the browser's hands."""
        status = event.get("responseStatusCode", 0)
        is_page = event.get("resourceType") == "Document" and event.get("frameId") == self._main_frame
        headers = event.get("responseHeaders", [])
        url = event["request"]["url"]
        try:
            if is_page and not self._arrived and status >= 300 and status != PROXY_ASKS_FOR_PASSWORD:
                told = [each for each in headers if not each["name"].lower().startswith("content-")]
                told.append({"name": HEADER, "value": str(status)})
                # A body of our own, though empty: with the redirect's, the browser would follow it.
                answer = {"responseCode": 200, "responseHeaders": told, "body": ""}
                await self._go_on("Fetch.fulfillRequest", event, answer)
                return
            goes_to = urljoin(url, _location(headers)) if status in REDIRECTS else "" if status else url
            why = await self._guard.why_not(goes_to, page=is_page) if goes_to and (is_page or status) else ""
            if why:
                # "Aborted" leaves a page as it is; one that was not there yet would never be.
                stays = is_page and self._loaded
                self.led_away = self.led_away or (why if is_page and not stays else "")
                await self._go_on(
                    "Fetch.failRequest", event, {"errorReason": "Aborted" if stays else "BlockedByClient"}
                )
                return
            self._arrived = self._arrived or (is_page and 200 <= status < 300)
            await self._go_on("Fetch.continueRequest", event, {})
        except Error:
            return  # the page has been closed meanwhile

    async def _go_on(self, how: str, event: dict[str, Any], more: dict[str, Any]) -> None:
        await self._session.send(how, {"requestId": event["requestId"], **more})


def _location(headers: list[dict[str, str]]) -> str:
    return next((each["value"] for each in headers if each["name"].lower() == "location"), "")
