"""The project's settings with less patience: SCRAPY_SETTINGS_MODULE of crawls that a materialization starts."""

from realestate_crawler.settings import *  # noqa: F403

DOWNLOAD_TIMEOUT = 6
RETRY_TIMES = 0
