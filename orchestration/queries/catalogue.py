"""All named queries."""

from orchestration.queries import movements, prices, supply
from orchestration.queries.query import Query

CATALOGUE: dict[str, Query] = {
    query.name: query for query in sorted((*prices.QUERIES, *movements.QUERIES, *supply.QUERIES), key=lambda q: q.name)
}
