"""Lines of visible text → evidence: facts with a label beside them, and facts that their unit gives away.

What belongs here: rooms, areas, years and other facts of the property. What does not: amounts of money (prices) and
places (places). Facts that belong to something else (a room's size, a terrace) are marked by their label and left out.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from realestate_crawler.domain.area import area_units, areas, parse_area
from realestate_crawler.domain.money import amounts, are_ends
from realestate_crawler.domain.numbers import find_number, parse_number
from realestate_crawler.domain.text import clean, fold
from realestate_crawler.pages.evidence import Evidence, Trust
from realestate_crawler.pages.labels import NOISE, label_field
from realestate_crawler.pages.lines import Line, plain_line

_NUMERIC = frozenset({"bedrooms_total", "bathrooms_total_integer", "rooms_total", "year_built"})
_AREA_FIELDS = frozenset({"living_area", "lot_size_area"})
_VALUE_START = re.compile(r"[^\w+]*(?:ca\.?|approx\.?|about|circa|von|ab|from|total:?|t|f|ungefahr|etwa)?[^\w+]*\d")
_PRICE_START = re.compile(r"\W*(?:ca\.?|from|ab|desde|from|od|€|eur|chf|usd|aed|php|r|kc|rs\.?|mn|us|zl|kr)?[\W\s]*\d")
_PARTIAL_BATHS = re.compile(r"(\d+)\s?full\W{1,4}(\d+)\s?(?:partial|half|3/4)")


def labelled_facts(lines: list[Line], consumed: set[int]) -> Iterator[Evidence]:
    """Facts whose label stands beside them; `consumed` gets the numbers of the lines that a label explains.

    A size that no label explains in a line whose other parts one does ("2 Beds", "1 Bath", "78 m²") becomes a line of
    its own at the end of `lines`.
    """
    left: list[Line] = []
    for index, line in enumerate(lines):
        if len(line.parts) > 1 or ":" in line.text:
            yield from _inside(line, index, consumed, left)
    told, places = _with_icons(lines)
    inner = {place for place, number in enumerate(places) if number in consumed}
    yield from _beside(told, inner)
    consumed.update(places[place] for place in inner)
    lines.extend(left)


def _with_icons(lines: list[Line]) -> tuple[list[Line], list[int]]:
    """The lines that hold text, and icons that stand for a label; with their numbers."""
    told: list[Line] = []
    places: list[int] = []
    for index, line in enumerate(lines):
        text = line.text
        if not text:
            hint = next((part.text for part in line.parts if part.marks != "img" and label_field(part.text)), "")
            if not hint or (told and label_field(told[-1].text) == label_field(hint)):
                continue
            told.append(replace(line, text=hint))
        else:
            told.append(line)
        places.append(index)
    return told, places


def _beside(lines: list[Line], consumed: set[int]) -> Iterator[Evidence]:
    index = 0
    while index < len(lines):
        label = label_field(lines[index].text)
        if label is None:
            index += 1
            continue
        run = _run_of_labels(lines, index)
        if len(run) > 1 and index + 2 * len(run) <= len(lines):
            values = lines[index + len(run) : index + 2 * len(run)]
            # One label in front of one value each is the common case; a whole header above a row is this one.
            if all(_plausible(field, value.text) for field, value in zip(run, values, strict=True)):
                for offset, (field, value) in enumerate(zip(run, values, strict=True)):
                    consumed.add(index + len(run) + offset)
                    if field != NOISE:
                        yield _fact(field, value.text, lines[index + offset].text)
                index += 2 * len(run)
                continue
        yield from _across(lines, index, label, consumed)
        index += 1


def _inside(line: Line, index: int, consumed: set[int], left: list[Line]) -> Iterator[Evidence]:
    """Label and value in one line: in neighbouring parts, or around a colon."""
    # Many hints in one line are the captions of pictures.
    hints = sum(part.hint for part in line.parts) <= 3
    parts = [
        part
        for part in line.parts
        if part.text.strip(":·|- ") and (not part.hint or (hints and label_field(part.text)))
    ]
    fields = [label_field(part.text) for part in parts]
    if len(parts) > 1 and any(fields):
        values_first = fields[0] is None and _is_value(parts[0].text)
        pairs = 0
        explained: set[int] = set()
        for place, field in enumerate(fields):
            if field is None:
                continue
            other = place - 1 if values_first else place + 1
            if not 0 <= other < len(parts) or fields[other] is not None or parts[other].hint:
                continue
            value = parts[other].text
            if (
                field in _AREA_FIELDS
                and other + 1 < len(parts)
                and fields[other + 1] is None
                and not parse_units(value)
            ):
                value = f"{value} {parts[other + 1].text}"
            if _plausible(field, value):
                pairs += 1
                explained |= {place, other}
                if field != NOISE:
                    yield _fact(field, value.lstrip(": "), parts[place].text)
        # One label among several facts with their own units ("3 Bed", "98 m²") does not explain the whole line.
        if pairs * 2 >= len(parts) - 1:
            consumed.add(index)
            left += [
                plain_line(part.text, line.element)
                for place, part in enumerate(parts)
                if place not in explained and fields[place] is None and not part.hint and parse_units(part.text)
            ]
        if pairs:
            return
    label, colon, value = line.text.partition(":")
    if colon and value.strip():
        field = label_field(label)
        if field is not None and _plausible(field, value):
            consumed.add(index)
            if field != NOISE:
                yield _fact(field, value.strip(), label)


def _across(lines: list[Line], index: int, field: str, consumed: set[int]) -> Iterator[Evidence]:
    """Label in one line, value in the next; or in the one before, where the row runs that way."""
    following = index + 1
    before = index - 1
    tag = line_tag(lines[index])
    value_first = before >= 0 and before not in consumed and tag not in ("dt", "th") and _value_first(lines, index)
    if value_first and following < len(lines) and not _plausible(field, lines[before].text):
        value_first = False
    if not value_first and following < len(lines) and following not in consumed:
        value = lines[following].text.lstrip(": ")
        joined = value
        if field in _AREA_FIELDS and following + 1 < len(lines) and not parse_units(value):
            joined = f"{value} {lines[following + 1].text}" if _is_unit(lines[following + 1].text) else value
        if label_field(value) is None and _plausible(field, value):
            consumed.add(following)
            if field != NOISE:
                yield _fact(field, joined, lines[index].text)
            return
    if before >= 0 and before not in consumed and value_first and _plausible(field, lines[before].text):
        consumed.add(before)
        if field != NOISE:
            yield _fact(field, lines[before].text, lines[index].text)


def line_tag(line: Line) -> str:
    """The tag of the block that the line stands in."""
    return str(line.element.tag) if line.element is not None else ""


# Rows of one run that are looked at: how it begins and ends is soon known, and each row of a long table would walk all.
_LONGEST_RUN = 40


def _value_first(lines: list[Line], index: int) -> bool:
    """Whether the rows around this label read value, label: told by how the run of rows begins."""
    earliest, latest = max(2, index - 2 * _LONGEST_RUN), min(len(lines), index + 2 * _LONGEST_RUN)
    start = index
    while start >= earliest and label_field(lines[start - 2].text) is not None and _is_value(lines[start - 1].text):
        start -= 2
    first = start - 1
    if first < 0 or 2 <= start < earliest or not _is_value(lines[first].text):
        return False
    end = index + 1
    while end + 1 < latest and _is_value(lines[end].text) and label_field(lines[end + 1].text) is not None:
        end += 2
    return end >= len(lines) or not _is_value(lines[end].text)


def _run_of_labels(lines: list[Line], index: int) -> list[str]:
    run: list[str] = []
    for line in lines[index : index + 8]:
        field = label_field(line.text)
        if field is None:
            break
        run.append(field)
    return run


def _fact(field: str, value: str, label: str) -> Evidence:
    companions = {}
    if field in _AREA_FIELDS and not parse_units(value) and (units := area_units(label)):
        companions = {"living_area_units" if field == "living_area" else "lot_size_units": units.value}
    if field == "bathrooms_total_integer" and (partial := _PARTIAL_BATHS.search(fold(value))):
        value = str(int(partial.group(1)) + int(partial.group(2)))
    # A count that names its own unit needs no label: it may stand beside one by chance.
    named = (
        field in _NUMERIC and re.search(r"[a-z]{4}", fold(value)) and not re.search(r"ca\.|circa|approx", fold(value))
    )
    trust = Trust.UNIT_TEXT if named else Trust.LABELLED_TEXT
    return Evidence(field, value, "text", label.strip(" :")[:60], trust, companions)


def _is_value(text: str) -> bool:
    return len(text) <= 24 and any(c.isdigit() for c in text[:12]) and label_field(text) is None


def _is_unit(text: str) -> bool:
    """Whether a line holds the unit of the number before it, and is no label of what follows."""
    return len(text) < 12 and not text.rstrip().endswith(":") and area_units(text) is not None


def parse_units(text: str) -> bool:
    """Whether an area with its unit stands in `text`."""
    return next(areas(fold(text)), None) is not None


def _plausible(field: str, text: str) -> bool:
    """Whether `text` can be a value of `field`: right shape, not a sentence."""
    if field == NOISE:
        return len(text) < 60 and any(c.isdigit() for c in text)
    if field in (_NUMERIC | _AREA_FIELDS) and not _VALUE_START.match(fold(text)):
        return False
    if field in _NUMERIC:
        number = find_number(text) if len(text) < 40 else None
        if number is None:
            return False
        return (
            1500 <= number <= 2100
            if field == "year_built"
            else number <= 60 and not re.match(r"\W*[a-z]{4,}", fold(text))
        )
    if field in _AREA_FIELDS:
        return len(text) < 60 and parse_area(text) is not None and "€" not in text and "%" not in text
    if field == "list_price":
        return len(text) < 90 and bool(_PRICE_START.match(fold(text))) and _is_price(text)
    if field == "listing_key":
        return len(text) < 50 and any(c.isdigit() for c in text) and " " not in text.strip()
    if field == "postal_code":
        return len(text) < 14 and any(c.isdigit() for c in text)
    if field == "energy_class":
        return len(text) <= 4 or bool(re.match(r"[A-H]\+{0,3}(?:\s|$)", text))
    return 1 < len(text) < 90


def _is_price(text: str) -> bool:
    """An amount with its currency; a number without one only if there is nothing else."""
    words = clean(text)
    found = [amount for amount in amounts(words) if not amount.per_area]
    if found:
        return not are_ends(words, found)
    return parse_number(text) is not None and len(text) < 20
