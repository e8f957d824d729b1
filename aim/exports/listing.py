"""What leaves the hub: rows, with everything needed to defend and to handle them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from aim.errors import CrsError
from aim.model.crs import to_degrees
from aim.model.handling import Stamp
from aim.model.hotspots import (
    CHANCE_COLUMNS,
    DOING_COLUMN,
    HOTSPOT_COLUMNS,
    PAST_COLUMNS,
    STABILITY_COLUMN,
    HotspotRun,
)
from aim.model.incidents import LISTED_COLUMNS, check_incidents

# Digits that carry meaning: six decimals of a degree are 0.1 m.
DECIMALS = {
    "lon": 6,
    "lat": 6,
    "easting": 2,
    "northing": 2,
    "radius_m": 1,
    "area_m2": 0,
    "per_week": 2,
    "change_p": 6,
    "chance_p": 6,
    "chance_expected": 2,
}
WHOLE = frozenset({"rank", "incidents", "incidents_before", "distinct_places"})

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be written to a file, in whatever format.

    Attributes
    ----------
    title
        What the list is.
    rows
        One row a line: hotspots (a GeoDataFrame in EPSG:27700), incidents, or any table.
    stamp
        Handling, attributions and dates; every format carries each of its lines.
    notes
        Warnings in plain words.
    parameters, facts
        What was asked, and what goes with the answer: plain values.
    name
        What one calls the rows: the key in JSON, the layer in a GeoPackage, the sheet in Excel.
    """

    title: str
    rows: pd.DataFrame
    stamp: Stamp
    notes: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    name: str = "rows"

    def columns(self) -> list[str]:
        """Return the names of the columns in order, the geometry left out."""
        return [str(name) for name in self.rows.columns if name != self._geometry()]

    def _geometry(self) -> str | None:
        frame = self.rows
        return str(frame.active_geometry_name) if isinstance(frame, gpd.GeoDataFrame) else None

    def records(self, moment: Callable[[pd.Timestamp], Any]) -> list[Record]:
        """Return the rows as plain values without their geometry; missing is None.

        Parameters
        ----------
        moment
            Writes a time, which is in UTC.
        """
        columns = self.columns()
        frame = pd.DataFrame(self.rows)[columns]
        return [
            {name: _plain(name, row[name], moment) for name in columns}
            for row in frame.to_dict("records")
        ]

    def shapes(self, *, degrees: bool) -> npt.NDArray[Any] | None:
        """Return one geometry a row, or None where the rows have no place at all.

        Parameters
        ----------
        degrees
            Longitude and latitude, six decimals; otherwise metres of the National Grid.

        Raises
        ------
        CrsError
            The rows' geometry is not in EPSG:27700.
        """
        if isinstance(self.rows, gpd.GeoDataFrame):
            return _outlines(self.rows, degrees=degrees)
        x, y = ("lon", "lat") if degrees else ("easting", "northing")
        if not {x, y} <= set(self.rows.columns):
            return None
        return _points(self.rows[x], self.rows[y], decimals=6 if degrees else 2)

    def stamp_lines(self) -> tuple[str, ...]:
        """Return every line that must be in the file, marking first."""
        made = f"Made on {self.stamp.made.isoformat()}" if self.stamp.made else ""
        reader = f"for {self.stamp.who}" if self.stamp.who else ""
        last = " ".join(filter(None, (made, reader)))
        return (*self.stamp.lines(), *([last] if last else []))

    def parameters_line(self) -> str:
        """Return the parameters and the filter as one line of text."""
        wanted = self.facts.get("filter") or {}
        said = [f"{name}: {value}" for name, value in self.parameters.items()]
        said += [f"{word}: {', '.join(map(str, values))}" for word, values in wanted.items()]
        return "; ".join(said)


