"""A page's bytes → its text, and whether its letters can be trusted.

What belongs here: byte order marks, declared encodings, what to do when they contradict the bytes. What does not:
markup (document).
"""

import codecs
import contextlib
import re
from dataclasses import dataclass

from w3lib.encoding import resolve_encoding

_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
# Encodings of the web (WHATWG); Python knows others, some of them made to be slow.
_WEB = re.compile(
    r"utf-8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d|cp874|cp866|cp932|cp949|koi8-[ru]|mac-(roman|cyrillic)"
    r"|big5(hkscs)?|gb2312|gbk|gb18030|euc_(jp|kr)|shift_jis|iso2022_jp|tis-620"
)
_REPLACED = "\ufffd"
# Of UTF-16 text in Western letters every second byte is a NUL.
_MANY_NULS = 0.2


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded page.

    Attributes:
        text: without NUL.
        suspect: why its letters may not be those that the site meant; empty where they are sure. Digits are always.
    """

    text: str
    suspect: str = ""


def decode(body: bytes, header: str = "") -> Decoded:
    """Decodes by byte order mark, as UTF-8, then as declared by the header, by the page, else as Latin-1.

    Args:
        body: the bytes of the page.
        header: the charset that the Content-Type header names; empty where it names none.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(body, "utf-16", "")
    declared = _declared(body, header)
    nuls = body.count(0) if 0 in body else 0
    if nuls > _MANY_NULS * len(body):
        name = "utf-16-be" if body.find(b"\x00") % 2 == 0 else "utf-16-le"
        return _decoded(body, name, "" if declared[:1] == ["utf-16"] else "UTF-16 without saying so")
    with contextlib.suppress(UnicodeDecodeError):
        text = body.removeprefix(codecs.BOM_UTF8).decode()
        return Decoded(text.replace("\0", ""), "NUL in the text") if nuls else Decoded(text)
    # It is no UTF-8, so whoever says that it is errs.
    others = [name for name in declared if name != "utf-8"]
    name = (others or declared or ["cp1252"])[0]
    if not declared:
        return _decoded(body, name, "no UTF-8, and no encoding is declared")
    if len(set(declared)) > 1:
        return _decoded(body, name, f"two encodings are declared: {', '.join(declared)}")
    return _decoded(body, name, f"not the {name} that is declared" if name == "utf-8" else "")


def _declared(body: bytes, header: str) -> list[str]:
    """The encodings that the header and the page declare, in that order, as Python names them."""
    found = _CHARSET.search(body[:4096])
    told = [header, found.group(1).decode("ascii") if found else ""]
    return [name for name in map(_known, told) if name]


def _known(name: str) -> str:
    """Python's name of a declared encoding; empty for one that the web does not have."""
    known = resolve_encoding(name.strip(" \"'")) if name else None
    if known is None or not _WEB.fullmatch(known):
        return ""
    return "utf-16" if known.startswith("utf-16") else known


def _decoded(body: bytes, name: str, suspect: str) -> Decoded:
    text = body.decode(name, "replace")
    if not suspect and _REPLACED in text:
        suspect = f"bytes that {name} does not have"
    if not suspect and "\0" in text:
        suspect = "NUL in the text"
    return Decoded(text.replace("\0", ""), suspect)
