"""How many more result pages a large market costs through a small result cap; run with -s to see the figures."""

import time
from urllib.parse import urlencode

import pytest

from realestate_crawler.contracts.criteria import Criterion
from realestate_crawler.demo_market.catalogue import Catalogue
from realestate_crawler.demo_market.market import DAY_ONE, Market
from realestate_crawler.demo_market.search import PER_PAGE
from realestate_crawler.domain.dimensions import Words
from realestate_crawler.domain.splitting import Splitter
from realestate_crawler.spiders.demo_market import WORDS, dimensions

pytestmark = pytest.mark.slow

SIZE, CAP = 25_000, 500


def test_a_market_of_25_000_is_seen_whole_through_a_cap_of_500() -> None:
    market = Market(7, SIZE)
    catalogue = Catalogue(market, CAP)
    splitter = Splitter(dimensions(Criterion(id="all", source="demo_market"), DAY_ONE), None)
    ask, read = [splitter.root], []
    seen: set[str] = set()
    pages = 0
    started = time.process_time()
    while ask or read:
        branch = (ask or read).pop()
        query = {WORDS[name]: value for name, value in splitter.words(branch).items()}
        found = catalogue.search(1, urlencode(query))
        names = {advert.key for advert in found.cards}
        if not branch.read:
            pages += 1
            for advert in found.cards:
                splitter.show(branch, {"list_price": advert.price, "living_area": advert.living_area})
            if found.towns and "city" not in splitter.dimensions:
                splitter.offer(Words(name="city", values=tuple(found.towns)))
            cap = CAP if found.total > CAP else None
            orders = splitter.answered(branch, found.total, cap=cap)
        else:
            for page in range(2, found.last + 1):
                pages += 1
                names |= {advert.key for advert in catalogue.search(1, urlencode({**query, "page": page})).cards}
            orders = splitter.ended(branch, len(names))
        seen |= names
        ask += orders.ask
        read += orders.read
    seconds = time.process_time() - started
    leaves = splitter.leaves()
    least = -(-SIZE // PER_PAGE)
    print(
        f"\n{SIZE} listings, cap {CAP}: {len(leaves)} searches read, {len(splitter.branches)} asked; "
        f"{pages} result pages, {pages - least} more than the {least} of a site without a cap ({seconds:.1f} s)"
    )
    assert seen == {advert.key for advert in market.adverts(1)}
    assert splitter.unreached == 0
    assert all(leaf.total is not None and leaf.total <= CAP for leaf in leaves)
    assert pages < 1.25 * least
