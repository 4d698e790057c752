"""How Scrapy's own events are logged: an item is named by its key, never printed whole (it may hold personal data)."""

import logging
from typing import Any

from scrapy.logformatter import LogFormatter, LogFormatterResult

# They list the parts that a crawl is made of, which are the same in each: sixty lines before the first that matters.
_PARTS = ("scrapy.middleware", "scrapy.addons", "scrapy.crawler")


def quiet_parts(level: str) -> None:
    """Leaves out the lists of Scrapy's own parts, unless everything is wanted.

    Args:
        level: of the crawl's log (LOG_LEVEL).
    """
    if level != "DEBUG":
        for name in _PARTS:
            logging.getLogger(name).setLevel(logging.WARNING)


class ShortItems(LogFormatter):
    """Scrapy's log lines without the contents of items."""

    def scraped(self, item: Any, response: Any, spider: Any) -> LogFormatterResult:
        """See LogFormatter."""
        return super().scraped(_name(item), response, spider)

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        """See LogFormatter."""
        told = super().dropped(_name(item), exception, response, spider)
        told["level"] = 10  # a drop is counted in the manifest; a line each would flood the log
        return told

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        """See LogFormatter."""
        return super().item_error(_name(item), exception, response, spider)


def _name(item: Any) -> str:
    return f"listing {getattr(item, 'source', '?')}/{getattr(item, 'listing_key', '?')}"
