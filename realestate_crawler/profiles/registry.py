"""Names, addresses and saved pages → the profile that belongs to them.

What belongs here: finding and reading profile files. What does not: what a profile may say (model).
A user's own folder goes before the bundled profiles.
"""

import functools
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from realestate_crawler.profiles.model import Profile

_CANONICAL = re.compile(rb"""(?:rel=["']canonical["'][^>]*?href|og:url["'][^>]*?content)=["'](https?://[^"']+)""")
BUNDLED = Path(__file__).parent


class ProfileError(ValueError):
    """A profile cannot be used; the message says which file and key, and why."""


def names(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """The names of all profiles, in order."""
    found = {path.stem for folder in (*folders, BUNDLED) for path in folder.glob("*.yaml")}
    return tuple(sorted(found))


def load(name: str, folders: Sequence[Path] = ()) -> Profile:
    """The profile of that name, or in that file.

    Raises:
        ProfileError: when there is none, or it is not one.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return read(path)
    for folder in (*folders, BUNDLED):
        path = folder / f"{name}.yaml"
        if path.is_file():
            return read(path)
    raise ProfileError(f"no profile {name}; there are {', '.join(names(folders))}")


@functools.lru_cache(maxsize=256)
def read(path: Path) -> Profile:
    """The profile in a file.

    Raises:
        ProfileError: naming the file and every key that is wrong.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  (a safe loader, in C)
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: not a YAML file: {error}") from error
    try:
        profile = Profile.model_validate(document)
    except ValidationError as error:
        told = [f"{'.'.join(str(p) for p in e['loc']) or '(whole)'}: {e['msg']}" for e in error.errors()]
        raise ProfileError("\n".join(f"{path}: key {line}" for line in told)) from error
    if profile.name != path.stem:
        raise ProfileError(f"{path}: key name: {profile.name} is not the name of the file")
    return profile


def for_host(host: str, folders: Sequence[Path] = ()) -> Profile | None:
    """The profile whose site a host belongs to; None when no profile knows it."""
    return next((p for p in (load(name, folders) for name in names(folders)) if host and p.owns(host)), None)


def for_page(body: bytes, url: str, folders: Sequence[Path] = ()) -> Profile | None:
    """The profile for a page: by its address, else by a mark that only that site's pages hold."""
    addresses = [url.encode(), *(m.group(1) for m in _CANONICAL.finditer(body[:200_000]))]
    for address in addresses:
        found = for_host(urlsplit(address.decode("utf-8", "replace")).hostname or "", folders)
        if found is not None:
            return found
    for name in names(folders):
        profile = load(name, folders)
        if any(mark.encode() in body for mark in profile.marks):
            return profile
    return None


_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
