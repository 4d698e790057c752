"""The sample criteria can be read, fit the portal's limits and cover the market."""

from pathlib import Path

import pytest

import realestate_crawler.demo_market as demo_market
from realestate_crawler.contracts.criteria import read_criteria
from realestate_crawler.demo_market.catalogue import DEFAULT_CAP
from realestate_crawler.demo_market.market import Market

CRITERIA = read_criteria(Path(demo_market.__file__).with_name("criteria.yaml"))


def found(criterion, adverts):
    """The keys of the adverts that a criterion asks for; any other kind of filter is a failure here."""
    assert set(criterion.filters()) <= {"city", "country", "offer", "property_types"}
    return {
        advert.key
        for advert in adverts
        if criterion.city in (None, advert.city)
        and criterion.country in (None, advert.country)
        and criterion.offer in (None, advert.offer)
        and (not criterion.property_types or advert.property_type in criterion.property_types)
    }


def test_there_are_four_for_the_demo_markets_spider():
    assert len(CRITERIA) == 4
    assert {criterion.source for criterion in CRITERIA} == {"demo_market"}
    assert len({criterion.city for criterion in CRITERIA if criterion.city}) >= 2


@pytest.mark.parametrize("day", [1, 30, 365])
def test_each_stays_below_the_cap_and_together_they_cover_the_market(day):
    adverts = Market().adverts(day)
    each = [found(criterion, adverts) for criterion in CRITERIA]
    assert all(20 < len(keys) < DEFAULT_CAP for keys in each)
    assert len(set().union(*each)) > 0.75 * len(adverts)
