"""The contract every exporter keeps: ours run it, and so can one that a package brings.

    @pytest.mark.parametrize("check", EXPORTER_CHECKS)
    def test_my_exporter(check):
        check(MyExporter(), read_my_format)

``read_my_format`` takes the file's bytes and returns a ``Readback``.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from aim.exports import Exporter, Listing, listing_of_hotspots, listing_of_incidents
from aim.model.crs import to_degrees
from aim.model.handling import Stamp
from aim.model.hotspots import HOTSPOT_COLUMNS, Change, HotspotParameters, HotspotRun
from aim.model.incidents import conform_incidents

HOSTILE = (
    "=HYPERLINK(1)",
    "<script>alert(1)</script>",
    "+441\t@SUM(1)",
    "\r=1",
    "O'Neill & Sons",
)
FREE_TEXT = "told in confidence"
_START = pd.Timestamp("2026-04-01T12:00Z")


@dataclass(frozen=True, slots=True)
class Readback:
    """What a reader found in a file.

    Attributes
    ----------
    rows
        One mapping a row, columns by name.
    text
        Every text of the file, wherever it stands.
    """

    rows: list[dict[str, Any]]
    text: str


Reader = Callable[[bytes], Readback]


def example_stamp() -> Stamp:
    """Return an invented stamp whose every line is distinct.

    Examples
    --------
    >>> example_stamp().handling
    'OFFICIAL-SENSITIVE'
    """
    return Stamp(
        partnership="Norbeck (invented) & District",
        handling="OFFICIAL-SENSITIVE",
        attributions=("Invented reports of Norbeck", "Invented boundaries of Norbeck"),
        complete_to={"police": date(2026, 4, 30), "wardens": date(2026, 6, 8)},
        who="example reader",
        made=date(2026, 6, 9),
    )


def example_hotspots(rows: int = 5) -> gpd.GeoDataFrame:
    """Return invented hotspots in the North Sea, their names as hostile as people's text can be.

    Examples
    --------
    >>> example_hotspots(2)["rank"].tolist()
    [1, 2]
    """
    table = [_example_hotspot(rank) for rank in range(1, rows + 1)]
    frame = pd.DataFrame(table, columns=list(HOTSPOT_COLUMNS))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:27700")


def _example_hotspot(rank: int) -> dict[str, Any]:
    easting, northing = 470_000.0 + 500 * rank, 540_000.0 + 300 * rank
    lon, lat = to_degrees([easting], [northing])
    changes = list(Change)
    return {
        "rank": rank,
        "hotspot_id": None,
        "name": HOSTILE[(rank - 1) % len(HOSTILE)],
        "wards": "E05099001 E05099002",
        "ward_names": "Harbour; Moor",
        "incidents": 40 - rank,
        "distinct_places": rank,
        "by_source": f"police {30 - rank}; wardens 10",
        "by_type": f"anti-social-behaviour {40 - rank}",
        "first_seen": _START,
        "last_seen": _START + pd.Timedelta(days=20),
        "per_week": 9.5,
        "incidents_before": 20.0 if rank > 1 else float("nan"),
        "change_p": 0.04 if rank > 1 else float("nan"),
        "change": str(changes[rank % len(changes)]) if rank > 1 else None,
        "easting": easting,
        "northing": northing,
        "lat": float(lat[0]),
        "lon": float(lon[0]),
        "radius_m": 100.0,
        "area_m2": 31_000.0,
        "parent": None,
        "geometry": shapely.Point(easting, northing).buffer(100, quad_segs=4),
    }


def example_run(rows: int = 5) -> HotspotRun:
    """Return an invented run of ``example_hotspots``.

    Examples
    --------
    >>> example_run().min_samples
    6
    """
    return HotspotRun(
        hotspots=example_hotspots(rows),
        members=pd.DataFrame({"incident_id": [], "rank": [], "core": []}),
        parents=gpd.GeoDataFrame({"geometry": []}, crs="EPSG:27700"),
        parameters=HotspotParameters(),
        min_samples=6,
        warnings=("Half of the positions are snapped.",),
        facts={"filter": {"type": ["asb"]}, "data_version": 7},
    )


def example_incidents() -> pd.DataFrame:
    """Return four invented incidents: public, routine, sensitive, and routine without a position.

    Examples
    --------
    >>> example_incidents()["sensitivity"].tolist()
    ['public', 'routine', 'sensitive', 'routine']
    """
    easting, northing = [470_100.0, 470_200.0, 470_300.0], [540_100.0, 540_200.0, 540_300.0]
    lon, lat = (list(values) for values in to_degrees(easting, northing))
    rows = {
        "incident_id": [f"{number:032x}" for number in range(4)],
        "source": ["police", "wardens", "wardens", "wardens"],
        "feed": ["police-uk", "wardens", "wardens", "wardens"],
        "incident_type": ["burglary", "fly-tipping", "fly-tipping", "unclassified"],
        "sensitivity": ["public", "routine", "sensitive", "routine"],
        "occurred_from": [_START + pd.Timedelta(days=day) for day in range(4)],
        "occurred_to": [_START + pd.Timedelta(days=day, minutes=1) for day in range(4)],
        "time_precision": ["month", "minute", "day", "day"],
        "lon": [*lon, None],
        "lat": [*lat, None],
        "easting": [*easting, None],
        "northing": [*northing, None],
        "location_text": ["=Mill Lane", "<b>Mill Lane</b>", "Mill Lane", None],
        "description": [FREE_TEXT] * 4,
    }
    return conform_incidents(pd.DataFrame(rows))


def write_bytes(exporter: Exporter, listing: Listing) -> bytes:
    """Return what an exporter writes.

    Examples
    --------
    >>> from aim.exports import exporter_for
    >>> listing = listing_of_hotspots(example_run(), example_stamp())
    >>> write_bytes(exporter_for("json"), listing)[:1]
    b'{'
    """
    content = io.BytesIO()
    exporter.write(listing, content)
    return content.getvalue()


def _hotspot_list(rows: int = 5) -> Listing:
    return listing_of_hotspots(example_run(rows), example_stamp(), title="Hotspots of Norbeck")


def _expect(held: object, message: str) -> None:
    if not held:
        raise AssertionError(message)


def check_names(exporter: Exporter, read: Reader) -> None:  # noqa: ARG001 - all checks are called alike
    """Require a suffix and a media type."""
    _expect(exporter.suffix.startswith("."), f"suffix {exporter.suffix!r} lacks its dot")
    _expect("/" in exporter.media_type, f"{exporter.media_type!r} is no media type")


def check_stamp(exporter: Exporter, read: Reader) -> None:
    """Require every line of the stamp in the file."""
    listing = _hotspot_list()
    text = read(write_bytes(exporter, listing)).text
    missing = [line for line in listing.stamp_lines() if line not in text]
    _expect(not missing, f"the file lacks {missing}")


def check_parameters(exporter: Exporter, read: Reader) -> None:
    """Require parameters, filter and warnings in the file."""
    text = read(write_bytes(exporter, _hotspot_list())).text
    for needed in ("eps_m", "150", "asb", "Half of the positions are snapped."):
        _expect(needed in text, f"the file lacks {needed!r}")


def check_no_description(exporter: Exporter, read: Reader) -> None:
    """Require that free text never leaves with a list of incidents."""
    listing = listing_of_incidents(example_incidents(), example_stamp())
    content = write_bytes(exporter, listing)
    found = read(content)
    _expect("description" not in found.rows[0], "the list has a column of free text")
    _expect(FREE_TEXT not in found.text and FREE_TEXT.encode() not in content, "free text got out")


def check_every_row(exporter: Exporter, read: Reader) -> None:
    """Require every incident in the file, those without a position too."""
    incidents = example_incidents()
    found = read(write_bytes(exporter, listing_of_incidents(incidents, example_stamp())))
    ids = [row["incident_id"] for row in found.rows]
    _expect(ids == incidents["incident_id"].tolist(), f"rows changed or lost: {ids}")


def check_hostile_text(exporter: Exporter, read: Reader) -> None:
    """Require that no cell could run in a spreadsheet, and no markup in a viewer of KML."""
    content = write_bytes(exporter, _hotspot_list())
    kind = exporter.media_type
    if "csv" in kind or "spreadsheet" in kind:
        cells = [cell for row in read(content).rows for cell in row.values()]
        live = [cell for cell in cells if isinstance(cell, str) and _runs(cell)]
        _expect(not live, f"a spreadsheet would run {live}")
    if "kml" in kind:
        _expect("<script>" not in read(content).text, "a viewer would run markup")


def _runs(cell: str) -> bool:
    """Tell whether a spreadsheet would take a cell of text for a formula; -1.2 is a number."""
    try:
        float(cell)
    except ValueError:
        return cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    return False


def check_numbers(exporter: Exporter, read: Reader) -> None:
    """Require that reading back gives rank and incidents."""
    hotspots = example_hotspots()
    rows = read(write_bytes(exporter, _hotspot_list())).rows
    for name in ("rank", "incidents"):
        found = [int(row[name]) for row in rows]
        _expect(found == hotspots[name].tolist(), f"{name} came back as {found}")


def check_empty(exporter: Exporter, read: Reader) -> None:
    """Require that a list without rows is a readable file without rows."""
    found = read(write_bytes(exporter, _hotspot_list(0)))
    _expect(found.rows == [], f"an empty list came back with {found.rows}")


def check_repeatable(exporter: Exporter, read: Reader) -> None:  # noqa: ARG001 - all checks are called alike
    """Require the same bytes for the same list."""
    _expect(
        write_bytes(exporter, _hotspot_list()) == write_bytes(exporter, _hotspot_list()),
        "two writings of one list differ",
    )


EXPORTER_CHECKS: tuple[Callable[[Exporter, Reader], None], ...] = (
    check_names,
    check_stamp,
    check_parameters,
    check_no_description,
    check_every_row,
    check_hostile_text,
    check_numbers,
    check_empty,
    check_repeatable,
)
