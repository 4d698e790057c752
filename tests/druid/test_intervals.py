"""Every moment lies in one chunk, and a plan touches exactly the chunks that differ."""

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.druid.intervals import Chunk, Granularity, plan, spans

moments = st.datetimes(
    datetime.datetime(1990, 1, 1), datetime.datetime(2090, 1, 1), timezones=st.timezones(no_cache=True)
)
sizes = st.sampled_from(Granularity)
FIRST = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def day(number: int) -> Chunk:
    return Chunk.of(FIRST + datetime.timedelta(days=number), Granularity.DAY)


contents = st.dictionaries(st.integers(0, 12).map(day), st.sampled_from("abc"))


@given(moment=moments, size=sizes)
def test_a_moment_lies_in_its_chunk_and_the_next_one_begins_where_it_ends(
    moment: datetime.datetime, size: Granularity
) -> None:
    chunk = Chunk.of(moment, size)
    assert chunk.start <= moment < chunk.end
    assert Chunk.of(chunk.start, size) == chunk
    assert Chunk.of(chunk.end, size).start == chunk.end


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Chunk.of(datetime.datetime(2026, 1, 1), Granularity.DAY)


@given(wanted=contents, served=st.dictionaries(st.integers(0, 12).map(day), st.sets(st.sampled_from("abc"))))
def test_carrying_out_a_plan_makes_what_is_wanted(wanted: dict[Chunk, str], served: dict[Chunk, set[str]]) -> None:
    todo = plan(wanted, served)
    after = {} if todo.everything else {chunk: held for chunk, held in served.items() if chunk not in todo.drop}
    after |= {chunk: {wanted[chunk]} for chunk in todo.replace}
    assert after == {chunk: {digest} for chunk, digest in wanted.items()}
    untouched = {chunk for chunk in wanted if served.get(chunk) == {wanted[chunk]}}
    assert untouched.isdisjoint(todo.replace)
    assert plan(wanted, after).idle


@given(chunks=st.sets(st.integers(0, 40)).map(lambda numbers: {day(number) for number in numbers}))
def test_spans_cover_the_chunks_and_nothing_else(chunks: set[Chunk]) -> None:
    joined = spans(chunks)
    covered = {number for number in range(41) for span in joined if span.start <= day(number).start < span.end}
    assert {day(number) for number in covered} == chunks
    assert all(one.end < other.start for one, other in itertools.pairwise(joined))
