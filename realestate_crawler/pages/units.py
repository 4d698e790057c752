"""Lines of visible text → facts that their unit gives away: "3 Zimmer", "82 m²", "4 bed", "3+kk".

What belongs here: forms that need no label. What does not: facts with a label beside them (visible_text).
"""

import re
from collections.abc import Iterator

from realestate_crawler.domain.area import areas
from realestate_crawler.domain.patterns import AnyOf, by_first_letter
from realestate_crawler.domain.text import decimal_fractions, fold
from realestate_crawler.pages.evidence import LAYOUT, Evidence, Trust
from realestate_crawler.pages.labels import NOISE
from realestate_crawler.pages.lines import Line
from realestate_crawler.vocabulary import AreaUnits

_LONG = 160
_SHORT_HINT = 30
_RANGE_BEFORE = re.compile(r"(?:studio|\d)\s?(?:[-–—]|to|bis|a)\s?$")
_COUNT = r"(\d(?<![\d.,/+-].)\d?(?:[.,]\d)?)\s?-?\s?"
_COUNTED: tuple[tuple[str, str], ...] = (
    (
        "bedrooms_total",
        (
            r"bed(?:room)?s?\b|bds?\b|br\b|bhk\b|habs?\b|hab\.|habitaci\w+|dormitori\w+|dorms?\b"
            r"|quartos?\b|chambres?\b|ch\.|schlafzimmer|slaapkamers?|recamaras?|loznic\w*|sypialni\w*"
            r"|camer[ae] da letto|sovrum|soverom|bedr\.|dormitoare|yatak odasi|spavac\w+|υπνοδωματι\w+"
            r"|спал(?:ьн|ен)\w*|makuuhuone\w*"
            r"|ห้องนอน|kamar tidur|phong ngu|pn\b|غرف نوم|חדרי שינה|halosob\w*|suites?\b(?= com)"
        ),
    ),
    (
        "bathrooms_total_integer",
        (
            r"bath(?:room)?s?\b|ba\b|banos?\b|badezimmer|bader\b|salles? de bains?|sdb\b|casas? de "
            r"banho|banheiros?|bagn[io]\b|badkamers?|koupeln\w*|lazien\w*|kupaonic\w*|furdo\w*|banyo|μπανι\w+"
            r"|ห้องน้ำ|kamar mandi|toilets?\b|phong tam"
            r"|حمامات|badrum|bad\b|badevaerels\w+|wcs?\b(?<!wc)|full bath"
        ),
    ),
    (
        "rooms_total",
        (
            r"zi\b|zi\.|zimmer\w*|-?raum-?w\w*|rooms?\b(?! rent)|pieces?\b(?= |$|,|-|\.|·)|p\.(?= )"
            r"|locali\b|vani\b|kamers?\b|pokoj\w*|pok\.|izb\w*|ambientes?\b|vaer\w*|rum\b|roms?\b|zkb\b"
            r"|zi?kb\w*|raume?\b|zw\b|szob\w+|δωματι\w+|комн\w*|-?к\.(?= ?кв)|кімн\w*|soba?\b|sobe\b|huone\w*"
            r"|h\s?\+\s?k\b|室|חדרים|غرف(?! نوم)"
            r"|cuartos?\b(?! de ba)|comodos?\b|assoalhadas?|roms\b|vaerelser?"
        ),
    ),
)
_COUNTS = tuple((field, re.compile(f"{_COUNT}(?:{by_first_letter(things)})")) for field, things in _COUNTED)
_PLUS_LAYOUT = re.compile(r"([1-9])(?<![\d.,/].)\s?\+\s?(?:kk|1|0)\b(?!\s?(?:km|min))")
_JAPANESE_LAYOUT = re.compile(r"([1-9])(?<![\w.].)(?:S?LDK|S?DK|S?K|R)(?![a-zA-Z])")
_FRENCH_LAYOUT = re.compile(r"[TF](?<![\w/].)([1-9])(?:/[TF][1-9])?(?!\w)")
_LIVING_WORDS = AnyOf(
    r"wohnfl|wohnflache|wfl|living|habitable|construid|built|interior|internal|floor|carrez|uzitn|obytn"
    r"|podlahov|woonopp|wonen|area bruta|area util|utiles?\b|uteis|nutzbar|covered|boligareal|surface "
    r"habitable"
)
_LOT_WORDS = AnyOf(
    r"grundst|grundstuck|\blot\b|\blots\b|\bplot\b|\berf\b|\bland\b|terrain|terreno|parcel|lote\b"
    r"|perceel|pozem|dzialk|\btomt|grundareal|grund\b|jardin|\bsite\b|acre|stand size"
)
_OTHER_WORDS = AnyOf(
    r"nutzfl|terrass|terrace|terraza|balkon|balcon|keller|cellar|sklep|garten|garden|garage|zahrad"
    r"|zastav|lodzi|gesamtfl|kitchen|kuche|cuisine|zimmer:|schlafz|wohnz|bedroom \d|living room|sejour"
    r"|bad:|loggia|parking|stellpl|dach|komora|store|shop|office|buro|lager|super area|basement|attic"
    r"|pool|verglas|komor"
)
_NEAR = re.compile(r"[|·•,;)]")
_OF_LAND = (AreaUnits.ACRES, AreaUnits.HECTARES)
_YEAR = re.compile(
    r"(?:baujahr|year built|built in|bj\.?|construit en|construido en|construido em|ano de construccion"
    r"|annee de construction|rok vystavby|bouwjaar|byggear|anno di costruzione|construction "
    r"year)\W{0,3}(?:ca\.? |um )?(1[5-9]\d\d|20[0-4]\d)(?!\d)"
)


