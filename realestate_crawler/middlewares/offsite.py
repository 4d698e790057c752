"""A crawl stays on its site, whatever a redirect or a retry says.

Scrapy's own filter lets everything pass that is asked for again, because a retry is never filtered; a site could lead
the crawl anywhere with one 503. Here nothing but the host counts. What belongs here: whose a host is. What does not:
internal addresses (`addresses`).
"""

from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request


class OffsiteMiddleware:
    """Refuses requests to hosts that the spider does not own (`CrawlSpider.owns`)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Keeps the crawler, whose spider knows its site."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Lets the site's own pages pass.

        Raises:
            IgnoreRequest: for any other; a robots.txt may stand anywhere (RFC 9309, 2.3.1.2).
        """
        owns = getattr(self.crawler.spider, "owns", None)
        if owns is None or request.meta.get("dont_obey_robotstxt") or owns(request.url):
            return
        if self.crawler.stats is not None:
            self.crawler.stats.inc_value("blocked/offsite")
        raise IgnoreRequest("blocked: another site")
