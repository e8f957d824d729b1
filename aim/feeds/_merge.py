"""One frame of all feeds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from aim.model.crs import BRITISH_NATIONAL_GRID
from aim.model.incidents import FeedResult, check_incidents, conform_incidents, empty_incidents


def merge_incidents(*results: FeedResult | pd.DataFrame) -> gpd.GeoDataFrame:
    """Join the incidents of several feeds into one frame, losing and doubling nothing.

    Parameters
    ----------
    *results
        Results of ``read_feed``, or frames with the incident columns.

    Returns
    -------
    geopandas.GeoDataFrame
        All incident columns and points in EPSG:27700 (None where a row has no position), in the
        order given, numbered from 0. An incident delivered twice by one feed stands once, where it
        first stood, with the values given last; rows of different feeds never become one. Nothing
        in, empty out.

    Raises
    ------
    ParameterError
        A frame lacks a column.

    Examples
    --------
    >>> rows = conform_incidents(pd.DataFrame({"feed": ["wardens"], "incident_id": ["a1"],
    ...     "easting": [449000.0], "northing": [520000.0]}))
    >>> merged = merge_incidents(rows, rows)
    >>> len(merged), merged.geometry.iloc[0].x
    (1, 449000.0)
    """
    frames = [one.incidents if isinstance(one, FeedResult) else one for one in results]
    for frame in frames:
        check_incidents(frame)
    filled = [conform_incidents(frame) for frame in frames if len(frame)]
    every = pd.concat(filled, ignore_index=True) if filled else empty_incidents()
    merged = _last_of_each(every)
    return gpd.GeoDataFrame(merged, geometry=_points(merged), crs=BRITISH_NATIONAL_GRID)


def _last_of_each(every: pd.DataFrame) -> pd.DataFrame:
    """Keep each incident's last values at its first place; a row without an id is its own."""
    named = every["incident_id"].notna()
    groups = every[["feed", "incident_id"]].assign(alone=np.where(named, -1, every.index))
    number = groups.groupby(list(groups.columns), sort=False, dropna=False).ngroup()
    last = ~number.duplicated(keep="last")
    order = number[last].sort_values(kind="stable").index
    return every.loc[order].reset_index(drop=True)


def _points(merged: pd.DataFrame) -> np.ndarray:
    located = merged[["easting", "northing"]].notna().all(axis=1).to_numpy()
    points = np.full(len(merged), None, dtype=object)
    points[located] = shapely.points(merged.loc[located, ["easting", "northing"]].to_numpy())
    return points
