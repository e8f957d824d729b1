"""Rates of small areas: per 1,000 people, with their doubt, and smoothed where people are few."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aim.analysis._numbers import Floats, read_counts, read_exposures
from aim.analysis.change import poisson_intervals
from aim.errors import ParameterError

PER = 1000.0


@dataclass(frozen=True, slots=True)
class SmoothedRates:
    """Rates drawn to the common mean, the more so the fewer people there are.

    Attributes
    ----------
    rates
        ``incidents``, ``population``, ``rate``, ``smoothed`` and ``weight`` (the share of the
        area's own rate that was kept); the index of the counts.
    mean
        The common rate.
    between_variance
        Estimated variance between areas; at or below 0 all areas get the common rate.
    per
        People a rate is for.
    warnings
        What to know before reading them.
    """

    rates: pd.DataFrame
    mean: float
    between_variance: float
    per: float
    warnings: tuple[str, ...] = ()


def rates_per_1000(
    counts: pd.Series, population: pd.Series, *, per: float = PER, alpha: float = 0.05
) -> pd.DataFrame:
    """Return rates with their exact intervals.

    Parameters
    ----------
    counts
        Incidents by area, from 0.
    population
        People or households of the same areas, above 0; others are not looked at.
    per
        People a rate is for.
    alpha
        Each interval leaves out this chance.

    Returns
    -------
    pandas.DataFrame
        The index of the counts; ``incidents``, ``population``, ``rate``, ``low``, ``high``. Empty
        in, empty out.

    Raises
    ------
    ParameterError
        An area has no population, or a number cannot be used.

    Notes
    -----
    People who live in an area are not those who are in it: a town centre has few of the one and
    many of the other, and its rate says little of anybody's risk.

    Examples
    --------
    >>> rates_per_1000(pd.Series({"W1": 12}), pd.Series({"W1": 3000})).round(2).values.tolist()
    [[12.0, 3000.0, 4.0, 2.07, 6.99]]
    """
    incidents, people = _read(counts, population)
    low, high = poisson_intervals(incidents, alpha)
    values = {"rate": incidents, "low": low, "high": high}
    rates = {name: per * value / people for name, value in values.items()}
    return pd.DataFrame({"incidents": incidents, "population": people, **rates}, index=counts.index)


def _read(counts: pd.Series, population: pd.Series) -> tuple[Floats, Floats]:
    missing = [str(name) for name in counts.index if name not in population.index]
    if missing:
        raise ParameterError(
            f"`population` lacks {', '.join(missing)}; give every area that has a count."
        )
    people = population.reindex(counts.index).to_numpy(np.float64)
    incidents = read_counts("counts", counts.to_numpy())
    return incidents, read_exposures("population", people, len(incidents))


def smooth_rates(counts: pd.Series, population: pd.Series, *, per: float = PER) -> SmoothedRates:
    """Draw the rates of small areas to the common rate, as far as chance could have moved them.

    Parameters
    ----------
    counts
        Incidents by area, from 0; at least one in all.
    population
        People or households of the same areas, above 0.
    per
        People a rate is for.

    Returns
    -------
    SmoothedRates
        Rates as counted and smoothed.

    Raises
    ------
    ParameterError
        There is no incident, an area has no population, or a number cannot be used.

    Notes
    -----
    The global empirical Bayes estimator of Marshall, R. J. (1991), "Mapping disease and mortality
    rates using empirical Bayes estimators", Applied Statistics 40: 283-294: an area keeps the share
    ``A / (A + m/P)`` of its own rate, with the common rate m and the between-area variance A by
    moments.

    Examples
    --------
    >>> found = smooth_rates(pd.Series([2, 10, 30]), pd.Series([100, 1000, 2000]), per=1)
    >>> found.rates["smoothed"].round(7).tolist(), f"{found.between_variance:.2e}"
    ([0.0135484, 0.0135484, 0.0135484], '-6.35e-06')
    """
    incidents, people = _read(counts, population)
    if not incidents.sum():
        raise ParameterError("`counts` must hold an incident, found none; there is no rate.")
    rates = incidents / people
    mean = incidents.sum() / people.sum()
    between = float(people @ (rates - mean) ** 2 / people.sum() - mean / people.mean())
    kept = np.maximum(between, 0.0) / (np.maximum(between, 0.0) + mean / people)
    columns = {
        "incidents": incidents,
        "population": people,
        "rate": per * rates,
        "smoothed": per * (mean + kept * (rates - mean)),
        "weight": kept,
    }
    frame = pd.DataFrame(columns, index=counts.index)
    return SmoothedRates(frame, float(per * mean), between, per, _warn(between))


def _warn(between: float) -> tuple[str, ...]:
    if between > 0:
        return ()
    words = (
        "The areas differ by no more than chance, so all get the common rate: no area can be said"
        " to be worse than another."
    )
    return (words,)
