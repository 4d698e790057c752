"""A search that finds more than the source shows is cut into narrower ones until each shows all it finds. Pure.

The splitter is told what each search claims and says what to ask or read next; it does not ask itself. Before parts
take the place of a search, their totals must add up to its own: a listing without a price is in no part that is cut by
price. Where they do not, the search is cut along another dimension; where none holds all, what is lost is counted.
"""

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from decimal import Decimal

from realestate_crawler.domain.dimensions import Dimension, Parts, Range, Span
from realestate_crawler.domain.search_tree import ALL, Branch, Orders, Stage

# Searches that one crawl asks at most.
MOST_SEARCHES = 2000
# Paging that ends before so many listings is no result cap but something else.
LEAST_CAP = 100
# So much may come and go while the pages of a search are read.
MOVEMENT = 0.02
_MOST_SAMPLES = 5000


class Splitter:
    """The searches of one crawl.

    Args:
        dimensions: along what the source's search can be narrowed, the best first.
        cap: how many results of one search it shows; None when that is not known: it is noticed where paging ends.
        most: searches to ask at most.

    Attributes:
        unreached: results that no narrower search holds.
        limited: whether there would be more searches than may be asked.
    """

    def __init__(self, dimensions: Sequence[Dimension], cap: int | None, most: int = MOST_SEARCHES) -> None:
        self.dimensions = {dimension.name: dimension for dimension in dimensions}
        self.cap = cap
        self.most = most
        self.root = Branch(0, {})
        self.branches = [self.root]
        self.unreached = 0
        self.limited = False
        self._short: set[str] = set()
        self._between: set[str] = set()
        self._samples: dict[str, list[Decimal]] = {name: [] for name in self.dimensions}
        self._known: dict[frozenset[tuple[str, Span | str]], Branch] = {}

    def offer(self, dimension: Dimension) -> None:
        """Adds a dimension that the source has told."""
        self.dimensions[dimension.name] = dimension
        self._samples[dimension.name] = []

    def words(self, branch: Branch) -> dict[str, str]:
        """What a search is narrowed to, as arguments of a criterion."""
        told: dict[str, str] = {}
        for name, part in branch.narrowed.items():
            told |= self.dimensions[name].told(part)
        return told

    def leaves(self) -> list[Branch]:
        """The searches that together take the place of the whole one."""
        found: dict[int, Branch] = {}
        waiting = [self.root]
        while waiting:
            branch = waiting.pop()
            if branch.parts:
                waiting += reversed(branch.parts)
            else:
                found.setdefault(branch.number, branch)
        return list(found.values())

    def show(self, branch: Branch, values: Mapping[str, Decimal | None]) -> set[str]:
        """Learns from a listing that a search has shown: dimension → value; the dimensions that it does not state."""
        absent = {name for name in values if values[name] is None and isinstance(self.dimensions[name], Range)}
        for name in values.keys() - absent:
            known, value = self._samples[name], values[name]
            if value is not None and len(known) < _MOST_SAMPLES:
                insort(known, value)
        branch.unstated |= absent
        return absent

    def unproved(self) -> set[str]:
        """Dimensions that cards state, and along which searches without an exact total were cut."""
        return {b.dimension for b in self.branches if b.parts and not b.exact and self._samples[b.dimension]}

    def answered(self, branch: Branch, total: int | None, *, exact: bool = True, cap: int | None = None) -> Orders:
        """Takes in the first page of a search.

        Args:
            branch: that was asked.
            total: how many results the source claims; None when it does not say.
            exact: False for "1000+".
            cap: how many results are shown, where the page itself says so.
        """
        branch.total, branch.exact, branch.answered = total, exact and total is not None, True
        if cap is not None:
            self.cap = cap if self.cap is None else min(self.cap, cap)
        return self._follow(branch)

    def failed(self, branch: Branch) -> Orders:
        """Takes in that a search could not be asked, or not be understood: the others go on without it."""
        branch.answered = branch.failed = True
        return self._follow(branch)

    def _follow(self, branch: Branch) -> Orders:
        if branch.stage is Stage.ASKED_AGAIN:
            return self._settle(branch)
        orders = Orders() if branch.parents else self._go_on(branch)
        for parent in branch.parents:
            orders += self._settle(parent)
        return orders

    def ended(self, branch: Branch, found: int) -> Orders:
        """Takes in that paging has ended after so many different listings: that may be the cap.

        A search that shows less than it claims, and less than the cap, is short for another reason: the ledger tells.
        """
        least = LEAST_CAP if self.cap is None else self.cap * (1 - MOVEMENT)
        if not self._cut_short(branch, found) or found < least:
            return Orders()
        if self.cap is None:
            self.cap = found
        orders = self._split(branch)
        branch.capped = not branch.parts
        return orders

    def _cut_short(self, branch: Branch, found: int) -> bool:
        if branch.total is None or not branch.exact:  # the one says no more than the other
            return (self.cap is not None and found >= self.cap) or found <= (branch.total or -1)
        # What is over a known cap lacks something, however little; else a little may have gone meanwhile.
        return found < branch.total * (1 - MOVEMENT) or (self.cap is not None and branch.total > self.cap)

    def _over(self, branch: Branch) -> bool:
        """Whether a search finds more than is shown; "1000+" may be any number.

        The whole search is read first where nothing else would tell what its parts lack.
        """
        if branch.total is None or branch.failed or (branch is self.root and not branch.exact):
            return False
        return not branch.exact or (self.cap is not None and branch.total > self.cap)

    def _go_on(self, branch: Branch) -> Orders:
        """What follows for a search that is wanted: it is cut, or read as it is."""
        if branch.stage is not Stage.ASKED:
            return Orders()  # it is a part of two searches, and the other one came first
        orders = self._split(branch) if self._over(branch) else Orders()
        return orders if branch.parts else self._read(branch)

    @staticmethod
    def _read(branch: Branch) -> Orders:
        branch.stage = Stage.SETTLED
        if branch.read:  # its paging has ended already, at the cap
            branch.capped = True
            return Orders()
        branch.read = True
        return Orders(read=[branch])

    def _split(self, branch: Branch) -> Orders:
        """Cuts a search along the next dimension; where none is left, along the one that loses the least."""
        for name in sorted(self.dimensions, key=lambda name: self._doubtful(branch, name)):
            if name in branch.tried:
                continue
            # Every other cut is in the middle: however odd the sample, a range is halved often enough.
            guided = branch.cuts.get(name, 0) % 2 == 0
            cut = self.dimensions[name].cut(branch.narrowed.get(name), self._sample(branch, name), guided=guided)
            if cut is None:
                continue
            # Where something lies in the gaps, or nothing would tell whether it does, the parts touch from the start.
            if name in self._between or not branch.exact:
                cut = self.dimensions[name].closed(cut) or cut
            if len(self.branches) + len(cut.parts) + 1 > self.most:
                self.limited = True
                break
            branch.dimension = name
            return self._ask_parts(branch, cut)
        lossy = {name: lost for name, (lost, _) in branch.tried.items() if lost < ALL}
        if not lossy:
            branch.parts = []
            return Orders()
        best = min(lossy, key=lambda name: lossy[name])
        self.unreached += lossy[best]
        branch.dimension, branch.parts = best, branch.tried[best][1]
        return self._accept(branch)

    def _doubtful(self, branch: Branch, name: str) -> bool:
        """Whether parts along a dimension are likely to lack something; the others come first."""
        unseen = not branch.exact and name in branch.unstated and bool(self._samples[name])
        return unseen or name in self._short

    def _ask_parts(self, branch: Branch, cut: Parts) -> Orders:
        branch.stage, branch.cut = Stage.PARTS_ASKED, cut
        branch.parts = [self._part(branch, part) for part in cut.parts]
        branch.shared = self._part(branch, cut.shared) if cut.shared and branch.exact and branch.total else None
        ask = [part for part in branch.asked() if not part.answered]
        return Orders(ask=ask) if ask else self._settle(branch)

    def _sample(self, branch: Branch, name: str) -> Sequence[Decimal]:
        known, span = self._samples[name], branch.narrowed.get(name)
        if not isinstance(span, Span):
            return known
        start = 0 if span.low is None else bisect_left(known, span.low)
        end = len(known) if span.high is None else bisect_left(known, span.high)
        return known[start:end]

    def _part(self, branch: Branch, part: "Span | str") -> Branch:
        name = branch.dimension
        narrowed = {**branch.narrowed, name: part}
        known = frozenset(narrowed.items())
        if known not in self._known:
            cuts = {**branch.cuts, name: branch.cuts.get(name, 0) + 1}
            self._known[known] = Branch(len(self.branches), narrowed, cuts=cuts, unstated=set(branch.unstated))
            self.branches.append(self._known[known])
        self._known[known].parents.append(branch)
        return self._known[known]

    def _settle(self, branch: Branch) -> Orders:
        """Decides on the parts of a search when all of them have answered."""
        asked = branch.asked()
        if branch.stage is Stage.SETTLED or not all(part.answered for part in asked):
            return Orders()
        lost = 0 if any(part.failed for part in [branch, *asked]) else branch.lost()
        if not lost:
            if branch.shared:
                self._between.add(branch.dimension)
            return self._accept(branch)
        closed = self.dimensions[branch.dimension].closed(branch.cut) if branch.cut else None
        if closed:
            return self._ask_parts(branch, closed)
        if branch.stage < Stage.PARTS_ASKED_AGAIN and lost <= max(5, MOVEMENT * (branch.total or 0)):
            branch.stage = Stage(branch.stage + 1)
            if branch.stage is Stage.ASKED_AGAIN:
                return Orders(ask=[branch])
            for part in asked:
                part.answered = False
            return Orders(ask=asked)
        branch.tried[branch.dimension] = (lost, branch.parts)
        self._short.add(branch.dimension)
        branch.parts = []
        orders = self._split(branch)
        return orders if branch.parts else self._read(branch)

    def _accept(self, branch: Branch) -> Orders:
        branch.stage = Stage.SETTLED
        orders = Orders()
        for part in branch.parts:
            orders += self._go_on(part)
        return orders
