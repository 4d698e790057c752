"""Every Scrapy setting of the project, with its reason; the only reader of the crawler's environment.

What belongs here: values and the order of the stages. What does not: what a stage does.
"""

import contextlib
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from dotenv import load_dotenv
from scrapy.settings import default_settings

# As for the places (contracts.places): the environment goes before the file `.env`.
load_dotenv(".env", override=False)

BOT_NAME = "realestate_crawler"
SPIDER_MODULES = ["realestate_crawler.spiders"]
NEWSPIDER_MODULE = "realestate_crawler.spiders"
COMMANDS_MODULE = "realestate_crawler.commands"

# Who crawls and how the site's owner reaches them; required for every host that is not this machine.
REALESTATE_CONTACT = os.environ.get("REALESTATE_CONTACT", "")
USER_AGENT = f"realestate-crawler/0.1 (Scrapy {version('scrapy')}; +{REALESTATE_CONTACT or 'no contact given'})"

# Polite by default: one request a second and host, robots.txt obeyed.
ROBOTSTXT_OBEY = True
DOWNLOADER_MIDDLEWARES = {
    "realestate_crawler.middlewares.addresses.AddressMiddleware": 50,
    "realestate_crawler.middlewares.offsite.OffsiteMiddleware": 60,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # see middlewares.robots
    "realestate_crawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # see middlewares.patience
    "realestate_crawler.middlewares.patience.PatientRetryMiddleware": 550,
    "realestate_crawler.middlewares.addresses.ResolvedMiddleware": 560,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,  # see middlewares.redirects
    "realestate_crawler.middlewares.redirects.EndingMetaRefreshMiddleware": 580,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "realestate_crawler.middlewares.redirects.EndingRedirectMiddleware": 600,
}
TWISTED_DNS_RESOLVER = "realestate_crawler.middlewares.resolver.GuardedResolver"
# Internal servers that may be reached beside those which criteria and profiles name by number or as localhost:
# NAME or NAME:PORT, with commas between.
INTERNAL_HOSTS = os.environ.get("REALESTATE_INTERNAL_HOSTS", "")
DOWNLOAD_DELAY = 1.0
# A delay is a promise, ours and that of a Crawl-delay: Scrapy would draw each gap from half of it to one and a half.
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_TIMEOUT = 30
# Of a file that is a whole collection; pages are read as a tree and have a lower limit (pages.limits).
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024
RETRY_TIMES = 3
COOKIES_ENABLED = False

# Nothing listens, nothing but http(s) is fetched, certificates are verified.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Switched off in EXTENSIONS, they would still be imported: a sixth of a crawl's start.
_LISTENING = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")
EXTENSIONS_BASE = {name: order for name, order in default_settings.EXTENSIONS_BASE.items() if name not in _LISTENING}
DOWNLOAD_HANDLERS = {"file": None, "data": None, "ftp": None, "s3": None}
DOWNLOAD_VERIFY_CERTIFICATES = True

# What happens to an item, in order. The last stage delivers the feed and its manifest.
ITEM_PIPELINES = {
    "realestate_crawler.pipelines.normalise.NormalisePipeline": 100,
    "realestate_crawler.pipelines.erased.ErasedPipeline": 150,
    "realestate_crawler.pipelines.privacy.PrivacyPipeline": 200,
    "realestate_crawler.pipelines.match.MatchPipeline": 300,
    "realestate_crawler.pipelines.identify.IdentifyPipeline": 400,
    "realestate_crawler.pipelines.deduplicate.DeduplicatePipeline": 500,
    "realestate_crawler.pipelines.validate.ValidatePipeline": 600,
    "realestate_crawler.pipelines.feed.FeedPipeline": 900,
}

# Lines in one part of a feed: what is lost at most when the process dies.
FEED_PART_LINES = os.environ.get("REALESTATE_FEED_PART_LINES", "5000")

# What happens to what names or reaches people, in fields and in texts: drop | hash | keep, then FIELD=WORD for others.
PERSONAL_DATA = os.environ.get("REALESTATE_PERSONAL_DATA", "drop")

# Where `scrapy demo-market` serves the bundled market.
DEMO_MARKET_URL = os.environ.get("REALESTATE_DEMO_MARKET_URL", "http://127.0.0.1:8765")

# The browser for pages that are empty without one; the first Chromium in the path where nothing is said.
CHROMIUM = os.environ.get("REALESTATE_CHROMIUM", "")
# The operator's own site profiles; they go before the bundled ones.
PROFILES = Path(os.environ.get("REALESTATE_PROFILES") or "data/profiles")

LOG_LEVEL = os.environ.get("REALESTATE_LOG_LEVEL", "INFO")
LOG_FORMATTER = "realestate_crawler.log.ShortItems"
LOGSTATS_INTERVAL = 15.0


# Names of variables and settings whose values are nobody's business, and how short a value may be to be looked for.
_SECRET_NAME = re.compile(r"(SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIALS?|KEY)$")
_LEAST_LENGTH = 6


def known_secrets(settings: Mapping[str, Any]) -> set[str]:
    """The values that no log may show: of the environment, of settings, and passwords in addresses such as proxies."""
    # One name may have two values, and both are secret.
    told = [*((name, str(value)) for name, value in settings.items()), *os.environ.items()]
    found = {value.strip() for name, value in told if _SECRET_NAME.search(name.upper())}
    for _, value in told:
        with contextlib.suppress(ValueError):
            password = urlsplit(value).password if "@" in value and "://" in value else None
            found |= {password, unquote(password)} if password else set()
    with contextlib.suppress(OSError):  # the spider that needs it says so
        found.add(reso_token())
    return {value for value in found if len(value) >= _LEAST_LENGTH}


def personal_data_key() -> bytes:
    """The key for hashing personal data; a function, because Scrapy logs the value of every setting."""
    return os.environ.get("REALESTATE_PERSONAL_DATA_KEY", "").encode()


def reso_token() -> str:
    """The bearer token for a RESO Web API: REALESTATE_RESO_TOKEN, or the content of REALESTATE_RESO_TOKEN_FILE.

    A function for the same reason. Empty where neither is set.

    Raises:
        OSError: when the file cannot be read.
    """
    file = os.environ.get("REALESTATE_RESO_TOKEN_FILE", "")
    return os.environ.get("REALESTATE_RESO_TOKEN", "").strip() or (Path(file).read_text().strip() if file else "")
