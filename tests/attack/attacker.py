"""The attacker: puts every number somebody was given together, and solves for what lies beneath.

A statement says that some cells together hold at least, and at most, so many incidents. Cells are
any words; a releaser, whatever it is (pages, files, the functions themselves), turns each request
into statements. The attacker knows that incidents are whole and not below zero, and nothing else.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Cells = frozenset[Hashable]
# More than any place of the tests holds: who reaches it is not bounded at all.
MANY = 100_000
ROUNDS = 8
NEARLY = 1e-6


class Statement(NamedTuple):
    """These cells together hold from ``low`` to ``high`` incidents."""

    cells: Cells
    low: int
    high: int


class Bounded(NamedTuple):
    """What the attacker makes of a target: the least and the largest it can hold."""

    target: Cells
    low: int
    high: int


def collect(
    releaser: Callable[[Any], Iterable[Statement]], requests: Iterable[Any]
) -> set[Statement]:
    """Ask everything, in order, and keep every statement."""
    return {statement for request in requests for statement in releaser(request)}


def narrow_targets(statements: set[Statement], targets: Mapping[Cells, int]) -> list[Bounded]:
    """Return the targets bounded more narrowly than the width that each of them must keep."""
    case = Case(statements, list(targets))
    widths = np.array(list(targets.values()), dtype=np.int64)
    case.explore(widths)
    bounded = [case.bound(number) for number in case.unsettled(widths)]
    width_of = dict(zip(targets, widths, strict=True))
    return [one for one in bounded if one.high - one.low < width_of[one.target]]


def bound(statements: set[Statement], target: Cells) -> Bounded:
    """Return the least and the largest that some cells together can hold."""
    return Case(statements, [target]).bound(0)


class Case:
    """All statements as one system, and the values of each target seen possible so far."""

    def __init__(self, statements: set[Statement], targets: list[Cells]) -> None:
        self.targets = targets
        ordered = sorted(statements, key=lambda one: (one.low, one.high, sorted(one.cells)))
        members: dict[Hashable, list[int]] = {}
        for row, cells in enumerate([*(one.cells for one in ordered), *targets]):
            for cell in cells:
                members.setdefault(cell, []).append(row)
        # Cells that nothing tells apart are one unknown.
        kinds = sorted({tuple(rows) for rows in members.values()})
        rows = [row for kind in kinds for row in kind]
        columns = [column for column, kind in enumerate(kinds) for _ in kind]
        shape = (len(ordered) + len(targets), len(kinds))
        matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
        self.sums = matrix[len(ordered) :]
        self.limits = LinearConstraint(
            matrix[: len(ordered)], [one.low for one in ordered], [one.high for one in ordered]
        )
        self.lowest = np.full(len(targets), MANY)
        self.highest = np.zeros(len(targets), dtype=np.int64)

    def unsettled(self, widths: np.ndarray) -> np.ndarray:
        """Return the targets not yet seen to be as wide as asked."""
        return np.flatnonzero(self.highest - self.lowest < widths)

    def explore(self, widths: np.ndarray) -> None:
        """Push all unsettled targets at once, each to its least or largest, in random directions.

        Every town found on the way shows a possible value of every target, so that few are left to
        be bounded one by one. Fractions are allowed here, and what has any is thrown away.
        """
        chance = np.random.default_rng(0)
        for _ in range(ROUNDS):
            left = self.unsettled(widths)
            if len(left):
                aim = chance.uniform(-1, 1, len(left)) @ self.sums[left]
                self._solve(aim, whole=False)
                self._solve(-aim, whole=False)

    def bound(self, number: int) -> Bounded:
        aim = self.sums[[number]].toarray()[0]
        low, high = (self._solve(sign * aim, whole=True)[number] for sign in (1, -1))
        return Bounded(self.targets[number], int(low), int(high))

    def _solve(self, aim: np.ndarray, *, whole: bool) -> np.ndarray:
        found = milp(
            aim,
            constraints=self.limits,
            bounds=Bounds(0, MANY),
            integrality=np.full_like(aim, whole),
            options={"presolve": whole},
        )
        if found.x is None:
            raise ValueError(f"The statements contradict each other: {found.message}")
        town = np.rint(found.x)
        values = np.rint(self.sums @ town).astype(np.int64)
        if whole or np.abs(found.x - town).max() < NEARLY:
            self.lowest = np.minimum(self.lowest, values)
            self.highest = np.maximum(self.highest, values)
        return values
