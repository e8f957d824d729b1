"""Residents' reports from FixMyStreet: the csv of a council's dashboard.

The truth of the data. A report is known to the moment it was made, London time; the point is where
the reporter put the pin, right to some tens of metres. Councils add columns of their own (current
and old ward, nearest address or postcode, staff user, external status), which are taken by name or
left. The reporter's name and e-mail, and staff users, are dropped at the door; title and detail are
the reporter's own words. A report may be hidden or a duplicate: its status is not read, and a later
export may lack it. The export of updates holds no reports and is refused.

Source: the columns of FixMyStreet's dashboard export and the councils' additions to it.
"""

import pandas as pd

from aim.feeds._dates import needed_faults, read_moments, single_moments
from aim.feeds._feed import TableFeed, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, on_distinct
from aim.feeds._text import mapped_precision, read_uprns, write_postcode
from aim.feeds._words import join_texts

COLUMNS = (
    FeedColumn("reference", ("Report ID", "FixMyStreet ID")),
    FeedColumn("created", ("Created", "Date created")),
    FeedColumn("confirmed", ("Confirmed", "Date confirmed")),
    FeedColumn("category", ("Category",)),
    FeedColumn("sub_category", ("Subcategory", "Sub category")),
    FeedColumn("title", ("Title",)),
    FeedColumn("detail", ("Detail", "Details")),
    FeedColumn("extra", ("Extra details",)),
    FeedColumn("address", ("Nearest address", "Nearest address to pin", "Query")),
    FeedColumn("postcode", ("Nearest postcode",)),
    FeedColumn("ward", ("Ward", "Current ward", "Old ward")),
    FeedColumn("uprn", ("UPRN",)),
    FeedColumn("easting", ("Easting",)),
    FeedColumn("northing", ("Northing",)),
    FeedColumn("longitude", ("Longitude", "Lon")),
    FeedColumn("latitude", ("Latitude", "Lat")),
)
# Fixed: the report as made; neither its status nor what the council did.
IDENTITY = Identity(
    "1", ("created", "confirmed", "category", "title", "detail", "easting", "northing")
)
PERSONAL = (
    "User Name", "User Email", "User phone", "Staff User", "Staff Role", "Assigned To", "Name",
    "Email", "Phone", "Reported As", "Reporter name", "Reporter email", "Reporter phone",
)  # fmt: skip


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn the dashboard's reports into a draft."""
    dates = cells["created"].mask(cells["created"] == "", cells["confirmed"])
    moments = read_moments(dates, "Created")
    fault = needed_faults(moments, "Created")
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, notes = read_places(cells, mapped_precision(uprns))
    postcode = on_distinct(cells["postcode"], write_postcode)
    rows = places.assign(
        **single_moments(moments),
        reported_at=moments.start,
        uprn=uprns,
        location_text=join_texts([cells["address"], cells["ward"], postcode], ", "),
        description=join_texts([cells["title"], cells["detail"], cells["extra"]], ". "),
    )
    silent = no_type(cells, ("category", "sub_category", "title", "detail"))
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index, (fault, shown_cells(dates, fault)), (silent, cells["category"])
        ),
        type_words=(cells["sub_category"], cells["category"]),
        said=(cells["title"], cells["detail"], cells["extra"]),
        notes=(*notes, *uprn_notes),
    )


FEED = TableFeed(
    name="fixmystreet",
    title="Residents' reports from a FixMyStreet dashboard, with the pin they placed",
    reads="csv, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(("created", "confirmed"), ("category",), ("latitude", "easting", "address")),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
