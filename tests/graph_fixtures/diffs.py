"""Feeds diffed one after the other against what the ones before left."""

from decimal import Decimal

import polars as pl

from orchestration.logic.diff import Look, diff
from orchestration.logic.guard import Guard
from orchestration.logic.schemas import LISTINGS
from realestate_crawler.contracts.manifest import Accepted
from tests.graph_fixtures.feeds import SOURCE, day, frame, listing


class Tables:
    """Listings as feed after feed leaves them."""

    def __init__(self):
        self.state = LISTINGS.empty()
        self.number = 0

    def see(self, *items, scope="all", complete=True, partial=False, volatile=(), guard=None, accepts=None):
        self.number += 1
        at = day(self.number)
        look = Look(
            source=SOURCE,
            scope=scope,
            run_id=f"run-{self.number}",
            observed_at=at,
            complete=complete,
            partial=partial,
            volatile=frozenset(volatile),
            accepts=accepts,
        )
        found = diff(frame(*items, at=at), self.state, look, guard or Guard())
        assert found.counts.reconciles()
        kept = self.state.join(found.rows, on="listing_key", how="anti")
        self.state = pl.concat([kept, found.rows])
        assert self.state["listing_key"].is_unique().all()
        return found

    def accept(self, run, *lines, scope="all", **what):
        """A person lets pass what a run held, as `accept` records it: with that run's own lines."""
        accepts = Accepted(run_id=f"run-{run}", by="somebody", **what)
        return self.see(*lines, scope=scope, complete=False, partial=True, accepts=accepts)

    def row(self, key):
        return self.state.row(by_predicate=pl.col("listing_key") == key, named=True)

    def presence(self):
        return dict(self.state.select("listing_key", "presence").rows())


def changes(found, key="a"):
    """Field → (old, new) of what the feed changed."""
    row = found.rows.row(by_predicate=pl.col("listing_key") == key, named=True)
    return {c["field_name"]: (c["previous_value"], c["new_value"]) for c in row["last_changes"] or []}


def price(key, amount, **more):
    return listing(key, list_price=Decimal(str(amount)), currency="EUR", **more)
