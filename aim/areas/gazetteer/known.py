"""The known place a hotspot stands on: a hospital, a custody suite, a supermarket."""

from aim.areas.gazetteer.index import Gazetteer
from aim.errors import ParameterError

# A known place is one point in grounds some tens of metres wide.
STANDS_ON_M = 60.0


def name_known_place(
    easting: float, northing: float, gazetteer: Gazetteer, within_m: float = STANDS_ON_M
) -> str | None:
    """Name the known place a position stands on.

    Incidents at such a place may be an artefact (an offence found in custody is recorded at the
    custody suite, an assault told at the hospital there), so a hotspot there says so.

    Parameters
    ----------
    easting, northing
        British National Grid, metres.
    gazetteer
        The places, with known places among them.
    within_m
        How near the place must be, metres.

    Returns
    -------
    str or None
        The name of the nearest known place within that distance; none where there is none.

    Raises
    ------
    ParameterError
        The distance is negative or no number.

    Examples
    --------
    >>> import pandas as pd
    >>> from aim.model.places import conform_places
    >>> places = conform_places(pd.DataFrame(
    ...     {"kind": ["hospital"], "name": ["Norbeck General"], "easting": [480_000],
    ...      "northing": [533_000], "precision": ["point"]}
    ... ))
    >>> name_known_place(480_030, 533_040, Gazetteer(places))
    'Norbeck General'
    >>> name_known_place(480_300, 533_000, Gazetteer(places)) is None
    True
    """
    if not within_m >= 0:
        raise ParameterError(
            f"Asked for a known place within {within_m} m; found no such distance."
            " Give metres, 0 or more."
        )
    row, distance_m = gazetteer.nearest_known(easting, northing)
    return str(gazetteer.places["name"].iloc[row]) if distance_m <= within_m else None
