"""Four hundred homes of which no two are alike, to be changed in masses."""

from decimal import Decimal

from tests.graph_fixtures.feeds import listing

MANY = 400


def home(number, **more):
    """A home that no other equals: none of its numbers is another's."""
    told = {
        "list_price": Decimal(100_000 + 731 * number),
        "currency": "EUR",
        "offer": "sale",
        "living_area": Decimal(40 + number % 90) + Decimal(number) / 1000,
        "lot_size_area": Decimal(300 + 7 * number),
        "bedrooms_total": 1 + number % 4,
        "rooms_total": Decimal(6 + number % 4),
        "year_built": 1900 + number % 100,
        "latitude": Decimal("50.1") + Decimal(number) / 10_000,
        "longitude": Decimal("8.1") + Decimal(number) / 10_000,
        "city": f"Town {number % 9}",
        "title": f"Home {number}",
    }
    return listing(f"k{number:04}", **{**told, **more})


def town(count=MANY, **change):
    """`change`: field → function of (number, value), which may leave the value."""
    homes = []
    for number in range(count):
        item = home(number)
        told = {name: make(number, getattr(item, name)) for name, make in change.items()}
        homes.append(home(number, **told))
    return homes
