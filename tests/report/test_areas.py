"""Areas have one short name each, longer only where two would share it."""

import polars as pl
import pytest

from orchestration.logic.market import AREA
from orchestration.report.areas import NOWHERE, with_area


@pytest.mark.parametrize(
    ("places", "names"),
    [
        ([("DK", None, "Aarhus")], ["Aarhus"]),
        ([("US", "TX", "Paris"), ("US", "TN", "Paris"), ("US", "TX", "Waco")], ["Paris, TX", "Paris, TN", "Waco"]),
        ([("US", "TX", "Paris"), ("FR", None, "Paris")], ["Paris, TX", "Paris, FR"]),
        ([("US", "LA", "X"), ("BO", "LA", "X")], ["X, LA, US", "X, LA, BO"]),
        ([("DK", "Fyn", None), ("DK", None, None), (None, None, None)], ["Fyn", "DK", NOWHERE]),
    ],
)
def test_names(places, names):
    frame = pl.DataFrame(places, schema=dict.fromkeys(AREA, pl.String()), orient="row")
    assert with_area(frame)["area"].to_list() == names
