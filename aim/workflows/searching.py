"""What takes part in a search for hotspots."""

import pandas as pd

from aim.analysis.quality import at_default_points
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Reach
from aim.store import Store
from aim.workflows.counting import counted_incidents
from aim.workflows.doubts import default_points

# What clustering and describing need; free text never enters.
NEEDED = (
    "incident_id",
    "source",
    "feed",
    "incident_type",
    "occurred_from",
    "occurred_to",
    "time_precision",
    "easting",
    "northing",
    "place_precision",
    "location_text",
    "sensitivity",
)


def taking_part(
    store: Store,
    reach: Reach,
    selection: IncidentFilter,
    parameters: HotspotParameters,
    *,
    columns: tuple[str, ...] = NEEDED,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the incidents a search looks at, those it leaves at points, and the points.

    Parameters
    ----------
    columns
        ``incident_id``, ``source``, ``easting`` and ``northing`` among them.
    """
    incidents = counted_incidents(store, reach, selection, columns=columns, located_only=True)
    points = default_points(store, reach)
    if not parameters.split:
        points = points.iloc[:0]  # plain DBSCAN takes every point
    left = at_default_points(incidents, points)
    return incidents[~left], incidents[left], points
