"""A search over the cap becomes searches under it that hold all of it, or it is said what they do not hold."""

import math
import random
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from realestate_crawler.domain.dimensions import LARGEST, Span, Words
from realestate_crawler.domain.splitting import Splitter
from tests.domain.splitting_site import AREA, DAY, KIND, PRICE, Site, holds

KINDS = ("apartment", "house", "land")


def market(count, **facts):
    return [{name: fact(number) for name, fact in facts.items()} for number in range(count)]


def spread(number):
    """Prices as a market has them: most are small, some are large, some have cents."""
    return (Decimal(40_000) + Decimal(int(1.0007 ** (number * 7919 % 6007) * 9_000))).quantize(Decimal("0.01"))


def everything(site):
    return site.found == set(range(len(site.listings)))


def test_a_search_under_the_cap_is_read_as_it_is():
    site = Site(market(80, list_price=spread), 100)
    splitter = site.crawl([PRICE])
    assert everything(site)
    assert (site.asked, [branch.number for branch in site.read]) == ([{}], [0])
    assert splitter.leaves() == [splitter.root]


def test_thousands_are_found_through_a_cap_of_hundreds_with_few_more_questions():
    site = Site(market(5000, list_price=spread), 200)
    splitter = site.crawl([PRICE])
    leaves = splitter.leaves()
    assert everything(site)
    assert all(leaf.total <= 200 and not leaf.capped for leaf in leaves)
    assert splitter.unreached == 0
    # 25 searches of 200 would be the fewest; the whole and the halves on the way to them are the extra.
    assert len(leaves) <= 50
    assert len(site.asked) <= 2 * len(leaves)


def test_what_states_no_price_is_found_along_another_dimension():
    site = Site(
        market(
            3000,
            list_price=lambda n: None if n % 20 == 0 else spread(n),
            on_market_date=lambda n: Decimal(739_000 + n * 31 % 200),
        ),
        150,
    )
    splitter = site.crawl([PRICE, DAY])
    assert everything(site)
    assert splitter.unreached == 0
    assert not any(leaf.capped for leaf in splitter.leaves())


def test_what_no_dimension_reaches_is_counted():
    site = Site(market(1000, list_price=lambda n: None if n % 20 == 0 else spread(n)), 100)
    splitter = site.crawl([PRICE])
    assert splitter.unreached == 50
    assert len(site.found) >= 950


def test_one_price_at_which_more_than_the_cap_pile_up_is_cut_by_the_next_dimension():
    site = Site(
        market(
            2000,
            list_price=lambda n: Decimal(250_000) if n % 2 else spread(n),
            living_area=lambda n: Decimal(20 + n * 17 % 400) / 2,
        ),
        100,
    )
    splitter = site.crawl([PRICE, AREA])
    assert everything(site)
    assert splitter.unreached == 0
    assert not any(leaf.capped for leaf in splitter.leaves())
    assert len(site.asked) <= 3 * len(splitter.leaves())


def test_twins_that_nothing_tells_apart_stay_capped_and_are_named():
    site = Site(market(300, list_price=lambda n: Decimal(99_999)), 100)
    splitter = site.crawl([PRICE])
    capped = [leaf for leaf in splitter.leaves() if leaf.capped]
    assert capped
    assert len(site.found) == 100
    assert len(site.asked) < 2 * math.log2(LARGEST)


def test_a_cap_that_is_only_noticed_where_paging_ends_is_learned():
    site = Site(market(2000, list_price=spread), 150)
    splitter = site.crawl([PRICE], declared=False)
    assert everything(site)
    assert splitter.cap == 150
    assert site.read[0] is splitter.root


def test_paging_that_ends_after_a_few_is_no_cap():
    splitter = Splitter([PRICE], None)
    splitter.answered(splitter.root, 2000)
    assert splitter.ended(splitter.root, 20).ask == []
    assert splitter.cap is None


def test_a_search_that_shows_fewer_than_it_claims_and_than_the_cap_is_not_cut():
    splitter = Splitter([PRICE], 1000)
    splitter.answered(splitter.root, 800)
    assert splitter.ended(splitter.root, 400).ask == []
    assert (splitter.cap, splitter.root.capped) == (1000, False)


def least(most):
    """A site that tells no total above `most`: "200+"."""
    return lambda total: (min(total, most), total <= most)


def test_totals_that_are_only_known_as_more_than_so_many_are_cut_until_they_are_exact():
    site = Site(market(3000, list_price=spread), 200, claims=least(200))
    splitter = site.crawl([PRICE])
    assert everything(site)
    assert all(leaf.exact for leaf in splitter.leaves())
    assert splitter.unproved() == {"list_price"}


def test_a_total_of_so_many_and_more_that_is_all_shown_needs_no_cut():
    site = Site(market(180, list_price=spread), 200, claims=least(100))
    splitter = site.crawl([PRICE])
    assert everything(site)
    assert splitter.leaves() == [splitter.root]


def test_without_exact_totals_what_some_listings_do_not_state_is_not_cut_by():
    facts = {"list_price": lambda n: None if n % 20 == 0 else spread(n), "living_area": lambda n: Decimal(30 + n % 300)}
    site = Site(market(1000, **facts), 100, claims=least(100))
    splitter = site.crawl([PRICE, AREA])
    assert everything(site)
    assert splitter.unproved() == {"living_area"}


def test_a_site_that_tells_no_totals_is_cut_where_its_pages_end_at_the_cap():
    site = Site(market(1000, list_price=spread), 200, claims=lambda total: (None, True))
    splitter = site.crawl([PRICE])
    assert everything(site)
    assert not any(leaf.capped for leaf in splitter.leaves())
    assert splitter.unproved() == {"list_price"}


