"""Changes that no market makes, in one feed of one scope: which (listing, field) pairs are held, and what is flagged.

A parser that reads another column, an amount in another currency, a field that is no longer there: all of them answer
well and change hundreds of listings at once. Facts of the market are held; texts and the source's own columns flagged.

What belongs here: which shape in which field is too much. What does not: the shapes (`patterns`), what holding means
(`keeping`), the numbers (`guard`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from orchestration.logic.field_changes import COMPARED, as_text
from orchestration.logic.guard import Guard, too_many
from orchestration.logic.patterns import common_factor, emptied, filled, permuted
from orchestration.logic.sightings import SIGHTING

KEY = "listing_key"
PAIRS = {KEY: pl.String(), "field_name": pl.String(), "pattern": pl.String()}
AMOUNTS = ("list_price", "association_fee", "tax_annual_amount", "living_area", "lot_size_area")
# What may be mixed up: fields whose values are of one kind.
KINDS: tuple[tuple[str, ...], ...] = (
    ("list_price", "association_fee", "tax_annual_amount"),
    ("living_area", "lot_size_area"),
    ("bedrooms_total", "bathrooms_total_integer", "rooms_total"),
    ("latitude", "longitude"),
    ("city", "state_or_province", "postal_code", "unparsed_address"),
)
# One fact: half of it old and half of it new would say what nobody said.
BOUND: tuple[tuple[str, ...], ...] = (
    ("list_price", "currency", "price_period", "price_qualifier", "offer", "association_fee", "tax_annual_amount"),
    ("living_area", "living_area_units"),
    ("lot_size_area", "lot_size_units"),
    ("latitude", "longitude", "unparsed_address", "city", "state_or_province", "postal_code", "country"),
)
# Words that advertisers and offices write as they like.
TEXTS = ("title", "energy_class", "on_market_date", "list_office_name", "list_agent_full_name", "owner_name")
HELD_FIELDS = tuple(name for name in COMPARED if name not in TEXTS)


@dataclass(frozen=True, slots=True)
class Suspects:
    """What is too much.

    Attributes:
        pairs: listing_key, field_name, pattern: what is held.
        holds: the same in words, with numbers and an example.
        flags: what is not held and still worth a look, in words.
    """

    pairs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PAIRS))
    holds: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def mass_changes(
    observed: pl.DataFrame, joined: pl.DataFrame, found: pl.DataFrame, guard: Guard, least: int = 0
) -> Suspects:
    """Judges the changes of one feed.

    Args:
        observed: the feed's lines as they came; a sighting shows some fields only.
        joined: the same beside what was known (`<column>_was`), sightings filled in.
        found: one row a changed field: listing_key, field_name, previous_value, new_value.
        guard: the thresholds.
        least: the changes are compared with at least so many listings, whatever the feed has.
    """
    counts = dict(found.group_by("field_name").len().iter_rows())
    suspects = Suspects()
    fewest = min(guard.least_changes, guard.least_emptied)
    many = [name for name, count in counts.items() if count > fewest]
    if not many:
        return suspects
    known = joined.filter(pl.col("presence_was").is_not_null())
    taken = [suspects.pairs]
    for name in sorted(set(many) & set(HELD_FIELDS)):
        shown = _shown(observed, name)
        changes = _changes(known, found, name)
        here = known.join(shown, on=KEY, how="semi")
        of_all = max(here.height, least)
        had = max(here.filter(pl.col(f"{name}_was").is_not_null()).height, least)
        for pattern, keys, of in _patterns(name, changes, of_all, had, guard):
            left = keys.filter(~keys.is_in(pl.concat(taken).filter(pl.col("field_name") == name)[KEY].implode()))
            if left.is_empty():
                continue
            taken.append(pl.DataFrame({KEY: left}).with_columns(field_name=pl.lit(name), pattern=pl.lit(pattern)))
            suspects.holds.append(_words(name, pattern, left, of, changes))
        suspects.flags.extend(_filled_words(name, filled(changes), of_all, guard))
    suspects.flags.extend(_flags(found, counts, max(known.height, least), guard))
    pairs = pl.concat(taken)
    return Suspects(pl.concat([pairs, bound(pairs, found)]), suspects.holds, suspects.flags)


def bound(pairs: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The changes of the same listings that are one fact with what is held."""
    more = [pairs.clear()]
    for group in BOUND:
        of = pairs.filter(pl.col("field_name").is_in(group)).select(KEY).unique()
        if of.height:
            others = found.filter(pl.col("field_name").is_in(group)).join(of, on=KEY, how="semi")
            others = others.join(pairs, on=[KEY, "field_name"], how="anti")
            more.append(others.select(KEY, "field_name", pattern=pl.lit("one fact with what is held")))
    return pl.concat(more)


