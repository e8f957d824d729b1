"""A small town of repeats: planted pairs, addresses that suffer again, a case, a sensitive one."""

from pathlib import Path

import numpy as np
import pandas as pd

from aim.model.crs import to_degrees
from aim.model.incidents import FeedResult, conform_incidents, empty_rejected
from aim.model.records import Delivery
from aim.store import Store, init_store, open_store

# source, type, day, days until the report, property, address, sensitivity, reference, qualifiers
TOLD = (
    *(
        ("norbeck-police", "burglary", day, 0, "9001", "4 Sprat Lane", "routine", f"B-{day}", "")
        for day in ("2026-03-01", "2026-04-08", "2026-04-20")
    ),
    *(
        ("wardens", "noise-nuisance", day, 1, "9003", "8 Open Close", "routine", f"W-{day}", "")
        for day in ("2026-03-01", "2026-04-01", "2026-04-20")
    ),
    *(
        ("housing", "noise-nuisance", day, 2, "9002", "6 Hidden Row", "sensitive", "H-77", "")
        for day in ("2026-03-05", "2026-04-05", "2026-04-21")
    ),
    (
        "wardens",
        "noise-nuisance",
        "2026-04-11",
        0,
        "9004",
        "2 Lone Street",
        "routine",
        "W-9",
        "hate",
    ),
)
SNAPPED = ("wardens", "noise-nuisance", "2026-04-10", 0, None, "On or near Quay Street")
PLANTED, SCATTERED, LAST_DAY = 25, 60, "2026-04-30"
PLACES = {"9001": 0, "9002": 300, "9003": 600, "9004": 900}


def make_repeats_store(folder: Path) -> Store:
    """Make the store in a folder, without wards, and open it."""
    url = f"sqlite:///{(folder / 'aim.db').as_posix()}"
    init_store(url)
    store = open_store(url)
    rows = repeat_rows()
    for source, own in rows.groupby("source"):
        with store.transaction() as change:
            change.save_delivery(
                Delivery("table", str(source), str(source), f"{source}.csv", "0" * 64),
                FeedResult(conform_incidents(own), empty_rejected()),
                actor="tests",
            )
    return store


def repeat_rows() -> pd.DataFrame:
    """Return every row: those told above, five on one map point, and burglaries in pairs."""
    told = pd.DataFrame(
        TOLD,
        columns=[
            "source", "incident_type", "day", "wait", "uprn", "location_text", "sensitivity",
            "source_ref", "qualifiers",
        ],
    ).assign(place_precision="address")  # fmt: skip
    told["easting"] = 470_000.0 + told["uprn"].map(PLACES)
    snapped = pd.DataFrame(
        [SNAPPED] * 5,
        columns=["source", "incident_type", "day", "wait", "uprn", "location_text"],
    ).assign(place_precision="snapped", sensitivity="routine", easting=471_500.0, qualifiers="")
    rows = pd.concat([told, snapped, burglaries()], ignore_index=True)
    rows["northing"] = rows["northing"].fillna(530_000.0)
    lon, lat = to_degrees(rows["easting"].to_numpy(), rows["northing"].to_numpy())
    start = pd.to_datetime(rows["day"] + "T20:00Z")
    return rows.assign(
        incident_id=[f"{number:032x}" for number in range(len(rows))],
        feed="table",
        agency=rows["source"],
        source_type=rows["incident_type"],
        occurred_from=start,
        occurred_to=start + pd.Timedelta("1min"),
        reported_at=start + pd.to_timedelta(rows["wait"], unit="D"),
        time_precision="minute",
        lon=lon,
        lat=lat,
    )


def burglaries() -> pd.DataFrame:
    """Return burglaries over four months, some followed by one 40 m away two days later."""
    rng = np.random.default_rng(3)
    first = pd.DataFrame(
        {
            "easting": 474_000 + rng.uniform(0, 5_000, SCATTERED),
            "northing": 530_000 + rng.uniform(0, 5_000, SCATTERED),
            "at": rng.integers(0, 115, SCATTERED),
        }
    )
    again = first.head(PLANTED).assign(easting=first["easting"] + 40, at=first["at"] + 2)
    rows = pd.concat([first, again], ignore_index=True)
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(rows["at"], unit="D")
    days.iloc[-1] = pd.Timestamp(LAST_DAY)
    return rows.drop(columns="at").assign(
        source="norbeck-police", incident_type="burglary", wait=0, uprn=None, sensitivity="routine",
        day=days.dt.strftime("%Y-%m-%d"), location_text="Far Road", place_precision="point",
        qualifiers="", source_ref=[f"P{number}" for number in range(len(rows))],
    )  # fmt: skip
