"""The market: which adverts there are on which day. Pure and reproducible: a seed and a size give one market."""

import dataclasses
import datetime
import threading
from collections import OrderedDict

from realestate_crawler.demo_market.advert import Advert, index_of
from realestate_crawler.demo_market.building import first_advert
from realestate_crawler.demo_market.evolution import Evolution

SMALLEST, LARGEST = 50, 100_000
LAST_DAY = 3650
DAY_ONE = datetime.date(2026, 1, 1)
_DAYS_KEPT = 2


class Market:
    """A seeded market whose days can be looked at in any order; safe to share between threads.

    Args:
        seed: any whole number; another seed is another market.
        size: listings present on day 1.

    Raises:
        ValueError: for a size outside 50 … 100 000.
    """

    def __init__(self, seed: int = 7, size: int = 600) -> None:
        if not SMALLEST <= size <= LARGEST:
            raise ValueError(f"a demo market has {SMALLEST} to {LARGEST} listings on its first day, not {size}")
        self.seed = seed
        self.size = size
        self._lock = threading.RLock()
        self._days: OrderedDict[int, tuple[Advert, ...]] = OrderedDict()
        self._evolution = Evolution(seed, size, self._birth)

    def date(self, day: int) -> datetime.date:
        """The calendar date of a day of the market.

        Raises:
            ValueError: for a day outside 1 … 3650.
        """
        if not 1 <= day <= LAST_DAY:
            raise ValueError(f"the demo market has the days 1 to {LAST_DAY}, not {day}")
        return DAY_ONE + datetime.timedelta(days=day - 1)

    def adverts(self, day: int) -> tuple[Advert, ...]:
        """Everything present on `day`, in order of first appearance.

        Raises:
            ValueError: see `date`.
        """
        date = self.date(day)
        with self._lock:
            if day not in self._days:
                self._evolution.advance(day)
                present = (life for life in self._evolution.lives if life.there(day))
                self._days[day] = tuple(_counted(life.wording(day), date) for life in present)
                while len(self._days) > _DAYS_KEPT:
                    self._days.popitem(last=False)
            self._days.move_to_end(day)
            return self._days[day]

    def advert(self, key: str, day: int) -> Advert | None:
        """The advert with this key as shown on `day`; None when it is not there then.

        Raises:
            ValueError: see `date`.
        """
        date = self.date(day)
        index = index_of(key)
        with self._lock:
            self._evolution.advance(day)
            if index is None or index >= len(self._evolution.lives):
                return None
            life = self._evolution.lives[index]
            return _counted(life.wording(day), date) if life.there(day) else None

    def existed(self, key: str, day: int) -> bool:
        """Whether the key was shown on `day` or on any day before.

        Raises:
            ValueError: see `date`.
        """
        self.date(day)
        index = index_of(key)
        with self._lock:
            self._evolution.advance(day)
            lives = self._evolution.lives
            return index is not None and index < len(lives) and lives[index].spans[0][0] <= day

    def _birth(self, index: int, day: int) -> Advert:
        return first_advert(self.seed, index, self.date(day), standing=day == 1)


def _counted(advert: Advert, date: datetime.date) -> Advert:
    """The advert with its counters as of `date`: both grow every day."""
    days = (date - advert.on_market_date).days
    number = int(advert.key[1:])
    return dataclasses.replace(advert, days_on_market=days, views=number % 53 + days * (2 + number % 17))