def _patterns(
    name: str, changes: pl.DataFrame, of: int, had: int, guard: Guard
) -> Iterator[tuple[str, pl.Series, int]]:
    """The shapes that are too frequent: pattern in words, listings, of how many.

    `of` listings are compared, `had` of them had a value.
    """
    other = changes.filter(pl.col("was").is_not_null())
    if name in AMOUNTS:
        keys, factor = common_factor(other, guard.same)
        near = abs(factor - 1) <= guard.near
        share = guard.near_share if near else guard.factor_share
        main = keys.len() >= guard.factor_of_changed * other.filter(pl.col("now").is_not_null()).height
        if main and too_many(keys.len(), guard.least_changes, of, share):
            yield f"changed by the factor {factor:.4g}", keys, of
    for kind in KINDS:
        if name in kind:
            for twin, keys in permuted(other, [each for each in kind if each != name]).items():
                if too_many(keys.len(), guard.least_changes, of, guard.permuted_share):
                    yield f"took the earlier value of {twin}", keys, of
    lost = emptied(changes)
    if too_many(lost.len(), guard.least_emptied, had, guard.emptied_share):
        yield "lost its value", lost, had
    if too_many(other.height, guard.least_changes, of, guard.at_once_share):
        yield "changed at once", other[KEY], of


def _shown(observed: pl.DataFrame, name: str) -> pl.DataFrame:
    """Keys of the listings of which the feed says something about a field."""
    told = pl.col(name).is_not_null() | pl.col("raw").str.json_path_match(f"$.{name}").is_not_null()
    return observed.filter(~SIGHTING | told).select(KEY)


def _changes(known: pl.DataFrame, found: pl.DataFrame, name: str) -> pl.DataFrame:
    """`was` and `now` of the listings whose field differs, and the earlier values of all fields of its kind."""
    keys = found.filter(pl.col("field_name") == name).select(KEY)
    kind = next((kind for kind in KINDS if name in kind), ())
    others = {other: f"{other}_was" for other in kind if other != name}
    return known.join(keys, on=KEY, how="semi").select(KEY, was=f"{name}_was", now=name, **others)


def _words(name: str, pattern: str, keys: pl.Series, of: int, changes: pl.DataFrame) -> str:
    example = changes.filter(pl.col(KEY).is_in(keys.implode())).sort(KEY).head(1)
    told = example.select(was=as_text(name, "was"), now=as_text(name, "now")).row(0)
    was, now = ("nothing" if value is None else value for value in told)
    return f"{name}: {keys.len()} of {of} {pattern}, for example {was} → {now}"


def _filled_words(name: str, keys: pl.Series, of: int, guard: Guard) -> Iterator[str]:
    if too_many(keys.len(), guard.least_changes, of, guard.at_once_share):
        yield f"{name}: {keys.len()} of {of} had no value and have one now"


def _flags(found: pl.DataFrame, counts: Mapping[str, int], of: int, guard: Guard) -> Iterator[str]:
    """Texts and source columns of which too many change at once."""
    for name in sorted(counts.keys() - set(HELD_FIELDS)):
        if not too_many(counts[name], guard.least_changes, of, guard.at_once_share):
            continue
        hint = "; if it differs at every look, declare it volatile" if name.startswith("extra.") else ""
        mixed = _mixed_up(found, name) if name.startswith("extra.") else ""
        yield f"{name}: {counts[name]} of {of} changed at once{mixed or hint}"


def _mixed_up(found: pl.DataFrame, name: str) -> str:
    """The source column whose earlier values this one has now in most listings; empty where there is none."""
    own = found.filter((pl.col("field_name") == name) & pl.col("new_value").is_not_null())
    others = found.filter(pl.col("field_name").str.starts_with("extra.") & (pl.col("field_name") != name))
    alike = (
        own.join(others, on=KEY, suffix="_other")
        .filter(pl.col("new_value") == pl.col("previous_value_other"))
        .group_by("field_name_other")
        .len()
        .sort("len", "field_name_other", descending=[True, False])
        .head(1)
    )
    if alike.is_empty() or alike["len"][0] * 2 < own.height:
        return ""
    return f"; {alike['len'][0]} have the earlier value of {alike['field_name_other'][0]}"
