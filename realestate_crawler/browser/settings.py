"""Settings of a crawl that needs a browser: scrapy-playwright with the system's Chromium, bounded and quiet.

What belongs here: how the browser is started. What does not: what it may ask for (`handler`), which sites need it
(profiles). Playwright is imported when it is needed: crawls without a browser look at this module, too.
"""

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

from realestate_crawler.settings import CHROMIUM

if TYPE_CHECKING:
    from playwright.async_api import Page

# Quiet: no updates, no calls home, no shared memory that containers do not have.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up and nothing is connected but by the gateway: also not before it is asked for, nor by UDP.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--dns-prefetch-disable",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
NAVIGATION_MS = 20_000
SETTLED_MS = 10_000
MEMORY_MB = 1_500


class NoBrowserError(RuntimeError):
    """There is no Chromium on this machine."""


def chromium() -> str:
    """The system's Chromium (REALESTATE_CHROMIUM, or the first in the path).

    Raises:
        NoBrowserError: saying what to install.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    found = CHROMIUM or next(filter(None, map(shutil.which, names)), None)
    if not found:
        raise NoBrowserError("this site needs a browser: install chromium, or name one in REALESTATE_CHROMIUM")
    return found


def browser_settings(user_agent: str) -> dict[str, Any]:
    """Scrapy settings for crawls whose pages are rendered.

    Raises:
        NoBrowserError: see `chromium`.
    """
    handler = "realestate_crawler.browser.handler.GuardedHandler"
    return {
        "DOWNLOAD_HANDLERS": {"file": None, "data": None, "ftp": None, "s3": None, "http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": chromium(), "headless": True, "args": list(FLAGS)},
        # The browser introduces itself as the crawl does everywhere else.
        "PLAYWRIGHT_CONTEXTS": {
            "default": {"user_agent": user_agent, "service_workers": "block", "accept_downloads": False}
        },
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
        "PLAYWRIGHT_MAX_CONTEXTS": 1,
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 2,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": NAVIGATION_MS,
        "MEMUSAGE_ENABLED": True,
        "EXTENSIONS": {
            "scrapy.extensions.memusage.MemoryUsage": None,
            # Counts the browser's processes too; a crawl that exceeds the limit ends as partial.
            "scrapy_playwright.memusage.ScrapyPlaywrightMemoryUsageExtension": 0,
        },
        "MEMUSAGE_LIMIT_MB": MEMORY_MB,
    }


def rendered() -> dict[str, Any]:
    """Request meta for a page that is read after its scripts have run."""
    from scrapy_playwright.page import PageMethod  # noqa: PLC0415

    return {"playwright": True, "playwright_page_methods": [PageMethod(settled)]}


async def settled(page: "Page") -> None:
    """Waits until a page asks for nothing more; one that never rests is read as it is after a while."""
    from playwright.async_api import TimeoutError as NeverRests  # noqa: PLC0415

    with contextlib.suppress(NeverRests):
        await page.wait_for_load_state("networkidle", timeout=SETTLED_MS)
