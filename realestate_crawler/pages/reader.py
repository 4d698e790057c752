"""The page reader: the bytes of a page, its address and the site's profile in, a Page out.

What belongs here: the order of the steps. What does not: any of the steps, and anything that names a site (profiles).
"""

from typing import TYPE_CHECKING

from realestate_crawler.pages.detail import DetailSources, detail_evidence
from realestate_crawler.pages.document import Document, parse
from realestate_crawler.pages.evidence import Evidence
from realestate_crawler.pages.findings import Findings, collect
from realestate_crawler.pages.identifiers import clean_url
from realestate_crawler.pages.json_page import read_json
from realestate_crawler.pages.limits import SuspectPageError
from realestate_crawler.pages.listing import build, says_enough
from realestate_crawler.pages.merge import Surroundings
from realestate_crawler.pages.outline import Element, Outline
from realestate_crawler.pages.overrides import left_empty, section_evidence, site_evidence
from realestate_crawler.pages.page import PARSE_SUSPECT, Page, Reading, Verdict
from realestate_crawler.pages.page_kind import detail_score, results_score
from realestate_crawler.pages.results_page import results_page
from realestate_crawler.pages.verdict import blocked_reason, empty_reason, gone_reason
from realestate_crawler.vocabulary import Kind, QualityFlag

if TYPE_CHECKING:
    from realestate_crawler.profiles.model import Profile


def read_page(body: bytes, url: str = "", profile: "Profile | None" = None, charset: str = "") -> Page:
    """Reads one page.

    Args:
        body: the page as fetched, HTML or JSON, in any encoding.
        url: its address; without it the page's own canonical address is used where it names one.
        profile: what is special about its site; None for the generic reader alone.
        charset: what the Content-Type header says of the encoding; empty where it says nothing.
    """
    try:
        document = parse(body, url, charset)
    except SuspectPageError as error:
        return Page(Verdict.OTHER, clean_url(url), reason=f"{PARSE_SUSPECT}: {error}")
    page = _read(document, profile)
    page.encoding_suspect = document.encoding_suspect
    if document.encoding_suspect:
        for listing in page.listings:
            listing.quality_flag = QualityFlag.ENCODING_SUSPECT
    return page


def _read(document: Document, profile: "Profile | None") -> Page:
    if document.root is None:
        return read_json(document, profile)
    blocked = blocked_reason(document)
    if blocked:
        return Page(Verdict.BLOCKED, clean_url(document.url), reason=blocked)
    return _read_html(document, profile)


def _read_html(document: Document, profile: "Profile | None") -> Page:
    found = collect(document, profile)
    address = clean_url(found.url)
    detail, results = detail_score(found), results_score(found)
    if results > detail:
        page = results_page(found)
        if page.readings:
            page.reason = page.reason or f"results {results:.1f} against listing {detail:.1f}"
            return page
    reading = _read_listing(found)
    if reading is not None and says_enough(reading, certain=detail >= 3):
        if reading.listing.list_price is None and (gone := gone_reason(document)):
            return Page(Verdict.GONE, address, reason=gone)
        return Page(
            Verdict.LISTING, address, readings=[reading], reason=f"listing {detail:.1f} against results {results:.1f}"
        )
    gone = gone_reason(document)
    if gone:
        return Page(Verdict.GONE, address, reason=gone)
    empty = empty_reason(document)
    if empty:
        return Page(Verdict.EMPTY, address, reported_total=0, reason=empty)
    return Page(Verdict.OTHER, address, reason="neither a listing nor results were found")


def _read_listing(found: Findings) -> Reading | None:
    """The one listing of the page; None when the page says nothing about one."""
    others = {e for g in found.groups[:4] for card in g.cards if card.key != found.key for e in card.elements}
    sources = DetailSources(
        document=found.document,
        country=found.country,
        key=found.key,
        metas=found.metas,
        nodes=found.nodes,
        micro=found.micro,
        objects=found.objects,
        other_cards={e for e in others if not _holds_headline(found.document.outline, e)} if found.key else set(),
    )
    evidence = detail_evidence(sources)
    profile = found.profile
    if profile is not None:
        evidence += section_evidence(profile.listing, found.root, found.states)
        evidence += site_evidence(profile)
    if not evidence:
        return None
    key = _key(found.key, evidence)
    empty = left_empty(profile.listing, evidence) if profile else frozenset()
    return build(
        evidence, Surroundings(found.country, found.words), key=key, url=found.url, kind=Kind.DETAIL, empty=empty
    )


def _key(own: str | None, evidence: list[Evidence]) -> str:
    """The listing's id: as the profile says it, else from the address, else as the page names it."""
    told = sorted((e for e in evidence if e.field == "listing_key"), key=lambda e: -e.trust)
    if told and (own is None or told[0].source == "profile"):
        return str(told[0].value).strip()
    return own or ""


def _holds_headline(outline: Outline, element: Element) -> bool:
    return element.tag in ("body", "html", "main") or bool(outline.below(element, "h1"))
