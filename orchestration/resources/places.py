"""Where things lie, as a resource: read from the environment when a step starts."""

from typing import Any

import dagster as dg

from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.places import Places


class PlacesResource(dg.ConfigurableResource[Any]):
    """The places of this run."""

    def get(self) -> Places:
        """Environment and `.env`, now."""
        return Places()

    def lake(self) -> Lake:
        """The Delta tables."""
        return Lake(root=self.get().lake_root)

    def landing(self) -> Landing:
        """The feeds."""
        return Landing(root=self.get().landing)
