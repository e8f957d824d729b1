"""The part of the week that stands out: some days on end, some hours on end."""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from aim.analysis._random import Randomness, check_permutations, read_rng
from aim.analysis.temporal import DAYS, HOURS, HOURS_A_WEEK
from aim.errors import ParameterError

Floats = npt.NDArray[np.float64]

# Below so many incidents any week looks bunched.
FEWEST = 20
# Days on end and hours on end that are looked at; a longer part is most of the week.
SOME_DAYS = (1, 2, 3, 4, 5, 7)
SOME_HOURS = (2, 3, 4, 5, 6, 7, 8)
FEW_DAYS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class PeakHours:
    """The part of a week that holds most above its even share.

    Attributes
    ----------
    first_day, days
        The first of the days on end, Monday 0, and how many; seven is every day.
    first_hour, hours
        The first of the hours on end, and how many; 24 is the whole day. Hours after midnight
        belong to the day they began on.
    share, even_share
        The share of all incidents that lies there, and what it would be were all hours alike; not
        a number without incidents.
    p
        How often a week in which all hours are alike has a part that stands out as much.
    runs, seed
        How many such weeks were drawn, and what with.
    """

    first_day: int
    days: int
    first_hour: int
    hours: int
    share: float
    even_share: float
    p: float
    runs: int
    seed: int | None


def peak_hours(
    weights: npt.ArrayLike,
    *,
    whole_days: bool = False,
    runs: int = 199,
    rng: Randomness = None,
) -> PeakHours:
    """Find the days and hours on end that hold most above their even share.

    Parameters
    ----------
    weights
        Shape (7, 24), from Monday and midnight, as ``aoristic`` gives them.
    whole_days
        Look at whole days alone, as where hours are not known.
    runs
        How many weeks without any rhythm are drawn to compare with.
    rng
        A generator or a seed; by default a fixed seed, so that a rerun agrees.

    Returns
    -------
    PeakHours
        Of equal parts the one with fewer days, then fewer hours, then the earlier one. Without
        incidents its shares are not numbers and p is 1.

    Raises
    ------
    ParameterError
        The weights have another shape, are negative or not finite, or the runs are not a number.

    Notes
    -----
    Every part of the week is looked at, and so it is in each week drawn: p allows for the choice.
    Whole incidents are drawn; spread ones bunch less, which makes p too large rather than too
    small.

    Examples
    --------
    >>> week = np.ones((7, 24))
    >>> week[4, 22:] = week[5, :2] = 20
    >>> found = peak_hours(week)
    >>> found.first_day, found.days, found.first_hour, found.hours, round(found.share, 2)
    (4, 1, 22, 4, 0.33)
    """
    week = _read_week(weights)
    check_permutations(runs, least=1)
    generator, seed = read_rng(rng)
    lengths = _lengths(whole_days=whole_days)
    above = [_above(week[None, :], *length)[0] for length in lengths]
    best = int(np.argmax([one.max() for one in above]))
    days, hours = lengths[best]
    start = int(np.argmax(above[best])) * (HOURS if whole_days else 1)
    even = days * hours / HOURS_A_WEEK if week.any() else math.nan
    return PeakHours(
        first_day=start // HOURS,
        days=days,
        first_hour=start % HOURS,
        hours=hours,
        share=float(above[best].max() + even),
        even_share=even,
        p=_chance(week, lengths, above[best].max(), runs, generator),
        runs=runs,
        seed=seed,
    )


def _read_week(weights: npt.ArrayLike) -> Floats:
    week = np.asarray(weights, dtype=np.float64)
    if week.shape != (len(DAYS), HOURS) or not np.isfinite(week).all() or (week < 0).any():
        raise ParameterError(
            "`weights` must be 7 days by 24 hours, finite and from 0; found the shape"
            f" {week.shape}. Take them from aim.aoristic."
        )
    return week.ravel()


def _lengths(*, whole_days: bool) -> list[tuple[int, int]]:
    """Return how many days and hours on end are looked at, the smaller parts first."""
    return [(days, HOURS) for days in FEW_DAYS] if whole_days else [*product(SOME_DAYS, SOME_HOURS)]


def _above(weeks: Floats, days: int, hours: int) -> Floats:
    """Return, a row a week, the share of each part so long less its even share, by its start."""
    ring = np.concatenate([np.zeros((len(weeks), 1)), weeks, weeks], axis=1).cumsum(axis=1)
    one_day = ring[:, hours : hours + HOURS_A_WEEK] - ring[:, :HOURS_A_WEEK]
    one_day = np.concatenate([one_day, one_day], axis=1)
    held = np.zeros((len(weeks), HOURS_A_WEEK))
    for step in range(days):
        held += one_day[:, step * HOURS :][:, :HOURS_A_WEEK]
    # Whole days begin at midnight, and every day begins on Monday: the others are the same again.
    held = held[:, : HOURS if days == len(DAYS) else None : HOURS if hours == HOURS else 1]
    totals = weeks.sum(axis=1, keepdims=True)
    even = days * hours / HOURS_A_WEEK
    # Equal but for rounding is equal.
    above: Floats = (
        np.divide(held, totals, out=np.zeros(held.shape), where=totals > 0) - even
    ).round(12)
    return above


def _chance(
    week: Floats,
    lengths: list[tuple[int, int]],
    found: float,
    runs: int,
    generator: np.random.Generator,
) -> float:
    incidents = round(week.sum())
    if not incidents:
        return 1.0
    alike = np.full(HOURS_A_WEEK, 1 / HOURS_A_WEEK)
    drawn = generator.multinomial(incidents, alike, size=runs).astype(np.float64)
    most = np.max([_above(drawn, *length).max(axis=1) for length in lengths], axis=0)
    reached = np.count_nonzero(most >= found)
    return float((reached + 1) / (runs + 1))
