"""Kinds of response: the table is ``responses.toml``, a file people can review."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from aim.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Response:
    """A kind of response: what it is called, and what belongs to it."""

    name: str
    means: str


@lru_cache(maxsize=1)
def read_responses() -> Mapping[str, Response]:
    """Return the kinds of response by key, in the order of the table.

    Examples
    --------
    >>> read_responses()["patrol"].name
    'Patrol'
    """
    text = resources.files("aim.tasking").joinpath("responses.toml").read_text(encoding="utf-8")
    return MappingProxyType({key: Response(**row) for key, row in tomllib.loads(text).items()})


def find_response(word: str) -> str:
    """Return the key of a kind of response, given as key or name; nothing for nothing.

    Raises
    ------
    ParameterError
        There is no such kind.

    Examples
    --------
    >>> find_response("Target hardening"), find_response("")
    ('target-hardening', '')
    """
    asked = word.strip().casefold()
    known = read_responses()
    for key, one in known.items():
        if asked in {key, one.name.casefold()}:
            return key
    if not asked:
        return ""
    raise ParameterError(f"`response` is one of {', '.join(known)}; found {word!r}.")


def name_of_response(key: str) -> str:
    """Return what pages call a kind; one that left the table keeps its key.

    Examples
    --------
    >>> name_of_response("patrol"), name_of_response("gone")
    ('Patrol', 'gone')
    """
    known = read_responses().get(key)
    return known.name if known else key
