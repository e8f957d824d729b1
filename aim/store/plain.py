"""Small frozen records as plain values for JSON, and back, by the types their fields declare."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def as_plain(value: Any) -> Any:
    """Return a record as plain values; fields at rest in their default are written too.

    Examples
    --------
    >>> as_plain((date(2026, 5, 4), frozenset({"b", "a"})))
    ['2026-05-04', ['a', 'b']]
    """
    if is_dataclass(value):
        return {one.name: as_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, frozenset):
        return sorted(map(as_plain, value))
    if isinstance(value, tuple):
        return [as_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def from_plain(kind: Any, plain: Any) -> Any:
    """Return the value of a declared type that ``as_plain`` wrote; what is absent is the default.

    Examples
    --------
    >>> from_plain(tuple[date, ...], ["2026-05-04"])
    (datetime.date(2026, 5, 4),)
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        known = next(one for one in inner if one is not types.NoneType)
        return None if plain is None else from_plain(known, plain)
    if origin is frozenset:
        return frozenset(from_plain(inner[0], one) for one in plain)
    if origin is tuple:
        each = [inner[0]] * len(plain) if inner[-1] is Ellipsis else inner
        return tuple(from_plain(one, value) for one, value in zip(each, plain, strict=True))
    if is_dataclass(kind):
        return _record_from(kind, plain)
    if kind in {date, datetime}:
        return kind.fromisoformat(plain)
    return kind(plain)


def _record_from(kind: Any, plain: Mapping[str, Any]) -> Any:
    types_of = _types_of(kind)
    return kind(
        **{
            name: from_plain(types_of[name], value)
            for name, value in plain.items()
            if name in types_of
        }
    )


@lru_cache(maxsize=128)
def _types_of(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
