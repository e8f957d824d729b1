"""Neighbourhood wardens' jobs: a workbook or csv kept by hand.

The truth of the data. A row is what a warden found or was sent to, at the date and often the time
of the visit, which may be later than the nuisance. Eastings and northings are read off a map or a
telephone: right to some tens of metres where they are right at all. Title lines stand above the
header, references are missing, categories are typed. Two identical rows without a reference are
two jobs. The officer's name is dropped; the details may name people and are masked only of contact
details.

Source: the columns common to the job exports of council case systems.
"""

import pandas as pd

from aim.feeds._dates import needed_faults, read_moments, single_moments, unread_times
from aim.feeds._feed import TableFeed, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, on_distinct
from aim.feeds._text import mapped_precision, read_uprns, without_time
from aim.feeds._words import join_texts

COLUMNS = (
    FeedColumn(
        "reference",
        (
            "Job No",
            "Ref",
            "Reference",
            "Job ref",
            "Job reference",
            "Job number",
            "Ref No",
            "Reference number",
            "Case ref",
            "Case number",
            "Case No",
            "Job ID",
            "ID",
        ),
    ),
    FeedColumn(
        "date",
        (
            "Date",
            "Incident date",
            "Date of incident",
            "Date occurred",
            "Job date",
            "Visit date",
            "Date and time",
            "Date/time",
            "Date of visit",
        ),
    ),
    FeedColumn(
        "time",
        ("Time", "Incident time", "Time of incident", "Job time", "Time occurred", "Visit time"),
    ),
    FeedColumn("reported", ("Date reported", "Reported", "Reported date", "Date logged", "Logged")),
    FeedColumn("category", ("Category", "Type", "Incident type", "Job type", "Job category")),
    FeedColumn(
        "sub_category", ("Sub category", "Subtype", "Sub type", "Category 2", "Detail type")
    ),
    FeedColumn(
        "location", ("Location", "Street", "Place", "Road", "Location text", "Site", "Address")
    ),
    FeedColumn("area_code", ("Ward code", "LSOA code", "Area code")),
    FeedColumn("uprn", ("UPRN",)),
    FeedColumn(
        "easting", ("Easting", "Eastings", "X", "Grid easting", "X coordinate", "BNG easting")
    ),
    FeedColumn(
        "northing", ("Northing", "Northings", "Y", "Grid northing", "Y coordinate", "BNG northing")
    ),
    FeedColumn("longitude", ("Longitude", "Lon", "Long", "Lng")),
    FeedColumn("latitude", ("Latitude", "Lat")),
    FeedColumn("details", ("Details", "Notes", "Description", "Comments", "Job details", "Detail")),
    FeedColumn("action", ("Action", "Action taken", "Outcome", "Result", "Actions taken")),
)
# Fixed: what was found, when and where; neither the action, which follows, nor the officer.
IDENTITY = Identity(
    "1",
    (
        "date",
        "time",
        "reported",
        "category",
        "sub_category",
        "location",
        "uprn",
        "easting",
        "northing",
        "longitude",
        "latitude",
        "details",
    ),
)
PERSONAL = (
    "Officer", "Officer name", "Warden", "Warden name", "Reported by", "Caller", "Caller name",
    "Complainant", "Complainant name", "Name", "Full name", "First name", "Surname", "Last name",
    "Contact", "Contact name", "Contact number", "Phone", "Phone number", "Telephone",
    "Telephone number", "Tel", "Mobile", "Email", "Email address", "Home address", "Offender",
    "Offender name", "Date of birth", "DOB",
)  # fmt: skip


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn wardens' rows into a draft."""
    dates = cells["date"].mask(cells["date"] == "", cells["reported"])
    moments = read_moments(dates, "Date", cells["time"])
    fault = needed_faults(moments, "Date")
    reported = read_moments(cells["reported"], "Date reported")
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, notes = read_places(cells, mapped_precision(uprns))
    rows = places.assign(
        **single_moments(moments),
        reported_at=reported.start,
        uprn=uprns,
        location_text=cells["location"],
        description=_description(cells),
    )
    silent = no_type(cells, ("category", "sub_category", "location", "details", "easting", "uprn"))
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index,
            (fault, shown_cells(dates, fault)),
            (silent, cells["category"]),
        ),
        type_words=(cells["sub_category"], cells["category"]),
        said=(cells["details"], cells["action"], cells["location"]),
        notes=(*notes, *uprn_notes, *without_time(unread_times(cells["time"]))),
    )


def _description(cells: pd.DataFrame) -> pd.Series:
    action = on_distinct(cells["action"], lambda text: f"Action: {text}" if text else "")
    return join_texts([cells["details"], action], " ")


FEED = TableFeed(
    name="wardens",
    title="Neighbourhood wardens' jobs, with day, time, easting and northing",
    reads="xlsx, ods, csv, gpkg or shp, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(
                ("date", "reported"),
                ("category", "sub_category"),
                ("location", "easting", "longitude", "uprn"),
            ),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
