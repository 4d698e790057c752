"""Where things lie, as a resource: read from the environment when a step starts."""

from typing import Any

import dagster as dg

from orchestration.resources.delta import usable
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing
from realestate_crawler.contracts.places import Places
from realestate_crawler.landing.probe import refuse_unsafe


class PlacesResource(dg.ConfigurableResource[Any]):
    """The places of this run."""

    def get(self) -> Places:
        """Environment and `.env`, now."""
        return Places()

    def check(self) -> None:
        """Refuses places where commits could be lost, before anything is written to them.

        Raises:
            PlaceError: for a lake in a folder that delta-rs cannot use.
            StoreError: for a store that ignores conditional writes or cannot be written.
        """
        places = self.get()
        usable(places.lake_root)
        for location in (places.landing, places.lake_root):
            refuse_unsafe(location)

    def lake(self) -> Lake:
        """The Delta tables."""
        return Lake(root=self.get().lake_root)

    def landing(self) -> Landing:
        """The feeds."""
        return Landing(root=self.get().landing)
