"""A borough small enough to draw: two square wards, one busy corner in each, two months."""

import csv
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.crs import to_degrees
from aim.model.incidents import FeedResult, conform_incidents, empty_rejected
from aim.model.people import Actor
from aim.model.records import Delivery
from aim.store import open_store
from aim.store.protocol import Store
from aim.workflows.wards import assign_in_all_sets

WEST, SOUTH = 480_000.0, 530_000.0
CORNERS = {"Quay Street": (480_300.0, 530_400.0), "Mill Lane": (481_500.0, 530_500.0)}
FORCE = "Norbeck Police"
STREET_COLUMNS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
).split(",")
MONTHS = {"2026-03": 6, "2026-04": 12}
# One event told twice, and one told once.
WARDENS = """Job No,Date,Time,Category,Location,Easting,Northing,Details
W1,03/04/2026,21:00,Graffiti,Quay Street,480300,530400,tags on the shutter of the bakery
W2,09/04/2026,10:00,Fly tipping,Mill Lane,481500,530500,three bags
"""
CALLS = """Ref,Date,Time,Category,Location,Easting,Northing,Details
H1,03/04/2026,21:10,Graffiti,Quay Street,480302,530401,tags on the bakery shutter
"""


@dataclass(frozen=True)
class Hub:
    store: Store
    actor: Actor
    settings: Settings
    folder: Path


