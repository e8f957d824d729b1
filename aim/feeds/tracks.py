"""GPS tracks: how long somebody stayed at a place; the track itself is kept nowhere.

The truth of the data. A hand-held receiver is right to five or ten metres under open sky and to
thirty and more between houses, hence the margin around a place. A receiver that is put away or
switched off leaves a gap, which counts for nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from aim.errors import FeedFormatError, ParameterError
from aim.model.crs import to_grid

Floats = npt.NDArray[np.float64]

MARGIN_M = 25.0
WIDEST_M = 500.0
# Between two points further apart in time nothing is known.
LONGEST_GAP = timedelta(minutes=5)
# Somebody who steps out and back within this time was there all along.
STEP_OUT = timedelta(minutes=2)
MOST_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Track:
    """Where somebody was, and when.

    Attributes
    ----------
    at
        Moments, UTC, in order.
    xy_m
        Positions, shape (n, 2), EPSG:27700.
    """

    at: tuple[datetime, ...]
    xy_m: Floats


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay at a place: when it began, UTC, and whole minutes, rounded."""

    at: datetime
    minutes: int


def read_track(path: Path) -> Track:
    """Read the timed points of a GPX file.

    Parameters
    ----------
    path
        The file; names, descriptions and points without a time in it are passed over.

    Raises
    ------
    FeedFormatError
        It is missing, too large, damaged, no GPX, or has no two timed points.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> point = '<trkpt lat="54.6" lon="-1.0"><time>2026-05-01T21:0{}:00Z</time></trkpt>'
    >>> inner = "".join(map(point.format, (0, 3)))
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "walk.gpx"
    ...     _ = path.write_text(f"<gpx><trk><trkseg>{inner}</trkseg></trk></gpx>", "utf-8")
    ...     read_track(path).xy_m.shape
    (2, 2)
    """
    import gpxpy  # noqa: PLC0415 - only a track needs it
    import gpxpy.gpx  # noqa: PLC0415 - as above

    try:
        data = path.read_bytes()
    except OSError as error:
        raise _no_track(path, error.strerror or str(error)) from error
    if len(data) > MOST_BYTES:
        raise _no_track(path, f"it has {len(data):,} bytes, more than {MOST_BYTES:,}")
    text = data.decode("utf-8-sig", errors="replace")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise _no_track(path, "it defines entities of its own, which no receiver writes")
    try:
        found = gpxpy.parse(text)
    except gpxpy.gpx.GPXException as error:
        raise _no_track(path, "it is no GPX") from error
    points = [
        (_utc(point.time), point.longitude, point.latitude)
        for track in found.tracks
        for part in track.segments
        for point in part.points
        if point.time is not None
    ]
    if len(points) < 2:  # noqa: PLR2004 - one moment is no stay
        raise _no_track(path, f"it has {len(points)} points with a time")
    points.sort()
    xy_m = np.column_stack(to_grid([one[1] for one in points], [one[2] for one in points]))
    return Track(tuple(one[0] for one in points), xy_m)


def find_stays(
    track: Track, shape: shapely.Geometry, *, margin_m: float = MARGIN_M
) -> tuple[Stay, ...]:
    """Find the stays of a track at a place.

    Parameters
    ----------
    track
        As ``read_track`` gives it.
    shape
        The place's outline, EPSG:27700.
    margin_m
        Metres around the outline that count as inside.

    Returns
    -------
    tuple of Stay
        In order. The time between two points counts where both lie inside and no more than five
        minutes apart; stays less than two minutes apart are one; one that rounds to no minute is
        none.

    Raises
    ------
    ParameterError
        The margin is out of range.

    Examples
    --------
    >>> at = tuple(datetime(2026, 5, 1, 21, minute, tzinfo=UTC) for minute in (0, 3, 6))
    >>> track = Track(at, np.array([[5.0, 5.0], [6.0, 5.0], [90.0, 5.0]]))
    >>> [one.minutes for one in find_stays(track, shapely.box(0, 0, 10, 10))]
    [3]
    """
    _check_margin(margin_m)
    fence = shapely.buffer(shape, margin_m)
    inside = shapely.intersects_xy(fence, track.xy_m[:, 0], track.xy_m[:, 1])
    stays: list[tuple[datetime, datetime, timedelta]] = []
    for start, end in _inside_steps(track, inside):
        if stays and start - stays[-1][1] <= STEP_OUT:
            first, _, spent = stays[-1]
            stays[-1] = (first, end, spent + (end - start))
        else:
            stays.append((start, end, end - start))
    told = [Stay(first, round(spent.total_seconds() / 60)) for first, _, spent in stays]
    return tuple(one for one in told if one.minutes)


def share_stays(
    track: Track, shapes: Sequence[shapely.Geometry], *, margin_m: float = MARGIN_M
) -> tuple[tuple[int, Stay], ...]:
    """Find the stays of a track at several places, each minute at one of them alone.

    Parameters
    ----------
    track
        As ``read_track`` gives it.
    shapes
        Outlines, EPSG:27700; where they overlap the smaller has the minute.
    margin_m
        As ``find_stays`` takes it.

    Returns
    -------
    tuple of int and Stay
        Which shape, by its place in the order given, and the stay; by time.

    Examples
    --------
    >>> at = tuple(datetime(2026, 5, 1, 21, minute, tzinfo=UTC) for minute in (0, 3, 6))
    >>> track = Track(at, np.array([[5.0, 5.0], [6.0, 5.0], [7.0, 5.0]]))
    >>> [one for one, _ in share_stays(track, [shapely.box(0, 0, 90, 90), shapely.box(0, 0, 9, 9)])]
    [1]
    """
    _check_margin(margin_m)
    taken = shapely.Polygon()
    found: list[tuple[int, Stay]] = []
    for at in sorted(range(len(shapes)), key=lambda one: (shapes[one].area, one)):
        fence = shapely.buffer(shapes[at], margin_m)
        own = shapely.difference(fence, taken)
        found += [(at, stay) for stay in find_stays(track, own, margin_m=0)]
        taken = shapely.union(taken, fence)
    return tuple(sorted(found, key=lambda one: (one[1].at, one[0])))


def _check_margin(margin_m: float) -> None:
    if not 0 <= margin_m <= WIDEST_M:
        raise ParameterError(f"`margin` is 0 to {WIDEST_M:g} metres, found {margin_m:g}.")


def _inside_steps(
    track: Track, inside: npt.NDArray[np.bool_]
) -> Iterator[tuple[datetime, datetime]]:
    """Give each step of a track that begins and ends inside, in order."""
    for here, (start, end) in enumerate(zip(track.at, track.at[1:], strict=False)):
        if inside[here] and inside[here + 1] and end - start <= LONGEST_GAP:
            yield start, end


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _no_track(path: Path, why: str) -> FeedFormatError:
    return FeedFormatError(
        f"{path.name} was asked for as a GPS track; {why}. Export the track as GPX, with times."
    )