def listing_of_hotspots(run: HotspotRun, stamp: Stamp, *, title: str = "Hotspots") -> Listing:
    """Make the list of a run's hotspots.

    Parameters
    ----------
    run
        What ``find_hotspots`` gave.
    stamp
        Handling, attributions and dates.
    title
        What the list is.

    Returns
    -------
    Listing
        ``HOTSPOT_COLUMNS`` in order, then what else is known of past, chance and actions,
        geometry last; parameters with the ``min_samples`` used.

    Examples
    --------
    >>> from aim.model.hotspots import HotspotParameters
    >>> none = gpd.GeoDataFrame({"rank": [], "geometry": []}, crs="EPSG:27700")
    >>> run = HotspotRun(none, pd.DataFrame(), none, HotspotParameters(), min_samples=6)
    >>> listing = listing_of_hotspots(run, Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> listing.name, listing.parameters["min_samples_used"]
    ('hotspots', 6)
    """
    added = (*PAST_COLUMNS, *CHANCE_COLUMNS, STABILITY_COLUMN, DOING_COLUMN)
    known = (*HOTSPOT_COLUMNS[:-1], *added, HOTSPOT_COLUMNS[-1])
    columns = [name for name in known if name in run.hotspots.columns]
    return Listing(
        title=title,
        rows=run.hotspots[columns],
        stamp=stamp,
        notes=run.warnings,
        parameters=run.parameters.as_dict() | {"min_samples_used": run.min_samples},
        facts=run.facts,
        name="hotspots",
    )


def listing_of_incidents(
    incidents: pd.DataFrame,
    stamp: Stamp,
    *,
    title: str = "Incidents",
    parameters: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Listing:
    """Make a list of incidents: never with a description.

    Parameters
    ----------
    incidents
        What the reader may see. ``ward_code`` is listed too where it is there; columns beyond
        ``LISTED_COLUMNS`` are dropped.
    stamp
        Handling, attributions and dates.
    title, parameters, facts, notes
        As in ``Listing``.

    Returns
    -------
    Listing
        ``LISTED_COLUMNS`` that are there, in order, and ``ward_code``.

    Raises
    ------
    ParameterError
        The frame has no ``incident_id``.

    Examples
    --------
    >>> incidents = pd.DataFrame({"incident_id": ["a1"], "description": ["said to a warden"]})
    >>> listing_of_incidents(incidents, Stamp("Norbeck CSP", "OFFICIAL", (), {})).columns()
    ['incident_id']
    """
    check_incidents(incidents, ("incident_id",))
    columns = [name for name in (*LISTED_COLUMNS, "ward_code") if name in incidents.columns]
    rows = pd.DataFrame(incidents)[columns].reset_index(drop=True)
    return Listing(title, rows, stamp, notes, parameters or {}, facts or {}, "incidents")


def iso(moment: pd.Timestamp) -> str:
    """Write a UTC moment for machines.

    Examples
    --------
    >>> iso(pd.Timestamp("2026-04-30T23:00:00.5Z"))
    '2026-04-30T23:00:00Z'
    """
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _plain(name: str, value: Any, moment: Callable[[pd.Timestamp], Any]) -> Any:
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return moment(value)
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return _number(name, value)
    return value if isinstance(value, (str, int, bool)) else str(value)


def _number(name: str, value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    if name in WHOLE and value.is_integer():
        return int(value)
    return round(value, DECIMALS[name]) if name in DECIMALS else value


def _outlines(frame: gpd.GeoDataFrame, *, degrees: bool) -> npt.NDArray[Any]:
    if len(frame) and (frame.crs is None or frame.crs.to_epsg() != 27700):  # noqa: PLR2004 - the grid
        raise CrsError(
            f"The list's outlines are in {frame.crs};"
            ' a list needs EPSG:27700: call `to_crs("EPSG:27700")` first.'
        )
    shapes: npt.NDArray[Any] = frame.geometry.to_numpy()
    if not degrees:
        return shapes
    # Outer rings run counter-clockwise, as RFC 7946 and KML ask.
    turned: npt.NDArray[Any] = shapely.orient_polygons(
        shapely.transform(
            shapes, lambda xy: np.column_stack(to_degrees(xy[:, 0], xy[:, 1])).round(6)
        )
    )
    return turned


def _points(x: pd.Series, y: pd.Series, *, decimals: int) -> npt.NDArray[Any]:
    places = np.column_stack([x, y]).astype("float64").round(decimals)
    shapes = np.full(len(places), None, dtype=object)
    known = np.isfinite(places).all(axis=1)
    shapes[known] = shapely.points(places[known])
    return shapes
