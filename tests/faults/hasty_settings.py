"""The project's settings with less patience: SCRAPY_SETTINGS_MODULE of crawls that meet what never answers."""

import realestate_crawler.landing.s3
from realestate_crawler.settings import *  # noqa: F403

DOWNLOAD_TIMEOUT = 20
RETRY_TIMES = 0
realestate_crawler.landing.s3.READ_SECONDS = 2
