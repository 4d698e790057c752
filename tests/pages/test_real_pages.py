"""The saved pages of real sites reach the bar: core values, results, block pages, twin captures."""

from collections import Counter

import pytest

from realestate_crawler.domain.identity import compared_content
from realestate_crawler.pages.page import Page, Verdict
from realestate_crawler.pages.reader import read_page
from realestate_crawler.profiles.registry import for_page
from tests.pages.real_material import Saved, agreement, needs_material, saved_pages

pytestmark = [pytest.mark.real, needs_material]

VERDICTS = {"detail": {Verdict.LISTING}, "search": {Verdict.RESULTS}, "blocked": {Verdict.BLOCKED}}


@pytest.fixture(scope="module")
def with_profiles() -> list[tuple[Saved, Page]]:
    return [(saved, read_page(saved.body, saved.url, for_page(saved.body, saved.url))) for saved in saved_pages()]


@pytest.fixture(scope="module")
def without_profiles() -> list[tuple[Saved, Page]]:
    return [(saved, read_page(saved.body, saved.url)) for saved in saved_pages()]


def _shares(pages: list[tuple[Saved, Page]]) -> tuple[float, float]:
    told: Counter[str] = Counter()
    for saved, page in pages:
        told.update(agreement(saved, page.listings))
    total = told.total()
    print(f"core values: {dict(told)}")
    return told["right"] / total, told["wrong"] / total


def test_core_values_with_profiles(with_profiles: list[tuple[Saved, Page]]) -> None:
    right, wrong = _shares(with_profiles)
    assert right >= 0.98
    assert wrong <= 0.01


def test_core_values_of_the_generic_reader_alone(without_profiles: list[tuple[Saved, Page]]) -> None:
    right, wrong = _shares(without_profiles)
    assert right >= 0.95
    assert wrong <= 0.01


def test_every_kind_of_page_is_recognised(without_profiles: list[tuple[Saved, Page]]) -> None:
    for saved, page in without_profiles:
        assert page.verdict in VERDICTS.get(saved.answer["page_kind"], {Verdict.OTHER, Verdict.EMPTY, Verdict.GONE}), (
            saved.path
        )
        if saved.answer["page_kind"] == "blocked":
            assert not page.listings


def test_every_result_is_found_and_none_invented(with_profiles: list[tuple[Saved, Page]]) -> None:
    for saved, page in with_profiles:
        ids = {str(i) for i in saved.answer.get("listing_ids") or ()}
        if ids:
            assert {listing.listing_key for listing in page.listings} == ids, saved.path


def test_twin_captures_of_one_listing_are_equal(with_profiles: list[tuple[Saved, Page]]) -> None:
    by_site = {(saved.path.parent.name, saved.path.name): page for saved, page in with_profiles}
    twins = [site for site, name in by_site if name == "detail-a1.html"]
    assert twins
    for site in twins:
        first, second = (by_site[site, name].listings[0] for name in ("detail-a1.html", "detail-a2.html"))
        assert compared_content(first, ()) == compared_content(second, ())
