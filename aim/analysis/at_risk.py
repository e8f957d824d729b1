"""Places still at risk: where an incident is so recent that another may follow."""

import math
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

from aim.analysis._dated import METRES, keep_placed, london_days
from aim.errors import ParameterError
from aim.model.incidents import check_incidents

Ints = npt.NDArray[np.int64]

AT_RISK_COLUMNS = (
    "easting",
    "northing",
    "location_text",
    "place_precision",
    "incidents",
    "near",
    "last_day",
    "risk_until",
    "days_left",
    "radius_m",
)


def places_at_risk(
    incidents: pd.DataFrame, on: date, *, distance_m: float = 200.0, days: int = 14
) -> pd.DataFrame:
    """List the places where an incident is so recent that another may follow.

    Parameters
    ----------
    incidents
        As in ``measure_near_repeat``, with ``location_text``; of one kind, such as burglary.
    on
        The London day to list for.
    distance_m
        How far the risk reaches, metres; take what ``near_repeat`` shows for this kind of incident.
    days
        How long it lasts: an incident counts on its own day and the ``days - 1`` after.

    Returns
    -------
    pandas.DataFrame
        One row for each position, those with most incidents in reach first, then the latest:
        ``easting``, ``northing``, ``location_text``, ``place_precision``, ``incidents`` (there,
        still within the time), ``near`` (others within ``distance_m``), ``last_day``,
        ``risk_until`` (the first day without), ``days_left`` (from 1) and ``radius_m``. Empty
        where nothing is recent. ``attrs["warnings"]`` says what was left out.

    Raises
    ------
    ParameterError
        All incidents are known only to their month, a column is absent, or a number is not above 0.

    Notes
    -----
    Risk falls with distance and time: about 200 m and two weeks for burglary in Ratcliffe and
    Rengert (2008), Security Journal 21: 58-76, and up to 400 m and two months in Johnson and Bowers
    (2004), European Journal of Criminology 1: 237-255.

    Examples
    --------
    >>> incidents = pd.DataFrame({"easting": [449000.0], "northing": [520000.0],
    ...     "occurred_from": pd.to_datetime(["2026-04-01T20:00Z"]), "time_precision": "minute",
    ...     "place_precision": "point", "location_text": "12 Bow Lane"})
    >>> places_at_risk(incidents, date(2026, 4, 10))[["risk_until", "days_left"]].values.tolist()
    [[datetime.date(2026, 4, 15), 5]]
    """
    if not (0 < distance_m < math.inf and days >= 1):
        raise ParameterError(
            "`distance_m` must be above 0 and `days` at least 1;"
            f" found {distance_m!r} and {days!r}."
        )
    check_incidents(incidents, needed=("location_text",))
    rows, warnings = keep_placed(incidents, "Places at risk")
    age = (on - date(1970, 1, 1)).days - london_days(rows["occurred_from"])
    live = rows.assign(age=age)[(age >= 0) & (age < days)]
    places = _gather(live)
    places["near"] = _count_near(places, distance_m)
    places["last_day"] = [on - timedelta(days=int(one)) for one in places["age"]]
    places["risk_until"] = [one + timedelta(days=days) for one in places["last_day"]]
    places["days_left"] = days - places["age"]
    places["radius_m"] = float(distance_m)
    places["reach"] = places["incidents"] + places["near"]
    ranked = places.sort_values(
        ["reach", "days_left", *METRES], ascending=[False, False, True, True], kind="stable"
    )
    listed = ranked[list(AT_RISK_COLUMNS)].reset_index(drop=True)
    listed.attrs["warnings"] = warnings
    return listed


def _gather(live: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each position: its newest incident's words, and how many there are."""
    newest_first = live.sort_values(["age", "location_text"], kind="stable")
    by_place = newest_first.groupby(METRES, sort=True)
    words = by_place[["location_text", "place_precision", "age"]].head(1).index
    places = newest_first.loc[words, [*METRES, "location_text", "place_precision", "age"]]
    places = places.set_index(METRES)
    places["incidents"] = by_place.size()
    return places.sort_index().reset_index()


def _count_near(places: pd.DataFrame, distance_m: float) -> Ints:
    """Count the incidents within reach of each place but not at it."""
    metres = places[METRES].to_numpy(np.float64)
    if not len(metres):
        return np.empty(0, np.int64)
    near = cKDTree(metres).query_ball_point(metres, distance_m)
    there = places["incidents"].to_numpy(np.int64)
    others: Ints = np.array([there[one].sum() for one in near], np.int64) - there
    return others
