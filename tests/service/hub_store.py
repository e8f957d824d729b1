"""A small hub to ask: four square wards at sea, two months, two sources, two planted places."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import box

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.crs import to_degrees
from aim.model.incidents import FeedResult, conform_incidents, empty_rejected
from aim.model.records import Delivery
from aim.store import Store, init_store, open_store

WEST, SOUTH, SIDE = 470_000.0, 530_000.0, 2_000.0
WARDS = {"E05099001": "Harbour", "E05099002": "Old Town", "E05099003": "Cliff", "E05099004": "Moor"}
HOSTILE = "<img src=x onerror=window.hit=1>"

# easting, northing, incidents in March and in April, type, place; the first lies in Harbour, the
# second in Old Town, the third, with a hostile name, in Moor.
PLACES = (
    (470_700.0, 530_700.0, 10, 24, "anti-social-behaviour", "Lantern Street"),
    (473_200.0, 530_900.0, 18, 18, "burglary", "Sprat Lane"),
    (473_000.0, 533_000.0, 4, 16, "anti-social-behaviour", f"Tar Yard {HOSTILE}"),
)


def make_hub_store(folder: Path) -> Store:
    """Make a store in a folder, with wards and incidents, and open it."""
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    for source, share in (("norbeck-police", 0), ("wardens", 1)):
        rows = planted(source, share)
        with store.transaction() as change:
            change.save_delivery(
                Delivery("wardens", source, source, f"{source}.csv", "0" * 64),
                FeedResult(rows, empty_rejected()),
                actor="tests",
            )
    workflows.add_ward_set(store, LOCAL_ANALYST, ward_file(folder), name="squares")
    return store


def ward_file(folder: Path) -> Path:
    """Write the wards as GeoJSON."""
    corners = [(WEST + SIDE * (n % 2), SOUTH + SIDE * (n // 2)) for n in range(4)]
    shapes = [box(west, south, west + SIDE, south + SIDE) for west, south in corners]
    wards = gpd.GeoDataFrame(
        {"WD25CD": list(WARDS), "WD25NM": list(WARDS.values())}, geometry=shapes, crs="EPSG:27700"
    )
    path = folder / "wards.geojson"
    wards.to_crs("EPSG:4326").to_file(path, driver="GeoJSON")
    return path


def planted(source: str, share: int) -> pd.DataFrame:
    """Return one source's half of the planted incidents and of the scattered ones."""
    rng = np.random.default_rng(7)
    rows = [
        (east + rng.normal(0, 40), north + rng.normal(0, 40), month, kind, place)
        for east, north, march, april, kind, place in PLACES
        for month, count in ((3, march), (4, april))
        for _ in range(count)
    ]
    rows += [
        (
            WEST + rng.uniform(0, 2 * SIDE),
            SOUTH + rng.uniform(0, 2 * SIDE),
            month,
            "burglary",
            "Far Road",
        )
        for month in (3, 4)
        for _ in range(20)
    ]
    return frame(source, rows[share::2])


def frame(source: str, rows: list[tuple[float, float, int, str, str]]) -> pd.DataFrame:
    """Give rows the declared columns."""
    easting, northing = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    lon, lat = to_degrees(easting, northing)
    # The month's last row falls on its last day, so that both months count as complete.
    start = [
        datetime(2026, row[2], 1, 12, tzinfo=UTC) + timedelta(days=number % 30)
        for number, row in enumerate(rows)
    ]
    start[-1] = datetime(2026, 4, 30, 12, tzinfo=UTC)
    start[0] = datetime(2026, 3, 1, 12, tzinfo=UTC)
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": [
                    f"{source}-{number}".encode().hex()[-32:].zfill(32)
                    for number in range(len(rows))
                ],
                "source": source,
                "feed": "wardens",
                "agency": source,
                "source_ref": [f"{source[0]}{number}" for number in range(len(rows))],
                "incident_type": [row[3] for row in rows],
                "source_type": [row[3] for row in rows],
                "qualifiers": "",
                "sensitivity": "routine",
                "occurred_from": pd.to_datetime(start, utc=True),
                "occurred_to": pd.to_datetime(start, utc=True) + pd.Timedelta("1min"),
                "time_precision": "minute",
                "lon": lon,
                "lat": lat,
                "easting": easting,
                "northing": northing,
                "place_precision": "point",
                "location_text": [row[4] for row in rows],
                "description": f"said {HOSTILE}",
            }
        )
    )
