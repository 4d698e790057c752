"""Long lists of alternatives → regular expressions that are searched for quickly, and made when they are needed.

What belongs here: how a list is written down. What does not: the words in it.
"""

import functools
import re
from collections.abc import Callable
from typing import TypeAlias

_OPENS = re.compile(r"(\\b)?(\w)(?![*+?{])")
# What has another small letter alone than in a regular expression that ignores case.
_ODD_CASES = re.compile("[ſİıΣς]")
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[]", re.S)


class AnyOf:
    """A regular expression that is a list of alternatives: what it matches is what `re.compile(pattern)` would.

    Where it ignores case, the alternatives are written in small letters, and what is found is told so, too.
    """

    def __init__(self, pattern: str, *, any_case: bool = False) -> None:
        self._pattern = pattern
        self._any_case = any_case

    @functools.cached_property
    def search(self) -> "_Find":
        """As of a compiled pattern."""
        return self._way("search")

    @functools.cached_property
    def match(self) -> "_Find":
        """As of a compiled pattern."""
        return self._way("match")

    def _way(self, name: str) -> "_Find":
        find: _Find = getattr(self._compiled, name)

        def in_small_letters(text: str) -> re.Match[str] | None:
            # Ignoring case, the engine knows no letter that a match can begin with, and tries all.
            if text.isascii() or _ODD_CASES.search(text) is None:
                return find(text.lower())
            found: re.Match[str] | None = getattr(re.compile(self._pattern, re.I), name)(text)
            return found

        return in_small_letters if self._any_case else find

    @functools.cached_property
    def _compiled(self) -> re.Pattern[str]:
        # Most commands need few of these, and all of them together take longer to compile than some commands run.
        return re.compile(by_first_letter(self._pattern))


_Find: TypeAlias = Callable[[str], re.Match[str] | None]


def by_first_letter(pattern: str) -> str:
    """`pattern` with its alternatives put together by the letter they begin with; it matches what it matched.

    The engine tries every alternative at every place of a text. Those that begin with another letter are passed over
    at once, and places where none begins need no trying at all.
    """
    told: list[str] = []
    groups: dict[str, list[str]] = {}
    for alternative in _alternatives(pattern):
        opens = _OPENS.match(alternative)
        if opens is None:
            # What may begin with any letter keeps its place in front of those behind it.
            told += _joined(groups)
            told.append(alternative)
            groups = {}
        else:
            border, letter = opens.groups()
            rest = alternative[opens.end() :]
            groups.setdefault(letter, []).append(rf"(?<!\w{letter}){rest}" if border else rest)
    return "|".join([*told, *_joined(groups)])


def _joined(groups: dict[str, list[str]]) -> list[str]:
    return [f"{letter}(?:{'|'.join(rests)})" for letter, rests in groups.items()]


def _alternatives(pattern: str) -> list[str]:
    """What stands between the bars of a pattern that are in no brackets."""
    found, depth = [""], 0
    for piece in _PIECE.findall(pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            found.append("")
        else:
            found[-1] += piece
    return found
