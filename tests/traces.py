"""Where a word is found in whatever lies below a folder: gzip and Parquet opened, everything else as it lies there."""

import gzip
import io
from pathlib import Path

import polars as pl


def traces(folder: Path, *words: str) -> dict[str, set[str]]:
    """Word → the files that hold it, in any spelling that JSON or a path gives it."""
    found: dict[str, set[str]] = {word: set() for word in words}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        texts = [path.name.encode(), path.read_bytes()]
        if path.suffix == ".gz":
            texts.append(gzip.decompress(texts[1]))
        if path.suffix == ".parquet":
            texts.append(_rows(texts[1]))
        for word in words:
            spellings = {word.encode(), word.encode("unicode_escape"), word.casefold().encode()}
            if any(spelling in text for spelling in spellings for text in texts):
                found[word].add(path.relative_to(folder).as_posix())
    return {word: files for word, files in found.items() if files}


def _rows(data: bytes) -> bytes:
    frame = pl.read_parquet(io.BytesIO(data), hive_partitioning=False)
    return repr(frame.to_dicts()).encode()
