"""How far incidents concentrate in few places: shares, curve, Gini and its form for rare events.

With fewer incidents than places most places must be empty, and the plain Gini index calls that
concentration. The generalised index measures only what goes beyond it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.analysis._numbers import Floats, check_share, read_counts
from aim.errors import ParameterError

HALF, QUARTER = 0.5, 0.25
# A share of 0.5 must be met by 5 of 10 whatever the rounding of the sum.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated incidents are.

    Attributes
    ----------
    places, incidents
        How many of each; places without an incident count.
    half, quarter
        The smallest share of places that holds 50 % and 25 % of the incidents.
    gini, generalised_gini
        0 for evenly spread; see the functions of those names.
    warnings
        What to know before comparing.
    """

    places: int
    incidents: float
    half: float
    quarter: float
    gini: float
    generalised_gini: float
    warnings: tuple[str, ...] = ()


def gini(counts: npt.ArrayLike) -> float:
    """Return the Gini index of counts by place.

    Parameters
    ----------
    counts
        Incidents of each place, from 0; places without any belong in it.

    Returns
    -------
    float
        0 where all places have the same, up to ``1 - 1/n`` where one has all. Not a number where
        there is no incident.

    Raises
    ------
    ParameterError
        A count is negative or not a number.

    Notes
    -----
    ``2 sum(i x_i) / (n sum x) - (n + 1) / n`` over counts in ascending order.

    Examples
    --------
    >>> round(gini([10, 8, 2, 0, 0, 0, 0, 0, 0, 0]), 2)
    0.78
    """
    ascending = np.sort(read_counts("counts", counts))
    places, incidents = len(ascending), ascending.sum()
    if not incidents:
        return float("nan")
    order = np.arange(1, places + 1)
    return float(2 * (order @ ascending) / (places * incidents) - (places + 1) / places)


def generalised_gini(counts: npt.ArrayLike, *, unbiased: bool = False) -> float:
    """Return the Gini index that asks no more of few incidents than they can do.

    Parameters
    ----------
    counts
        Incidents of each place, from 0; places without any belong in it.
    unbiased
        Whether to stretch the index so that all incidents in one place give 1.

    Returns
    -------
    float
        0 where incidents are spread as evenly as they can be (five incidents at five of ten
        places), up to nearly 1. Not a number where there is no incident, nor, unbiased, where one
        incident or place leaves nothing to share.

    Raises
    ------
    ParameterError
        A count is negative or not a number.

    Notes
    -----
    ``max(1, n/c) (G - 1) + 1`` of Bernasco, W. and Steenbeek, W. (2017), "More places than crimes:
    implications for evaluating the law of crime concentration at place", Journal of Quantitative
    Criminology 33: 451-467; the unbiased form multiplies by ``min(n, c) / (min(n, c) - 1)``.

    Examples
    --------
    >>> round(generalised_gini([5, 2, 1, 0, 0, 0, 0, 0, 0, 0]), 2)
    0.75
    """
    values = read_counts("counts", counts)
    places, incidents = len(values), float(values.sum())
    if not incidents:
        return float("nan")
    general = max(1.0, places / incidents) * (gini(values) - 1) + 1
    if not unbiased:
        return general
    fewer = min(float(places), incidents)
    return general * fewer / (fewer - 1) if fewer > 1 else float("nan")


def concentration_curve(counts: npt.ArrayLike) -> pd.DataFrame:
    """Return what share of incidents the busiest places hold.

    Parameters
    ----------
    counts
        Incidents of each place, from 0.

    Returns
    -------
    pandas.DataFrame
        ``places``, ``places_share`` and ``incidents_share``, busiest first; the first row is 0, 0,
        0. Shares of incidents are not a number where there is none.

    Raises
    ------
    ParameterError
        A count is negative or not a number.

    Examples
    --------
    >>> concentration_curve([1, 3])["incidents_share"].tolist()
    [0.0, 0.75, 1.0]
    """
    busiest = -np.sort(-read_counts("counts", counts))
    places = np.arange(len(busiest) + 1)
    with np.errstate(invalid="ignore"):
        held = np.concatenate([[0.0], np.cumsum(busiest)]) / busiest.sum()
    share = places / max(len(busiest), 1)
    return pd.DataFrame({"places": places, "places_share": share, "incidents_share": held})


def share_of_places(counts: npt.ArrayLike, share: float = HALF) -> float:
    """Return the smallest share of places that holds a share of the incidents.

    Parameters
    ----------
    counts
        Incidents of each place, from 0; places without any belong in it.
    share
        Of the incidents, between 0 and 1; published work gives 0.5 and 0.25.

    Returns
    -------
    float
        Between 0 and 1; not a number where there is no incident.

    Raises
    ------
    ParameterError
        A count is negative or not a number, or the share is not between 0 and 1.

    Notes
    -----
    Weisburd, D. (2015), "The law of crime concentration and the criminology of place", Criminology
    53: 133-157, found half the crime in 2.1 to 6.0 % of streets.

    Examples
    --------
    >>> share_of_places([22, 18, 17, 12, 11, 8, 6, 3, 2, 1])
    0.3
    """
    check_share("share", share)
    curve = concentration_curve(counts)
    reached = curve["incidents_share"].to_numpy() >= share - _ROUNDING
    return float(curve["places_share"].to_numpy()[reached.argmax()]) if reached.any() else np.nan


def measure_concentration(counts: npt.ArrayLike) -> Concentration:
    """Measure how far incidents concentrate, with what to know before comparing.

    Parameters
    ----------
    counts
        Incidents of each place, from 0; places without any belong in it.

    Returns
    -------
    Concentration
        Shares, indices and warnings.

    Raises
    ------
    ParameterError
        There is no place, or a count is negative or not a number.

    Examples
    --------
    >>> measure_concentration([22, 18, 17, 12, 11, 8, 6, 3, 2, 1]).half
    0.3
    """
    values = read_counts("counts", counts)
    if not len(values):
        raise ParameterError("`counts` must hold at least one place, found none.")
    return Concentration(
        places=len(values),
        incidents=float(values.sum()),
        half=share_of_places(values, HALF),
        quarter=share_of_places(values, QUARTER),
        gini=gini(values),
        generalised_gini=generalised_gini(values),
        warnings=_warn(values),
    )


def _warn(values: Floats) -> tuple[str, ...]:
    if not values.sum():
        return ("There is no incident, so nothing can concentrate.",)
    if values.sum() < len(values):
        words = (
            f"There are fewer incidents ({values.sum():g}) than places ({len(values)}): most places"
            " must be empty, so read the generalised index and not the plain one."
        )
        return (words,)
    return ()
