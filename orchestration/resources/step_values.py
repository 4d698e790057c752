"""What steps hand each other, where steps do not share a disk: objects in a store.

`REALESTATE_STEPS=s3://bucket/prefix` chooses it; without it Dagster keeps the values where it always does, on the disk
of its home. The values are small: orders, results, names of feeds. What is large lies in the lake.
"""

import os
import pickle
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg

from realestate_crawler.landing.opening import open_store
from realestate_crawler.landing.store import ObjectStore

VARIABLE = "REALESTATE_STEPS"


class StoredSteps(dg.ConfigurableIOManager):
    """Step values as objects below one root; whoever writes there can run code here, as with the image itself.

    Attributes:
        root: a folder or `s3://bucket/prefix`.
    """

    root: str

    @cached_property
    def _store(self) -> ObjectStore:
        return open_store(self.root)

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Stores a value; a value of a run that is done again takes the place of the earlier one.

        Raises:
            StoreError: when it could not be stored.
        """
        if obj is None:  # an asset that keeps its rows in the lake
            return
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "value"
            path.write_bytes(pickle.dumps(obj))
            self._store.put_file(_key(context), path)

    def load_input(self, context: dg.InputContext) -> Any:
        """The value of the step before.

        Raises:
            StoreError: when there is none or it cannot be read.
        """
        assert context.upstream_output is not None
        return pickle.loads(self._store.get(_key(context.upstream_output)))  # noqa: S301 (written by our own steps)


def step_values() -> dict[str, dg.ConfigurableIOManager]:
    """The resource that the environment asks for; none means Dagster's own."""
    root = os.environ.get(VARIABLE, "")
    return {"io_manager": StoredSteps(root=root)} if root else {}


def _key(output: dg.OutputContext) -> str:
    """An asset's newest value by the asset, so that it can be used in a later run; any other by its run and step."""
    words = ["assets", *output.asset_key.path] if output.has_asset_key else ["runs", *output.get_identifier()]
    return "/".join(word.replace("/", "_") for word in words)
