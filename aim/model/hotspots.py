"""What a hotspot run is: its parameters, its rows, and the words for change."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from aim.errors import ParameterError


class Change(StrEnum):
    """How a hotspot moved against the period before, in the words people read."""

    NEW = "new"
    UP = "up"
    STEADY = "steady"
    DOWN = "down"
    TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class HotspotParameters:
    """Everything that shapes a hotspot run, printed first with every result.

    Attributes
    ----------
    eps_m
        DBSCAN's neighbourhood radius, metres.
    min_samples
        Incidents within ``eps_m`` (itself counted) that make a place dense; ``"auto"`` asks for
        the smallest number chance would rarely reach.
    split
        Whether hotspots wider than ``largest_radius_m`` are clustered again at shorter radii, until
        they fall apart, and whether snapped data need two distinct places. False is plain DBSCAN.
    cluster_within
        Whether the wards asked for are clustered alone.
    largest_radius_m
        The widest hotspot a team can work.

    Examples
    --------
    >>> HotspotParameters(eps_m=100).min_samples
    'auto'
    """

    eps_m: float = 150.0
    min_samples: int | Literal["auto"] = "auto"
    split: bool = True
    cluster_within: bool = False
    largest_radius_m: float = 250.0

    def __post_init__(self) -> None:
        """Refuse values DBSCAN cannot take."""
        if not 0 < self.eps_m < float("inf"):
            raise ParameterError(f"`eps_m` must be metres above 0, found {self.eps_m!r}.")
        if self.min_samples != "auto" and self.min_samples < 1:
            raise ParameterError(
                f"`min_samples` must be a whole number from 1, or auto; found {self.min_samples!r}."
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values, for files and pages."""
        return asdict(self)


def read_min_samples(text: str | int) -> int | Literal["auto"]:
    """Read the number of incidents that make a place dense, or ``auto``.

    Raises
    ------
    ParameterError
        The text is neither.

    Examples
    --------
    >>> read_min_samples("10"), read_min_samples("auto")
    (10, 'auto')
    """
    if str(text).strip().lower() == "auto":
        return "auto"
    try:
        return int(text)
    except ValueError as error:
        raise ParameterError(
            f"`min-samples` must be a whole number from 1, or auto; found {text!r}."
        ) from error


# One row a hotspot, in this order; geometry is a polygon in EPSG:27700.
HOTSPOT_COLUMNS: tuple[str, ...] = (
    "rank",
    "hotspot_id",  # missing in an unsaved view
    "name",
    "wards",  # codes, by incidents, most first, one space between
    "ward_names",  # the same wards by name, "; " between
    "incidents",
    "distinct_places",
    "by_source",  # "police 12; wardens 3"
    "by_type",
    "first_seen",  # UTC
    "last_seen",
    "per_week",
    "incidents_before",  # in the equal period before; missing where there is none
    "change_p",  # e-test of the two counts
    "change",  # a word of Change
    "easting",
    "northing",
    "lon",
    "lat",
    "radius_m",
    "area_m2",
    "parent",  # rank-free label of the cluster it was split from; missing if none
    "geometry",
)

# Columns of a run that was tested against chance, after the others.
CHANCE_COLUMNS: tuple[str, ...] = (
    "chance",  # a word of aim.analysis.Chance
    "chance_p",  # familywise
    "chance_expected",  # incidents chance would put on its ground
)
# The column of a run searched again with a little changed, after those.
STABILITY_COLUMN = "stability"  # a word of aim.analysis.Stability

# The column of a list for somebody who may see actions.
DOING_COLUMN = "being_done"  # what is being done there, in words; empty where nothing is known

# Columns of a list: how far positions are snapped, what its past is called, and, where weights
# are set, its harm.
PAST_COLUMNS: tuple[str, ...] = (
    "snapped_share",
    "past",  # a word of aim.analysis.HistoryClass, empty where there are too few months
    "harm",
    "harm_rank",
    "harm_confidence",
)


@dataclass(frozen=True, slots=True)
class HotspotRun:
    """One finished search, with all that is needed to defend or repeat it.

    Attributes
    ----------
    hotspots
        One row a hotspot, ``HOTSPOT_COLUMNS``, ranked from 1, EPSG:27700.
    members
        ``incident_id``, ``rank`` and ``core`` (bool), one row for each incident in a hotspot.
    parents
        ``parent``, ``incidents``, ``radius_m``, ``geometry`` of clusters that were split.
    parameters
        What was asked for.
    min_samples
        The number used, also where ``auto`` was asked.
    warnings
        Sentences in plain words.
    facts
        Plain values that travel with the result: filter words, counts of what took part and what
        was left out, complete-to dates, projection, data version, program version.
    """

    hotspots: gpd.GeoDataFrame
    members: pd.DataFrame
    parents: gpd.GeoDataFrame
    parameters: HotspotParameters
    min_samples: int
    warnings: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
