"""How much may change at once? Thresholds for what one feed may do without a person: contract 3 and mass changes.

What belongs here: the numbers. What does not: finding what they are about (`mass_changes`, `twins`, `diff`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What passes by itself. A number and a share always mean: more than the larger of the two is held.

    Attributes:
        least: removals that always pass, and `share`: of the scope's active listings (present or missing before).
        least_changes: of any other kind of mass change, as many listings always pass.
        least_emptied: listings that may lose the value of one field.
        factor_share: of the compared listings, whose amount changes by one and the same factor.
        near_share: the same where the factor is near 1: a landlord raises many rents by one percentage.
        near: how far from 1 is near.
        same: how far two factors may lie apart and still be the same (rounded prices).
        factor_of_changed: the one factor explains at least so much of all changes of the field.
        permuted_share: of the compared listings, whose value is what another field had before.
        emptied_share: of the listings that had a value and lose it.
        at_once_share: of the compared listings, in which one field changes, whatever the values.
        rekeyed_share: of the scope's listings, that vanish while their twins appear under another key.
        rekeyed_of_new: the twins are at least so much of all new listings.
    """

    least: int = 20
    share: float = 0.10
    least_changes: int = 20
    least_emptied: int = 10
    factor_share: float = 0.10
    near_share: float = 0.25
    near: float = 0.10
    same: float = 0.001
    factor_of_changed: float = 0.50
    permuted_share: float = 0.10
    emptied_share: float = 0.10
    at_once_share: float = 0.50
    rekeyed_share: float = 0.10
    rekeyed_of_new: float = 0.50

    def holds(self, removals: int, active: int) -> bool:
        """Whether so many removals out of `active` listings are too many."""
        return too_many(removals, self.least, active, self.share)


def too_many(count: int, least: int, of: int, share: float) -> bool:
    """Whether `count` is more than both `least` and the share of `of`."""
    return count > max(least, int(of * share))
