"""One named projection, whatever is installed, so that stored metres never move.

British National Grid through the Helmert shift of EPSG:1314, written out as a pipeline: no grid
file, no network. It lies up to about 2.3 m from the Ordnance Survey's own OSTN15 and keeps
distances between neighbouring points, which is what hotspots need.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

BRITISH_NATIONAL_GRID = "EPSG:27700"
WGS84 = "EPSG:4326"
PROJECTION = "British National Grid by the seven-parameter Helmert shift (EPSG:1314), no grid file"

# The false origin of the grid is 400 km west and 100 km north of its true origin.
FALSE_ORIGIN = (400_000.0, 100_000.0)
GRID_BOUNDS = (0.0, 0.0, 700_000.0, 1_300_000.0)

_PIPELINE = (
    "+proj=pipeline"
    " +step +proj=unitconvert +xy_in=deg +xy_out=rad"
    " +step +proj=push +v_3"
    " +step +proj=cart +ellps=WGS84"
    " +step +inv +proj=helmert +x=446.448 +y=-125.157 +z=542.06"
    " +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 +convention=position_vector"
    " +step +inv +proj=cart +ellps=airy"
    " +step +proj=pop +v_3"
    " +step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy"
)

Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=1)
def _transformer() -> Transformer:
    return Transformer.from_pipeline(_PIPELINE)


def to_grid(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Turn WGS84 degrees into British National Grid metres.

    Parameters
    ----------
    lon, lat
        Degrees, longitude first; missing stays missing.

    Returns
    -------
    easting, northing
        Metres, float64, the same length; empty in, empty out.

    Examples
    --------
    >>> easting, northing = to_grid([-1.243559], [54.572851])
    >>> float(easting[0].round()), float(northing[0].round())
    (449000.0, 520000.0)
    """
    return _transform(lon, lat, inverse=False)


def to_degrees(easting: npt.ArrayLike, northing: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Turn British National Grid metres into WGS84 degrees.

    Returns
    -------
    lon, lat
        Degrees, float64, the same length; missing stays missing; empty in, empty out.

    Examples
    --------
    >>> lon, lat = to_degrees([449000], [520000])
    >>> float(lon[0].round(6)), float(lat[0].round(6))
    (-1.243559, 54.572851)
    """
    return _transform(easting, northing, inverse=True)


def _transform(x: npt.ArrayLike, y: npt.ArrayLike, *, inverse: bool) -> tuple[Floats, Floats]:
    xy = np.column_stack([np.asarray(x, np.float64).ravel(), np.asarray(y, np.float64).ravel()])
    if not len(xy):
        return xy[:, 0], xy[:, 1]
    # Feeds repeat positions (police.uk points stand for streets): project each one once.
    distinct, back = np.unique(xy, axis=0, return_inverse=True)
    known = np.isfinite(distinct).all(axis=1)
    projected = np.full_like(distinct, np.nan)
    projected[known] = np.column_stack(
        _transformer().transform(
            distinct[known, 0], distinct[known, 1], direction="INVERSE" if inverse else "FORWARD"
        )
    )
    return projected[back.ravel(), 0], projected[back.ravel(), 1]
