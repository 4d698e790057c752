"""Whether gzip bytes are whole is known for certain, without unpacking them into memory."""

import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realestate_crawler.middlewares.whole_bodies import State, gzip_state

LARGE = 10**9


def whole_gzip(data):
    return gzip_state(data, LARGE) is State.WHOLE


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_whole_members_are_whole(members):
    assert whole_gzip(b"".join(gzip.compress(member) for member in members))


@given(st.binary(min_size=1, max_size=300), st.data())
def test_a_cut_or_a_changed_byte_is_seen(body, data):
    packed = gzip.compress(body, mtime=0)
    assert not whole_gzip(packed[: data.draw(st.integers(1, len(packed) - 1))])
    place = data.draw(st.integers(len(packed) - 8, len(packed) - 1))  # checksum and length
    assert not whole_gzip(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :])


@pytest.mark.parametrize("data", [b"plain text", gzip.compress(b"x", mtime=0) + b"garbage"])
def test_anything_else_is_not(data):
    assert not whole_gzip(data)


def test_a_bomb_needs_no_memory():
    bomb = gzip.compress(b"\0" * 50_000_000)
    tracemalloc.start()
    assert whole_gzip(bomb)
    assert not whole_gzip(bomb[:-1])
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_bomb_is_unpacked_no_further_than_the_limit():
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert gzip_state(bomb, 10_000) is State.TOO_LARGE
    assert gzip_state(gzip.compress(b"x" * 10_000), 10_000) is State.WHOLE
