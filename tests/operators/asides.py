"""Runs with lines in quarantine, as the crawler writes them."""

from realestate_crawler.contracts.feed import encode, quarantine_name
from realestate_crawler.landing.feed_writer import FeedWriter
from realestate_crawler.landing.opening import open_store
from tests.graph_fixtures.feeds import SOURCE, day, deliver, listing

RUNS = [f"{day(n):%Y%m%dT%H%M%SZ}-{n:06d}" for n in range(10)]


def fields(key, price=100, **more):
    """The fields of an item as the feed stage writes them into quarantine."""
    item = listing(key, list_price=price, city="Lund", offer="sale", **more)
    return {name: getattr(item, name) for name in item.__slots__}


def put_aside(root, number, *lines, seen=(), scope="all", complete=None, run_seq=None, **more):
    """A run on a day with lines in quarantine: (reason, item)."""
    run_seq = run_seq or number
    prefix = f"feeds/source={SOURCE}/scope={scope}/run={day(number):%Y%m%dT%H%M%SZ}-{run_seq:06d}/"
    writer = FeedWriter(open_store(str(root / "landing")), prefix, root / "q", quarantine_name, 2)
    for reason, item in lines:
        if sealed := writer.write(encode({"reason": reason, "observed_at": day(number), "item": item})):
            writer.deliver(sealed)
    if sealed := writer.seal():
        writer.deliver(sealed)
    items = [listing(key, list_price=price, city="Lund", offer="sale") for key, price in dict(seen).items()]
    told = {"quarantine": writer.parts, "quarantined": len(lines), "complete": bool(complete), **more}
    return deliver(root, items, run_seq=run_seq, at=day(number), scope=scope, **told)
