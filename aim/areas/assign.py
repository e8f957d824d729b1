"""Give incidents the ward they lie in; a position outside every ward is a value, not an error."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.areas.index import WardIndex, find_directly, ordered_wards
from aim.errors import CrsError, ParameterError
from aim.model.crs import BRITISH_NATIONAL_GRID, to_grid

Floats = npt.NDArray[np.float64]

# Below this many positions plain tests cost less than building the index.
FEW_POSITIONS = 10_000


def assign_wards(incidents: pd.DataFrame, wards: gpd.GeoDataFrame | WardIndex) -> pd.DataFrame:
    """Give each incident the code of the ward it lies in.

    Parameters
    ----------
    incidents
        Rows with ``easting`` and ``northing`` (British National Grid metres), or ``lon`` and
        ``lat`` (WGS84 degrees; also used for rows whose grid position is missing), or a
        GeoDataFrame of points in EPSG:27700 or EPSG:4326.
    wards
        Polygons as :func:`read_wards` returns them, or a :class:`WardIndex` kept from before.

    Returns
    -------
    pandas.DataFrame
        The same rows, index and order, with ``ward_code`` (text; missing where the position is
        missing or lies in no ward; the lower code on a shared edge). A GeoDataFrame stays one.
        Empty in, empty out.

    Raises
    ------
    ParameterError
        There is no position column, or a geometry is not a point.
    CrsError
        The geometry of the incidents or the wards is in another reference system.

    Examples
    --------
    >>> wards = gpd.GeoDataFrame(
    ...     {"ward_code": ["E05099001"]}, geometry=[shapely.box(0, 0, 9, 9)], crs="EPSG:27700"
    ... )
    >>> incidents = pd.DataFrame({"easting": [5.0, 50.0], "northing": [5.0, 5.0]}, index=[7, 3])
    >>> assign_wards(incidents, wards)
       easting  northing  ward_code
    7      5.0       5.0  E05099001
    3     50.0       5.0        NaN
    """
    easting, northing = _grid_positions(incidents)
    codes = _ward_codes(wards, easting, northing)
    assigned: pd.DataFrame = incidents.assign(ward_code=pd.array(codes, dtype="str"))
    return assigned


def _ward_codes(
    wards: gpd.GeoDataFrame | WardIndex, easting: Floats, northing: Floats
) -> npt.NDArray[np.object_]:
    if isinstance(wards, WardIndex):
        return wards.codes(easting, northing)
    if len(easting) >= FEW_POSITIONS:
        return WardIndex(wards).codes(easting, northing)
    codes, polygons = ordered_wards(wards)
    # The place of OUTSIDE, -1, is the last one.
    return np.append(codes, [None])[find_directly(polygons, easting, northing)]


def _grid_positions(incidents: pd.DataFrame) -> tuple[Floats, Floats]:
    on_grid = {"easting", "northing"} <= set(incidents.columns)
    in_degrees = {"lon", "lat"} <= set(incidents.columns)
    if on_grid:
        easting, northing = _numbers(incidents, "easting"), _numbers(incidents, "northing")
        return (
            _fill_from_degrees(incidents, easting, northing) if in_degrees else (easting, northing)
        )
    if in_degrees:
        return to_grid(_numbers(incidents, "lon"), _numbers(incidents, "lat"))
    if isinstance(incidents, gpd.GeoDataFrame):
        return _points_on_grid(incidents)
    raise ParameterError(
        "Assigning wards needs `easting` and `northing`, `lon` and `lat`, or a GeoDataFrame of"
        f" points; found {', '.join(map(str, incidents.columns)) or 'no column'}."
        " Read the incidents with aim.read_feed."
    )


def _fill_from_degrees(
    incidents: pd.DataFrame, easting: Floats, northing: Floats
) -> tuple[Floats, Floats]:
    unknown = ~(np.isfinite(easting) & np.isfinite(northing))
    if not unknown.any():
        return easting, northing
    easting, northing = easting.copy(), northing.copy()
    lon, lat = _numbers(incidents, "lon"), _numbers(incidents, "lat")
    easting[unknown], northing[unknown] = to_grid(lon[unknown], lat[unknown])
    return easting, northing


def _numbers(incidents: pd.DataFrame, column: str) -> Floats:
    return incidents[column].to_numpy(dtype=np.float64, na_value=np.nan)


def _points_on_grid(incidents: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    points = np.asarray(incidents.geometry.array, dtype=object)
    kinds = shapely.get_type_id(points)
    if not np.isin(kinds, (-1, shapely.GeometryType.POINT)).all():
        raise ParameterError(
            "Assigning wards needs points; `incidents` holds other geometries."
            " Use their centroid or add `easting` and `northing`."
        )
    x, y = shapely.get_x(points), shapely.get_y(points)
    if incidents.crs is not None and incidents.crs.equals(
        BRITISH_NATIONAL_GRID, ignore_axis_order=True
    ):
        return x, y
    if incidents.crs is not None and incidents.crs.equals("OGC:CRS84", ignore_axis_order=True):
        return to_grid(x, y)
    found = "no reference system" if incidents.crs is None else incidents.crs.to_string()
    raise CrsError(
        f"`incidents` must be in {BRITISH_NATIONAL_GRID} or EPSG:4326 to be put into wards;"
        f' found {found}. Call incidents.to_crs("EPSG:4326"), or set_crs where none is set.'
    )
