"""A market: what may be compared with each other, and what it is called."""

from typing import NamedTuple

import polars as pl

from orchestration.report.words import money

MARKET = ("offer", "currency", "price_period")

_OFFERS = {"sale": "For sale", "rent": "For rent", "auction": "At auction"}


class Market(NamedTuple):
    """Listings whose prices mean the same: one offer, one currency, one span of time paid for."""

    offer: str | None
    currency: str | None
    price_period: str | None

    @property
    def label(self) -> str:
        """Name for people, as in "For rent, EUR per month"."""
        offer = _OFFERS.get(self.offer or "", self.offer or "Offer not stated")
        return f"{offer}, {self.unit}"

    @property
    def unit(self) -> str:
        """What amounts are in, as in "EUR" or "EUR per month"."""
        currency = self.currency or "currency not stated"
        return f"{currency} per {self.price_period}" if self.price_period else currency

    @property
    def price(self) -> str:
        """What the amount is called."""
        return "rent" if self.offer == "rent" else "price"

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of `frame` that belong to this market."""
        same = [pl.col(name).eq_missing(pl.lit(value, pl.String)) for name, value in zip(MARKET, self, strict=True)]
        return frame.filter(*same)

    def money(self, amount: float | None) -> str:
        """An amount in this market's currency."""
        return money(amount, self.currency)
