"""A site without pages: listings as plain facts, a search that narrows them, and a cap; drives a splitter."""

from decimal import Decimal

from realestate_crawler.domain.dimensions import Range, Span, Words
from realestate_crawler.domain.splitting import Splitter

PRICE = Range(name="list_price", first=Decimal(100_000))
AREA = Range(name="living_area", first=Decimal(60))
DAY = Range(name="on_market_date", whole=True, dates=True, least=Decimal(700_000), most=Decimal(740_000))
KIND = Words(name="property_type", values=("apartment", "house", "land"))


def holds(listing, narrowed):
    """Whether a listing is in a search; one that does not state a fact is in no search that is narrowed by it."""
    for name, part in narrowed.items():
        value = listing.get(name)
        if value is None:
            return False
        if isinstance(part, Span):
            if (part.low is not None and value < part.low) or (part.high is not None and value > part.high):
                return False
        elif value != part:
            return False
    return True


class Site:
    """Attributes: asked: searches whose first page was asked. read: those that were read to their end."""

    def __init__(self, listings, cap, claims=lambda total: (total, True), shows=20):
        self.listings, self.cap, self.claims, self.shows = listings, cap, claims, shows
        self.asked, self.read, self.found = [], [], set()

    def find(self, narrowed):
        return [n for n, listing in enumerate(self.listings) if holds(listing, narrowed)]

    def crawl(self, dimensions, declared=True, **more):
        """What a spider does; the splitter as it is then."""
        splitter = Splitter(dimensions, self.cap if declared else None, **more)
        ask, read = [splitter.root], []
        while ask or read:
            if ask:
                branch = ask.pop(0)
                self.asked.append(branch.narrowed)
                found = self.find(branch.narrowed)
                self.found.update(found[: self.shows])
                self.show(splitter, branch, found[: self.shows])
                total, exact = self.claims(len(found))
                orders = splitter.answered(branch, total, exact=exact)
            else:
                branch = read.pop(0)
                self.read.append(branch)
                found = self.find(branch.narrowed)[: self.cap]
                self.found.update(found)
                if not branch.exact:
                    self.show(splitter, branch, found)
                orders = splitter.ended(branch, len(found))
            ask += orders.ask
            read += orders.read
        return splitter

    def show(self, splitter, branch, found):
        """What cards show: prices and areas."""
        names = {"list_price", "living_area"} & set(splitter.dimensions)
        for n in found:
            splitter.show(branch, {name: self.listings[n].get(name) for name in names})