def test_a_word_that_the_site_ignores_is_given_up():
    class Deaf(Site):
        def find(self, narrowed):
            return super().find({name: part for name, part in narrowed.items() if name != "list_price"})

    site = Deaf(market(1000, list_price=spread, living_area=Decimal), 100)
    splitter = site.crawl([PRICE, AREA])
    assert everything(site)
    assert all("list_price" not in leaf.narrowed for leaf in splitter.leaves())


def test_kinds_that_the_list_of_words_forgets_are_missed_and_another_dimension_is_taken():
    site = Site(market(900, property_type=lambda n: "castle" if n % 100 == 0 else KINDS[n % 3], list_price=spread), 350)
    splitter = site.crawl([KIND, PRICE])
    assert everything(site)
    assert splitter.unreached == 0


def test_words_that_nothing_proves_to_cover_a_search_are_said_to_lack_something():
    kinds = market(300, property_type=lambda n: "castle" if n % 100 == 0 else KINDS[n % 3])
    splitter = Site(kinds, 120, claims=least(50)).crawl([KIND])
    assert splitter.unreached == 1  # at least: nobody knows how many


def test_what_lies_in_both_parts_is_not_counted_twice():
    """Half square metres make the parts touch; those at the limit must not make up for those that state no area."""
    areas = [*[Decimal(20)] * 12, *[Decimal(60)] * 5, Decimal("60.5"), *[Decimal(100)] * 8, *[None] * 4]
    splitter = Site([{"living_area": area} for area in areas], 18).crawl([AREA])
    assert splitter.unreached == 4


@pytest.mark.parametrize("moved", ["left before the parts were asked", "came before the whole was asked again"])
def test_a_market_that_moves_between_two_questions_is_no_loss(moved):
    splitter = Splitter([DAY], 100)
    low, high = splitter.answered(splitter.root, 180).ask
    splitter.answered(low, 90)
    (again,) = splitter.answered(high, 89).ask
    assert again is splitter.root
    if moved.startswith("left"):
        orders = splitter.answered(splitter.root, 179)
    else:
        assert splitter.answered(splitter.root, 180).ask == [low, high]
        splitter.answered(low, 90)
        orders = splitter.answered(high, 90)
    assert (orders.read, splitter.unreached) == ([low, high], 0)


def test_a_part_that_could_not_be_asked_leaves_the_others_to_be_read():
    splitter = Splitter([PRICE], 100)
    low, high = splitter.answered(splitter.root, 180).ask
    splitter.failed(low)
    assert splitter.answered(high, 90).read == [low, high]


def test_there_is_a_limit_to_the_number_of_searches():
    site = Site(market(5000, list_price=spread), 50)
    splitter = site.crawl([PRICE], most=40)
    assert splitter.limited
    assert len(site.asked) <= 40
    assert any(leaf.capped for leaf in splitter.leaves())


def invented(seed, count):
    """A market with piles, cents, gaps and kinds that nobody knows."""
    draw = random.Random(seed)
    piles = [Decimal(draw.randrange(1, 500_000)) for _ in range(3)]

    def one():
        price = draw.choice([None, *piles, Decimal(draw.randrange(1, 10**8)) / 100, Decimal(draw.randrange(1, 60))])
        area = draw.choice([None, Decimal(draw.randrange(1, 600)) / 2, Decimal(75)])
        return {
            "list_price": price,
            "living_area": area,
            "on_market_date": Decimal(739_000 + draw.randrange(400)),
            "property_type": draw.choice([*KINDS, *KINDS, "castle"]),
        }

    return [one() for _ in range(count)]


DIMENSIONS = st.permutations([PRICE, AREA, DAY, KIND]).flatmap(lambda all_: st.integers(1, 4).map(lambda n: all_[:n]))


@settings(max_examples=40)
@example(1, 147, 49, [AREA])  # fifty of one area under a cap of 49: one is lacking, and that is no movement
@given(st.integers(0, 10**9), st.integers(0, 600), st.integers(3, 60), DIMENSIONS)
def test_of_any_market_the_leaves_hold_all_or_it_is_said_what_they_lack(seed, count, cap, dimensions):
    listings = invented(seed, count)
    site = Site(listings, cap, shows=2)
    splitter = site.crawl(dimensions)
    leaves = splitter.leaves()
    held = {
        number: [leaf for leaf in leaves if holds(listings[number], leaf.narrowed)] for number in range(len(listings))
    }
    # They cover: what is in no leaf was counted as out of reach.
    outside = [number for number, of in held.items() if not of]
    assert len(outside) <= splitter.unreached
    # They show what they hold: what was not met is out of reach, or in a search that stays over the cap.
    assert all(any(leaf.capped for leaf in held[n]) for n in held if n not in site.found and held[n])
    assert all(leaf.total <= cap for leaf in leaves if not leaf.capped)
    if not splitter.unreached and not any(leaf.capped for leaf in leaves):
        assert everything(site)
    # They are disjoint but for their limits.
    for one, other in combinations(leaves, 2):
        for number in set(site.find(one.narrowed)) & set(site.find(other.narrowed)):
            assert any(
                listings[number][name] in (part.low, part.high)
                for leaf in (one, other)
                for name, part in leaf.narrowed.items()
                if isinstance(part, Span)
            )
    # It ends: each search over the cap is halved along each dimension as often as its range can be, and no more often.
    halvings = sum(2 * math.ceil(math.log2(dimension_width(d))) + 2 for d in dimensions)
    over = max(1, len(listings) // (cap + 1))
    assert len(site.asked) <= 1 + 4 * (over + len(dimensions)) * halvings


def dimension_width(dimension):
    if isinstance(dimension, Words):
        return len(dimension.values)
    return float(dimension.most - dimension.least) if dimension.most else float(LARGEST)