def write_wards(path: Path) -> Path:
    squares = {"E05099001": ("Abbey", 0), "E05099002": ("Brook", 1000)}
    features = []
    for code, (name, offset) in squares.items():
        east = WEST + offset
        lon, lat = to_degrees(
            [east, east + 1000, east + 1000, east, east],
            [SOUTH, SOUTH, SOUTH + 1000, SOUTH + 1000, SOUTH],
        )
        ring = [list(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
        features.append(
            {
                "type": "Feature",
                "properties": {"WD26CD": code, "WD26NM": name},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    text = json.dumps({"type": "FeatureCollection", "features": features})
    path.write_text(text, encoding="utf-8")
    return path


def write_police(path: Path, month: str, each: int, kind: str = "Anti-social behaviour") -> Path:
    """Write a street file: `each` incidents spread over three snap points at either corner."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        out = csv.writer(handle)
        out.writerow(STREET_COLUMNS)
        for street, (easting, northing) in CORNERS.items():
            for number in range(each):
                lon, lat = to_degrees([easting + 40 * (number % 3)], [northing])
                place = (f"{lon[0]:.6f}", f"{lat[0]:.6f}", f"On or near {street}")
                out.writerow(("", month, FORCE, FORCE, *place, "", "", kind, "", ""))
    return path


@pytest.fixture
def police_file():
    """Give the writer of street files."""
    return write_police


@contextmanager
def open_hub(folder: Path) -> Iterator[Hub]:
    settings = Settings(store_url=f"sqlite:///{(folder / 'aim.db').as_posix()}")
    workflows.make_store(LOCAL_ANALYST, settings.store_url)
    store = open_store(settings.store_url)
    yield Hub(store, LOCAL_ANALYST, settings, folder)
    store.close()


@pytest.fixture
def empty_hub(tmp_path):
    with open_hub(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def silent_hub(tmp_path_factory):
    """Give a hub whose only source is silent in April 2026, the fourth of seven months."""
    with open_hub(tmp_path_factory.mktemp("silent")) as opened:
        for month, each in enumerate((40, 42, 41, 1, 43, 40, 41), start=1):
            path = write_police(opened.folder / f"{month}-street.csv", f"2026-{month:02d}", each)
            workflows.ingest_feed(opened.store, opened.actor, feed="police-uk", path=path)
        yield opened


def fill(opened: Hub) -> Hub:
    """Load the wards and two months of police records."""
    store, actor, folder = opened.store, opened.actor, opened.folder
    workflows.add_ward_set(store, actor, write_wards(folder / "wards.geojson"), name="wards-2026")
    for month, each in MONTHS.items():
        path = write_police(folder / f"{month}-norbeck-street.csv", month, each)
        workflows.ingest_feed(store, actor, feed="police-uk", path=path)
    return opened


def tell_twice(opened: Hub) -> Hub:
    """Load what wardens and housing officers tell of one event, and look for links."""
    for name, text, source in (("w", WARDENS, "wardens"), ("h", CALLS, "housing-officers")):
        path = opened.folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        workflows.ingest_feed(opened.store, opened.actor, feed="wardens", path=path, source=source)
    workflows.find_links(opened.store, opened.actor)
    return opened


@pytest.fixture
def told():
    """Give what two sources tell of one event, as files."""
    return {"w": WARDENS, "h": CALLS}


@pytest.fixture(scope="session")
def filled_once(tmp_path_factory) -> Path:
    """Build, once, a folder with a hub of two months of one source."""
    folder = tmp_path_factory.mktemp("filled-once")
    with open_hub(folder) as opened:
        fill(opened)
    return folder


@pytest.fixture(scope="session")
def told_once(filled_once, tmp_path_factory) -> Path:
    """Build, once, a folder with the same in which one event is told twice."""
    folder = tmp_path_factory.mktemp("told-once")
    with copy_of(filled_once, folder) as opened:
        tell_twice(opened)
    return folder


@contextmanager
def copy_of(built: Path, folder: Path) -> Iterator[Hub]:
    """Open a copy of a folder with a hub, for tests to change."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    with open_hub(folder) as opened:
        yield opened


@pytest.fixture
def hub(filled_once, tmp_path):
    with copy_of(filled_once, tmp_path) as opened:
        yield opened


@pytest.fixture
def doubled(told_once, tmp_path):
    with copy_of(told_once, tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled_hub(filled_once, tmp_path_factory):
    """Give a copy of it, for a module's tests to share."""
    with copy_of(filled_once, tmp_path_factory.mktemp("filled")) as opened:
        yield opened


@pytest.fixture(scope="module")
def told_hub(told_once, tmp_path_factory):
    """Give a hub of two months in which one event is told twice; a test leaves it as it was."""
    with copy_of(told_once, tmp_path_factory.mktemp("told")) as opened:
        yield opened


# Square sites, most of them far from each other: incidents a month before an action of August 2025
# and after it. Dune lies beside Alder; it rose before the action. Nothing happens in wide Fen.
SITES = {
    "Alder": (480_000.0, 530_000.0, (12,) * 7 + (5,) * 3),
    "Birch": (483_000.0, 530_000.0, (12,) * 10),
    "Cedar": (480_000.0, 533_000.0, (40,) * 10),
    "Dune": (480_700.0, 530_000.0, (4,) * 4 + (13,) * 3 + (12,) * 3),
}
AROUND_ALDER = (0,) * 6 + (2, 5, 0, 0)
PEOPLE = "code,people,homes,out of work\nA,1000,500,50\nB,1000,400,10\nC,4000,2000,90\nD,,0,0\n"
FEN = (484_000.0, 534_000.0, 3_000.0)
SIDE = 400.0


def write_sites(path: Path) -> Path:
    squares = {name: (east, north, SIDE) for name, (east, north, _) in SITES.items()}
    features = []
    for name, (east, north, side) in {**squares, "Fen": FEN}.items():
        lon, lat = to_degrees(
            [east, east + side, east + side, east, east],
            [north, north, north + side, north + side, north],
        )
        ring = [list(pair) for pair in zip(lon.tolist(), lat.tolist(), strict=True)]
        properties = {"code": name[0], "name": name}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def site_rows() -> list[tuple[str, int, float, float, str, str]]:
    """Return source, month, easting, northing, place and sensitivity of every report."""
    rows = []
    for name, (east, north, months) in SITES.items():
        for month, count in enumerate(months, start=1):
            rows += [
                (
                    "wardens" if number % 3 == 0 and name != "Cedar" else "police",
                    month,
                    east + 150 + 7 * (number % 10),
                    north + 150 + 9 * (number % 7),
                    f"{name} Road",
                    "routine",
                )
                for number in range(count)
            ]
    east, north, _ = SITES["Alder"]
    for month, count in enumerate(AROUND_ALDER, start=1):
        rows += [("police", month, east - 100, north + 200, "Alder End", "routine")] * count
    return rows + [("police", 8, east + 200, north + 200, "Kept Secret", "sensitive")] * 3


@pytest.fixture(scope="session")
def sites(tmp_path_factory):
    """Give a hub of ten months, with head counts of its sites; a test leaves it as it was."""
    with open_hub(tmp_path_factory.mktemp("sites")) as opened:
        store, actor, folder = opened.store, opened.actor, opened.folder
        workflows.add_ward_set(store, actor, write_sites(folder / "sites.geojson"), name="sites")
        people = folder / "people.csv"
        people.write_text(PEOPLE.replace(",,", ",0,"), encoding="utf-8")
        workflows.add_population(
            store, actor, people, households="homes", indicators=["out of work"]
        )
        for source in ("police", "wardens"):
            deliver_sites(store, source)
        yield opened


def deliver_sites(store: Store, source: str) -> None:
    rows = [row for row in site_rows() if row[0] == source]
    lon, lat = to_degrees([row[2] for row in rows], [row[3] for row in rows])
    start = [
        datetime(2025, row[1], 1 + number % 28, 12, tzinfo=UTC) for number, row in enumerate(rows)
    ]
    # The data reach from the first day of January to the last of October.
    start[0], start[-1] = start[0].replace(day=1), start[-1].replace(month=10, day=31)
    incidents = conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [f"{source}{n}".encode().hex().zfill(32) for n in range(len(rows))],
                "source": source,
                "feed": "wardens",
                "agency": source,
                "incident_type": "burglary",
                "sensitivity": [row[5] for row in rows],
                "occurred_from": pd.to_datetime(start, utc=True),
                "occurred_to": pd.to_datetime(start, utc=True) + pd.Timedelta("1min"),
                "time_precision": "minute",
                "lon": lon,
                "lat": lat,
                "easting": [row[2] for row in rows],
                "northing": [row[3] for row in rows],
                "place_precision": "point",
                "location_text": [row[4] for row in rows],
            }
        )
    )
    with store.transaction() as change:
        change.save_delivery(
            Delivery("wardens", source, source, f"{source}.csv", source.ljust(64, "0")),
            FeedResult(incidents, empty_rejected()),
            actor="tests",
        )
        assign_in_all_sets(store, change)
