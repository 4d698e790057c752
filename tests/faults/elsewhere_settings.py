"""The project's settings on another machine: SCRAPY_SETTINGS_MODULE of a crawl that shares only the landing zone."""

import socket

from realestate_crawler.settings import *  # noqa: F403

socket.gethostname = lambda: "elsewhere"
