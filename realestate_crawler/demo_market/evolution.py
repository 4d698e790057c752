"""How the market moves from day to day: who comes, goes and returns, and what is edited.

What belongs here: the events of each day, drawn from the seed and the day. What does not: what an advert looks like
(`building`) and how it is shown (`portal`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from realestate_crawler.demo_market.advert import Advert
from realestate_crawler.demo_market.building import headline
from realestate_crawler.demo_market.draw import Draw
from realestate_crawler.demo_market.pricing import changed_price
from realestate_crawler.vocabulary import StandardStatus

# Shares per day. New listings are a share of the first day's, all others of those present.
NEW_RATE = 0.02
REMOVAL_RATE = 0.02
PRICE_CUT_RATE = 0.02
PRICE_RISE_RATE = 0.004
RETITLE_RATE = 0.005
BEDROOMS_RATE = 0.003
AREA_CORRECTION_RATE = 0.004
PENDING_RATE = 0.01
FLAP_RATE = 0.003

PRICE_CUT_PERCENT = (-8.0, -1.0)
PRICE_RISE_PERCENT = (1.0, 5.0)
RELIST_SHARE = 0.2  # of the removed ones
RELIST_DAYS = (3, 5)  # later
RELIST_NEW_PRICE_SHARE = 0.5
PENDING_FALLS_THROUGH_RATE = 0.04  # of the pending ones
PENDING_SHARE_OF_REMOVALS = 0.5

# One of each kind happens on these days even in the smallest market: (days % period == offset).
_RISE_EVERY, _FLAP_EVERY, _RELIST_EVERY = 3, 4, 5


@dataclass(slots=True)
class Life:
    """One listing through time.

    Attributes:
        spans: first day there and first day away again (0 = still there), in order.
        versions: the day from which each wording holds, in order.
    """

    spans: list[tuple[int, int]]
    versions: list[tuple[int, Advert]] = field(default_factory=list)

    def there(self, day: int) -> bool:
        """Whether the portal shows it on `day`."""
        return any(first <= day and (not away or day < away) for first, away in reversed(self.spans))

    def wording(self, day: int) -> Advert:
        """The advert as of `day`, counters not filled in."""
        return next(advert for since, advert in reversed(self.versions) if since <= day)

    @property
    def now(self) -> Advert:
        """The latest wording."""
        return self.versions[-1][1]


class Evolution:
    """All lives, from day 1 to the latest day asked for.

    Args:
        birth: makes the listing with a number that appears on a day.
        size: listings on day 1.
    """

    def __init__(self, seed: int, size: int, birth: Callable[[int, int], Advert]) -> None:
        self.lives: list[Life] = []
        self.day = 1
        self._seed = seed
        self._size = size
        self._birth = birth
        self._returns: dict[int, list[tuple[int, bool]]] = {}
        for _ in range(size):
            self._appear(1)
        self._there = list(range(size))

    def advance(self, day: int) -> None:
        """Makes every day up to `day` happen."""
        while self.day < day:
            self.day += 1
            self._live_a_day(self.day)

    def _live_a_day(self, day: int) -> None:
        draw = Draw(f"{self._seed}/day/{day}")
        returning = self._returns.pop(day, [])
        victims = _Victims(draw, self._there, self.lives)
        left = self._departures(day, draw, victims)
        self._edits(day, draw, victims)
        self._there = [index for index in self._there if index not in left]
        for index, new_price in returning:
            self._come_back(index, day, draw, new_price=new_price)
        for _ in range(max(1, draw.rounded(NEW_RATE * self._size))):
            self._there.append(self._appear(day))
        self._there.sort()

    def _departures(self, day: int, draw: Draw, victims: "_Victims") -> set[int]:
        """Removals (some of them for three to five days) and those that vanish for a single day."""
        left: set[int] = set()
        for number in range(max(1, draw.rounded(REMOVAL_RATE * len(self._there)))):
            index = victims.removal()
            forced = number == 0 and day % _RELIST_EVERY == 2
            if draw.chance(RELIST_SHARE) or forced:
                back = day + draw.integer(*RELIST_DAYS)
                self._returns.setdefault(back, []).append((index, forced or draw.chance(RELIST_NEW_PRICE_SHARE)))
            left.add(index)
        for _ in range(max(day % _FLAP_EVERY == 2, draw.rounded(FLAP_RATE * len(self._there)))):
            index = victims.any()
            self._returns.setdefault(day + 1, []).append((index, False))
            left.add(index)
        for index in left:
            first, _ = self.lives[index].spans[-1]
            self.lives[index].spans[-1] = (first, day)
        return left

    def _edits(self, day: int, draw: Draw, victims: "_Victims") -> None:
        edits: tuple[tuple[float, bool, Callable[[Advert], bool], Callable[[Advert, Draw], Advert]], ...] = (
            (PRICE_CUT_RATE, True, _is_priced, _cut),
            (PRICE_RISE_RATE, day % _RISE_EVERY == 0, _is_priced, _rise),
            (RETITLE_RATE, day % 4 == 2, _always, _retitle),
            (BEDROOMS_RATE, day % 4 == 3, _has_bedrooms, _recount_bedrooms),
            (AREA_CORRECTION_RATE, day % 4 == 0, _has_area, _correct_area),
            (PENDING_RATE, day % 4 == 1, _is_active, _reserve),
        )
        for rate, at_least_one, fits, edit in edits:
            for _ in range(max(at_least_one, draw.rounded(rate * len(self._there)))):
                index = victims.one(fits)
                if index is not None:
                    self._reword(index, day, edit(self.lives[index].now, draw))
        for index in victims.pending():
            if draw.chance(PENDING_FALLS_THROUGH_RATE):
                self._reword(index, day, replace(self.lives[index].now, status=StandardStatus.ACTIVE))

    def _come_back(self, index: int, day: int, draw: Draw, *, new_price: bool) -> None:
        life = self.lives[index]
        _, left = life.spans[-1]
        advert = life.now
        if day - left > 1:
            advert = replace(advert, status=StandardStatus.ACTIVE)
        if new_price and _is_priced(advert):
            advert = _cut(advert, draw)
        life.spans.append((day, 0))
        if advert != life.now:
            self._reword(index, day, advert)
        self._there.append(index)

    def _reword(self, index: int, day: int, advert: Advert) -> None:
        self.lives[index].versions.append((day, advert))

    def _appear(self, day: int) -> int:
        index = len(self.lives)
        self.lives.append(Life(spans=[(day, 0)], versions=[(day, self._birth(index, day))]))
        return index


class _Victims:
    """Picks the listings to which something happens on one day; nothing happens twice to one."""

    def __init__(self, draw: Draw, there: list[int], lives: list[Life]) -> None:
        self._draw = draw
        self._there = there
        self._lives = lives
        self._used: set[int] = set()
        self._pending = [i for i in there if lives[i].now.status is StandardStatus.PENDING]

    def one(self, fits: Callable[[Advert], bool]) -> int | None:
        """A listing that fits and to which nothing happened yet; None when there is none."""
        for _ in range(50):
            index = self._draw.pick(self._there)
            if index not in self._used and fits(self._lives[index].now):
                self._used.add(index)
                return index
        for index in self._there:
            if index not in self._used and fits(self._lives[index].now):
                self._used.add(index)
                return index
        return None

    def any(self) -> int:
        """A listing to which nothing happened yet."""
        index = self.one(_always)
        if index is None:
            raise RuntimeError("more happens on one day than there are listings")
        return index

    def removal(self) -> int:
        """Preferably one that was pending: it is sold now."""
        free = [i for i in self._pending if i not in self._used]
        if free and self._draw.chance(PENDING_SHARE_OF_REMOVALS):
            index = self._draw.pick(free)
            self._used.add(index)
            return index
        return self.any()

    def pending(self) -> list[int]:
        """The pending ones to which nothing happened yet."""
        return [i for i in self._pending if i not in self._used]


def _always(_: Advert) -> bool:
    return True


def _is_priced(advert: Advert) -> bool:
    return advert.price is not None


def _has_bedrooms(advert: Advert) -> bool:
    return bool(advert.bedrooms)


def _has_area(advert: Advert) -> bool:
    return advert.living_area is not None


def _is_active(advert: Advert) -> bool:
    return advert.status is StandardStatus.ACTIVE


def _priced(advert: Advert, percent: float) -> Advert:
    return replace(advert, price=changed_price(advert.price or Decimal(0), percent, advert.offer))


def _cut(advert: Advert, draw: Draw) -> Advert:
    return _priced(advert, draw.between(*PRICE_CUT_PERCENT))


def _rise(advert: Advert, draw: Draw) -> Advert:
    return _priced(advert, draw.between(*PRICE_RISE_PERCENT))


def _retitle(advert: Advert, draw: Draw) -> Advert:
    place = advert.title.rpartition(", ")[2]
    title = advert.title
    while title == advert.title:
        title = headline(draw, advert.property_type, advert.type_word, place)
    return replace(advert, title=title)


def _recount_bedrooms(advert: Advert, draw: Draw) -> Advert:
    bedrooms = advert.bedrooms or 1
    return replace(advert, bedrooms=bedrooms - 1 if bedrooms > 1 and draw.chance(0.5) else bedrooms + 1)


def _correct_area(advert: Advert, draw: Draw) -> Advert:
    by = Decimal(draw.integer(1, 5))
    area = advert.living_area or by
    return replace(advert, living_area=area - by if area > 15 and draw.chance(0.5) else area + by)


def _reserve(advert: Advert, _: Draw) -> Advert:
    return replace(advert, status=StandardStatus.PENDING)
