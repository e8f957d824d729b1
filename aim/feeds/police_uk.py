"""data.police.uk street-level crime, as anyone may download it.

The truth of the data. A row is known to the month, never to the day. Its point is not where it
happened: each is moved to one of about 750,000 points that stand for a street or place, so many
rows share exactly one point. Anti-social behaviour has no reference, and identical rows are
separate incidents. The reference of a crime stays the same between editions; its outcome does not.
Rows with "No Location" have no point. A force's file holds a few rows far outside its area, and a
month that is present may still be half empty.

Source: https://data.police.uk/about/ (columns), Open Government Licence v3.0.
"""

import pandas as pd

from aim.feeds._dates import read_months
from aim.feeds._feed import TableFeed, faults_of, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape
from aim.model.incidents import PlacePrecision, TimePrecision

COLUMNS = (
    FeedColumn("month", ("Month",)),
    FeedColumn("longitude", ("Longitude", "lon", "lng")),
    FeedColumn("latitude", ("Latitude", "lat")),
    FeedColumn("crime_type", ("Crime type", "Category")),
    FeedColumn("crime_id", ("Crime ID", "persistent_id")),
    FeedColumn("reported_by", ("Reported by",)),
    FeedColumn("location", ("Location",)),
    FeedColumn("context", ("Context",)),
)
# Fixed: neither the outcome nor the LSOA, which change between editions.
IDENTITY = Identity("1", ("month", "longitude", "latitude", "location", "crime_type"))


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn street-level rows into a draft."""
    interval, fault = read_months(cells["month"], "Month")
    snapped = pd.Series(PlacePrecision.SNAPPED.value, index=cells.index, dtype=object)
    places, notes = read_places(cells, snapped)
    rows = pd.concat([interval, places], axis=1).assign(
        time_precision=TimePrecision.MONTH.value,
        location_text=cells["location"],
        description=cells["context"],
    )
    return Draft(
        rows=rows,
        faults=faults_of(cells.index, (fault, shown_cells(cells["month"], fault))),
        type_words=(cells["crime_type"],),
        notes=notes,
    )


FEED = TableFeed(
    name="police-uk",
    title="data.police.uk street-level crime, known to the month and the nearest map point",
    reads="csv, also .gz, .xz or .zip; a file, or a folder searched for *-street.csv",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(("month",), ("longitude",), ("latitude",), ("crime_type",)),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="crime_id",
            sender="reported_by",
        ),
    ),
    pattern=r".*-street\.csv(\.gz|\.xz|\.zip)?",
)
