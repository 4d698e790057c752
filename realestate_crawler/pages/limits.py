"""Pages that no parser is given: more bytes, words, tags or attributes than a page about homes has.

A page costs memory and time by its tags, not by its bytes: 32 MB of `<b>` are a tree of 1.9 GB, and the time for one
tag grows with the square of its attributes. What belongs here: counting before parsing. What does not: parsing
(document).

The largest of 88 saved pages of 40 sites has 1.8 MB, 16 000 tags, 35 levels and 233 attributes in one tag.
"""

import re

# Fetched and unpacked bytes.
MAX_BYTES = 4 * 1024 * 1024
MAX_TAGS = 50_000
MAX_ATTRIBUTES = 5_000
# Braces and brackets, in JSON or in scripts.
MAX_OBJECTS = 80_000
MAX_LISTS = 300_000
MAX_WORDS = 500_000
# Below this size attributes cannot cost more than some seconds, and looking for them would cost more than reading.
_LARGE = 500_000

_LONG_TAG = 2 * MAX_ATTRIBUTES
# A text in small letters would be a second one; these two letters have small forms of ASCII, too.
_START = re.compile(r"""<([a-zA-Z\u212aİ]\w*+)(?:[^>"'=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|["'=])*+""")
_SCRIPT_END = re.compile("</[sS][cC][rR][iI][pP][tT]")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")


class SuspectPageError(ValueError):
    """The page is a flood, or nested deeper than the parser goes: what was read of it could be anything."""


def refuse_length(body: bytes) -> None:
    """Passes pages whose text fits into memory.

    Raises:
        SuspectPageError: for others.
    """
    if len(body) > MAX_BYTES:
        raise SuspectPageError(f"more than {MAX_BYTES} bytes")


def refuse_flood(text: str) -> None:
    """Passes pages whose tree fits into memory and is built in bounded time.

    Raises:
        SuspectPageError: for others, saying what is too much.
    """
    # A shorter text needs no counting.
    if len(text) > MAX_TAGS and text.count("<") > MAX_TAGS:
        raise SuspectPageError(f"more than {MAX_TAGS} tags")
    if len(text) > MAX_OBJECTS and text.count("{") > MAX_OBJECTS:
        raise SuspectPageError(f"more than {MAX_OBJECTS} objects")
    if len(text) > MAX_LISTS and text.count("[") > MAX_LISTS:
        raise SuspectPageError(f"more than {MAX_LISTS} lists")
    if len(text) > 2 * MAX_WORDS and len(text.split(None, MAX_WORDS)) > MAX_WORDS:
        raise SuspectPageError(f"more than {MAX_WORDS} words")
    if len(text) > _LARGE and _most_attributes(text) > MAX_ATTRIBUTES:
        raise SuspectPageError(f"a tag with more than {MAX_ATTRIBUTES} attributes")


def _most_attributes(text: str) -> int:
    most, place = 0, 0
    while found := _START.search(text, place):
        place = found.end()
        if place - found.start() > _LONG_TAG:
            most = max(most, len(_QUOTED.sub(" ", found[0]).replace("/", " ").split()))
        if found[1].lower() == "script":
            behind = _SCRIPT_END.search(text, place)
            if behind is None:
                break
            place = behind.start()
    return most
