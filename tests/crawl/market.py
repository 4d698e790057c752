"""The demo market behind servers that can fail: the criteria that watch it, and how it is crawled."""

import json
import re
from pathlib import Path

from realestate_crawler.demo_market.market import Market
from tests.crawling import arguments
from tests.serving import fetch

CITY = "Porto Sereno"
MARKET = Market(4, 120)
DAY = 2
KEYS = sorted(advert.key for advert in MARKET.adverts(DAY) if advert.city == CITY)


def behind(portal, fault=lambda path, key: None):
    """An answer for `serve`: passes requests on to a portal; `fault(path, key)` may answer instead (None = pass on)."""

    def answer(path):
        found = re.match(r"/listing/(\w+)", path)
        told = fault(path, found and found.group(1))
        return fetch(portal.url, path) if told is None else told

    return answer


def watch(folder, **urls):
    """Writes a criteria file with one criterion a server, by id; returns the words that crawl them all."""
    told = [{"id": name, "source": "demo_market", "city": CITY, "options": {"url": url}} for name, url in urls.items()]
    path = folder / "criteria.yaml"
    path.write_text(json.dumps({"criteria": told}))
    return ["demo_market", *arguments(criteria=path)]


def listening(pid):
    """The local addresses at which a process listens (TCP, both families)."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            told = str(handle.readlink())
        except FileNotFoundError:
            continue
        if told.startswith("socket:["):
            inodes.add(told[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and words[9] in inodes:
                found.add(words[1])
    return found
