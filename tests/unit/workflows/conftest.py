"""A borough small enough to draw: two square wards, one busy corner in each, two months."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.model.crs import to_degrees
from aim.model.people import Actor
from aim.store import open_store
from aim.store.protocol import Store

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
def hub(empty_hub):
    return fill(empty_hub)


@pytest.fixture
def told():
    """Give what two sources tell of one event, as files."""
    return {"w": WARDENS, "h": CALLS}


@pytest.fixture
def doubled(hub):
    return tell_twice(hub)


@pytest.fixture(scope="module")
def filled_hub(tmp_path_factory):
    """Give a hub of two months of one source, for a module's tests to share."""
    with open_hub(tmp_path_factory.mktemp("filled")) as opened:
        yield fill(opened)


@pytest.fixture(scope="module")
def told_hub(tmp_path_factory):
    """Give a hub of two months in which one event is told twice; a test leaves it as it was."""
    with open_hub(tmp_path_factory.mktemp("told")) as opened:
        yield tell_twice(fill(opened))
