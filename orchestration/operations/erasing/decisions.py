"""What was decided about the feeds of a scope that loses a listing goes into their manifests, before they lose it.

A replay without the listing must come to the same tables, and how much may change at once depends on how many listings
there are. What belongs here: the manifests. What does not: finding the decisions (`again`), what they are
(`logic.decided`).
"""

from collections.abc import Collection

from orchestration.operations.erasing.again import apply_again
from orchestration.operations.erasing.part_writing import put
from orchestration.resources.lake import Lake
from orchestration.resources.landing import Landing

Scope = tuple[str, str]


def remember_decisions(lake: Lake, landing: Landing, scopes: Collection[Scope]) -> int:
    """Writes them where they are not written yet; into how many manifests.

    Args:
        lake: tells which feeds were applied, and in which order.
        landing: where the feeds lie.
        scopes: source and scope.

    Raises:
        LostFeedError: when an applied feed is not in the landing zone any more.
        DamagedFeedError: when one cannot be read.
        StoreError: when a manifest cannot be stored.
    """
    written = 0
    for source in sorted({source for source, _ in scopes}):
        for each in apply_again(lake, landing, source):
            known = each.manifest.decided is not None or each.manifest.accepts is not None
            if known or (each.ref.source, each.ref.scope) not in scopes:
                continue
            after = each.manifest.model_copy(update={"decided": each.decided})
            put(landing.store, each.ref.key, after.model_dump_json(indent=1).encode())
            written += 1
    return written
