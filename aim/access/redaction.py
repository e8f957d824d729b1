"""What is taken out of rows before they leave the hub."""

import numpy as np
import pandas as pd

from aim.model.incidents import PlacePrecision, Sensitivity

_NUMBERS = ("lon", "lat", "easting", "northing")
_TEXTS = ("uprn", "location_text")


def hide_sensitive_places(incidents: pd.DataFrame) -> pd.DataFrame:
    """Take position, address and place text out of sensitive rows; their ward stays.

    Parameters
    ----------
    incidents
        Needs ``sensitivity``; rows without a known level count as sensitive.

    Returns
    -------
    pandas.DataFrame
        The same rows, index and columns; empty in, empty out.

    Examples
    --------
    >>> rows = pd.DataFrame({"sensitivity": ["sensitive", "routine"], "lon": [1.5, 1.6]})
    >>> hide_sensitive_places(rows)["lon"].tolist()
    [nan, 1.6]
    """
    shown, hidden = hide_sensitive_words(incidents), _are_sensitive(incidents)
    for name in _NUMBERS:
        if name in shown:
            shown.loc[hidden, name] = np.nan
    if "place_precision" in shown:
        shown.loc[hidden, "place_precision"] = PlacePrecision.NONE.value
    return shown


def hide_sensitive_words(incidents: pd.DataFrame) -> pd.DataFrame:
    """Take address and place text out of sensitive rows, so that no place is named after them.

    Parameters
    ----------
    incidents
        Needs ``sensitivity``; rows without a known level count as sensitive.

    Returns
    -------
    pandas.DataFrame
        The same rows, index and columns; empty in, empty out.

    Examples
    --------
    >>> rows = pd.DataFrame({"sensitivity": ["sensitive"], "location_text": ["7 Sprat Lane"]})
    >>> hide_sensitive_words(rows)["location_text"].isna().tolist()
    [True]
    """
    shown, hidden = incidents.copy(), _are_sensitive(incidents)
    for name in _TEXTS:
        if name in shown:
            shown.loc[hidden, name] = None
    return shown


def _are_sensitive(incidents: pd.DataFrame) -> pd.Series:
    return ~incidents["sensitivity"].isin([Sensitivity.PUBLIC.value, Sensitivity.ROUTINE.value])
