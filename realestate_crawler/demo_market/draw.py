"""Reproducible draws: the same words give the same numbers on every machine and every Python.

What belongs here: turning one stream of numbers into choices. What does not: what is chosen.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A stream of draws named by a text.

    Only `random()` of a text-seeded generator is used: that is the one sequence Python promises to keep.
    """

    def __init__(self, name: str) -> None:
        self.unit = random.Random(name).random  # noqa: S311  (an invented market, no secret)

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.unit() < probability

    def between(self, low: float, high: float) -> float:
        """A number from `low` (included) to `high`."""
        return low + (high - low) * self.unit()

    def integer(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int((high - low + 1) * self.unit())

    def bell(self) -> float:
        """A number in -1 … 1, mostly near 0; made by adding only, because logarithms differ between machines."""
        return (self.unit() + self.unit() + self.unit()) / 1.5 - 1

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`, all equally likely."""
        return choices[int(len(choices) * self.unit())]

    def weighted(self, choices: Sequence[tuple[T, float]]) -> T:
        """One of `choices`, each with its weight; the weights add up to 1."""
        rest = self.unit()
        for choice, weight in choices:
            rest -= weight
            if rest < 0:
                return choice
        return choices[-1][0]

    def rounded(self, amount: float) -> int:
        """`amount` as a whole number that is right on average."""
        return int(amount + self.unit())
