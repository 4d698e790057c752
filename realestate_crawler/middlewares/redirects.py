"""Redirects that end: in a page, or in a failure that is counted.

Scrapy hands each hop to its filter of duplicates, which drops a redirect to a known address without a word; the request
then never ends. Here no hop is filtered, and one that leads back to where it came from is a failure at once. What
belongs here: following. What does not: where a hop may lead (`addresses`, `offsite`).
"""

from typing import Any
from urllib.parse import urldefrag

from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware, MetaRefreshMiddleware, RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response


class CircleError(IgnoreRequest):
    """A redirect leads back to where it came from."""


class _Unfiltered(BaseRedirectMiddleware):
    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        visited = {urldefrag(url).url for url in (*request.meta.get("redirect_urls", ()), request.url)}
        if urldefrag(redirected.url).url in visited:
            raise CircleError("redirects in a circle")
        hop = super()._redirect(redirected, request, reason)
        hop.dont_filter = True
        return hop


class EndingRedirectMiddleware(_Unfiltered, RedirectMiddleware):
    """Takes the place of Scrapy's RedirectMiddleware."""


class EndingMetaRefreshMiddleware(_Unfiltered, MetaRefreshMiddleware):
    """Takes the place of Scrapy's MetaRefreshMiddleware."""

    def process_response(  # type: ignore[override]  # Scrapy calls it without its deprecated third argument
        self, request: Request, response: Response
    ) -> Request | Response:
        """See MetaRefreshMiddleware; a page that only renews itself is that page."""
        try:
            return super().process_response(request, response)
        except CircleError:
            if request.meta.get("redirect_urls"):
                raise
            return response
