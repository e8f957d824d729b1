"""Where a new answer stands among earlier ones, and how far it may be cut there."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from aim.access.disclosure.bands import Band

Covered = frozenset[Any]


class Node(NamedTuple):
    """An answer: what it covers, and its band."""

    covers: Covered
    band: Band


class Limits(NamedTuple):
    """How the range of a count may be cut; see `narrowest_block`."""

    base: int
    top: int
    first_end: int | None
    last_start: int | None


def limits_of(
    asked: Covered,
    nodes: list[Node],
    *,
    room: Callable[[Covered], int],
    root: Node | None,
    k: int,
) -> Limits | None:
    """Return how an answer may be cut so that the tree stays safe; None if it crosses another.

    Parameters
    ----------
    asked
        What the new answer covers; no node covers exactly that.
    nodes
        Earlier answers, within one another or apart.
    room
        The most incidents that can lie in a set no node covers.
    root
        The whole with its exact number, if everybody knows it.
    k
        The room every part must keep.
    """
    if any(_cross(node.covers, asked) for node in nodes):
        return None
    inside = _widest(node for node in nodes if node.covers < asked)
    base, highest = _sums(inside)
    top = highest + room(asked.difference(*_sets(inside)))
    above = min((node for node in nodes if node.covers > asked), key=_size, default=None)
    parent = above or root
    if parent is None:
        return Limits(base, top, None, None)
    beside = _widest(node for node in nodes if node.covers <= parent.covers - asked)
    lows, highs = _sums(beside)
    left = room(parent.covers.difference(asked, *_sets(beside)))
    # An exact number lends its parts no room of its own, so they keep k of theirs.
    spare = 0 if above else k
    return Limits(
        base=max(base, parent.band.low - highs - left),
        top=min(top, parent.band.high - lows),
        first_end=parent.band.high + spare - highs - left,
        last_start=parent.band.low - spare - lows,
    )


def _cross(one: Covered, other: Covered) -> bool:
    return bool(one & other) and not (one < other or other < one)


def _widest(nodes: Iterable[Node]) -> list[Node]:
    """Keep the nodes that lie in no other."""
    held = list(nodes)
    return [one for one in held if not any(one.covers < other.covers for other in held)]


def _sets(nodes: list[Node]) -> list[Covered]:
    return [node.covers for node in nodes]


def _sums(nodes: list[Node]) -> tuple[int, int]:
    return sum(node.band.low for node in nodes), sum(node.band.high for node in nodes)


def _size(node: Node) -> int:
    return len(node.covers)
