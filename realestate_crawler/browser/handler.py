"""scrapy-playwright's download handler behind the gateway and the guard.

What belongs here: where our rules enter its life. What does not: the rules (`guard`, `hops`, `gateway`).
"""

import contextlib
import json
import tempfile
from pathlib import Path
from typing import Self, cast
from weakref import WeakKeyDictionary

from playwright.async_api import Error, Page
from playwright.async_api import Request as Asked
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler

from realestate_crawler.browser.gateway import Gateway
from realestate_crawler.browser.guard import Guard
from realestate_crawler.browser.hops import Watcher, handed_back, watch

# Pictures, films and fonts say nothing about a listing.
NOT_LOADED = frozenset({"image", "media", "font"})
# What a page only proposes (speculation rules) is not asked for in advance: no page of ours would see it happen.
PREFERENCES = {"net": {"network_prediction_options": 2}}
# Ways to the network that know no proxy, and windows beside the page.
WITHOUT = """for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport", "RTCDataChannel"])
    delete window[name];
window.open = () => null;"""

_OF: "WeakKeyDictionary[Crawler, GuardedHandler]" = WeakKeyDictionary()


class GuardedHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it is not typed
    """Loads pages in a browser that reaches nothing but what the crawl may reach."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.closed = False
        self.guard = Guard(crawler)
        self.gateway = Gateway(self.guard.note, crawler.settings.getint("DOWNLOAD_MAXSIZE"))
        self.abort_request = self.refuses
        self.watchers: WeakKeyDictionary[Request, Watcher] = WeakKeyDictionary()
        self.profiles: list[tempfile.TemporaryDirectory[str]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One for a crawl: Scrapy asks for http and for https, and each would start a browser of its own."""
        if crawler not in _OF:
            _OF[crawler] = cls(crawler)
        return cast("Self", _OF[crawler])

    async def refuses(self, asked: Asked) -> bool:
        """Whether the browser may not, or need not, load something that a page asks for."""
        if asked.resource_type in NOT_LOADED:
            return True
        if not asked.url.startswith(("http://", "https://")):
            return not asked.url.startswith(("data:", "blob:"))  # these lead nowhere
        # What would take the page's place is looked at where it can be refused without doing so (`hops`).
        return not _takes_the_page(asked) and bool(await self.guard.why_not(asked.url, page=False))

    async def download_request(self, request: Request) -> Response:
        """See the base class; a redirect comes back as one.

        Raises:
            IgnoreRequest: for a page that leads where it may not.
        """
        try:
            response = handed_back(request, await super().download_request(request))
        finally:
            watcher = self.watchers.pop(request, None)
            if watcher is not None and watcher.led_away:
                raise IgnoreRequest(watcher.led_away)
        return response

    async def _launch(self) -> None:
        server = await self.gateway.open()
        # "<-loopback>": this machine's own addresses go through the gateway like all others.
        self.config.launch_options["proxy"] = {
            "server": server,
            "username": self.gateway.user,
            "password": self.gateway.password,
            "bypass": "<-loopback>",
        }
        await super()._launch()

    async def _create_browser_context(
        self, name: str, context_kwargs: dict[str, object] | None, spider: Spider | None = None
    ) -> BrowserContextWrapper:
        asked = context_kwargs or self.config.startup_context_kwargs.get(name) or {}
        options = {**self.config.launch_options, **asked, "user_data_dir": self._profile()}
        made = await super()._create_browser_context(name=name, context_kwargs=options, spider=spider)
        await made.context.add_init_script(WITHOUT)
        # A page of ours has a route of its own; what gets here was opened by one.
        await made.context.route("**", lambda route: route.abort())
        made.context.on("page", _close_if_opened_by_a_page)
        return made

    async def _create_page(self, request: Request, spider: Spider) -> Page:
        page: Page = await super()._create_page(request, spider)
        self.watchers[request] = await watch(page, self.guard)
        return page

    async def close(self) -> None:
        """See the base class; once, whoever asks."""
        if not self.closed:
            self.closed = True
            await super().close()

    async def _close(self) -> None:
        await super()._close()
        await self.gateway.close()
        for profile in self.profiles:
            profile.cleanup()

    def _profile(self) -> str:
        """A new profile with our preferences, which Chromium takes from nowhere else; it ends with the crawl."""
        self.profiles.append(tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True))
        folder = Path(self.profiles[-1].name)
        (folder / "Default").mkdir()
        (folder / "Default" / "Preferences").write_text(json.dumps(PREFERENCES))
        return str(folder)


def _takes_the_page(asked: Asked) -> bool:
    """Whether something is to be shown instead of the page, not inside it."""
    if not asked.is_navigation_request():
        return False
    try:
        return asked.frame.parent_frame is None
    except Error:  # a frame that is only now being made is a window of its own
        return True


async def _close_if_opened_by_a_page(page: Page) -> None:
    with contextlib.suppress(Error):
        if await page.opener() is not None:
            await page.close()