def unit_facts(lines: list[Line], consumed: set[int], base: int = Trust.UNIT_TEXT) -> Iterator[Evidence]:
    """Facts that their unit gives away ("3 Zimmer", "82 m²", "4 bed"), outside the lines that a label explains."""
    for index, line in enumerate(lines):
        if [part for part in line.parts if part.hint]:
            yield from _hinted(line, base)
        if not line.digits or index in consumed:
            continue
        long = len(line.text) > _LONG
        trust = base - (16 if long else 0) + (6 if line.heading else 0)
        words = decimal_fractions(line.folded)
        for field, pattern in _COUNTS if not long else ():
            # A description speaks of other homes, of houses around, of what could be made of the rooms.
            found = pattern.search(words)
            if found and _RANGE_BEFORE.search(words, 0, found.start()):
                # "Studio - 2 beds": a building, not a home.
                continue
            if found and not (
                field == "rooms_total" and re.match(r"\s?:\s?\d+\s?m", words[found.end() : found.end() + 8])
            ):
                yield Evidence(field, found.group(1), "text", line.text[:80], trust)
        lettered = _FRENCH_LAYOUT.search(line.text)
        if lettered:
            yield Evidence(LAYOUT, lettered.group(1), "text", line.text[:80], trust - 2)
        plus = _PLUS_LAYOUT.search(line.text)
        if plus:
            yield Evidence(LAYOUT, plus.group(1), "text", line.text[:80], trust - 2, {"form": "plus"})
        japanese = _JAPANESE_LAYOUT.search(line.text)
        if japanese:
            yield Evidence(LAYOUT, japanese.group(1), "text", line.text[:80], trust - 2, {"form": "japanese"})
        year = _YEAR.search(words)
        if year:
            yield Evidence("year_built", year.group(1), "text", line.text[:80], trust)
        yield from _areas(line, trust - (8 if long else 0))


def _hinted(line: Line, trust: int) -> Iterator[Evidence]:
    """Counts in hints: aria-label="2 bedrooms" beside a bare 2."""
    for part in line.parts:
        if part.hint and part.text[:1].isdigit() and len(part.text) < _SHORT_HINT:
            words = decimal_fractions(fold(part.text))
            for field, pattern in _COUNTS:
                found = pattern.fullmatch(words)
                if found:
                    yield Evidence(field, found.group(1), "text", part.text, trust)


def _areas(line: Line, trust: int) -> Iterator[Evidence]:
    found = list(areas(line.folded))
    for place, area in enumerate(found):
        start = found[place - 1].end if place else 0
        end = found[place + 1].start if place + 1 < len(found) else len(line.folded)
        before, after = (
            line.folded[max(start, area.start - 40) : area.start],
            line.folded[area.end : min(end, area.end + 28)],
        )
        if re.match(r"\s?[²2]?\s?(?:/|pro |per )", after[:4]) and re.search(r"[€£$]|kc|eur", before[-12:]):
            continue
        if re.search(r"(?:[€£$]|kc|eur|aed)\s?(?:[\d.,]+)?\s?(?:/|per|pro)\s?$", before):
            continue
        # Words behind an area explain it, up to the next comma or dot, or the bracket that it stands in; else those in
        # front do.
        near = _NEAR.split(after, 1)[0]
        field = _area_kind(near)
        if field == NOISE and _ends_part(line, area.end):
            # The next word stands apart: "98 m²", "Terrace" are two facts.
            field = None
        field = field or _area_kind(re.split(r"[|·•;]", before)[-1])
        spread = f"{float(area.area.value):g} {area.area.units}"
        if field == NOISE:
            continue
        lower = re.search(r"(\d+(?:[.,]\d+)?)\s?[-–—]\s?$", before)
        value = f"{lower.group(1)} - {area.area.value} {area.area.units}" if lower else spread
        if field is None and len(line.text) > _LONG:
            continue
        if field is None and area.area.units in _OF_LAND:
            # Homes are not measured in acres.
            field = "lot_size_area"
        if field in {"living_area", "lot_size_area"}:
            yield Evidence(field, value, "text", line.text[:80], trust + 8)
        else:
            yield Evidence("living_area", value, "text", line.text[:80], trust - 4 - 3 * place)


def counted(found: Evidence, country: str | None) -> Evidence | None:
    """A layout (T4, 3+1, 2LDK), as the country counts it, None where it is none there; other evidence as it is."""
    if found.field != LAYOUT:
        return found
    if found.companions.get("form") == "japanese":
        # Elsewhere 1K and 2K are thousands, on the axis of a chart.
        return found._replace(field="rooms_total", companions={}) if country == "JP" else None
    # A Turkish 3+1 has three bedrooms and a living room, a Czech one three rooms and a kitchen.
    bedrooms = country == ("TR" if found.companions.get("form") == "plus" else "PT")
    return found._replace(field="bedrooms_total" if bedrooms else "rooms_total", companions={})


def _ends_part(line: Line, place: int) -> bool:
    """Whether one of the line's parts ends at `place`."""
    end = 0
    for part in line.parts:
        if not part.hint:
            end += len(part.text)
            if abs(end - place) <= 1:
                return True
            end += 1
    return False


def _area_kind(words: str) -> str | None:
    if _LIVING_WORDS.search(words):
        return "living_area"
    if _LOT_WORDS.search(words):
        return "lot_size_area"
    return NOISE if _OTHER_WORDS.search(words) else None
