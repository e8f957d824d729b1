"""What residents tell their ward councillors: a list kept by members' services.

The truth of the data. The date is when the councillor was told, not when it happened. The place is
words: a ward, a street, perhaps a postcode that may be the resident's own; streets are misspelt.
There is no position until a gazetteer gives one, so such rows are kept and counted, never drawn.
Free text says who complains of whom. The constituent's name, telephone, e-mail and address, and the
councillor's name, are dropped at the door.

Source: the columns common to members' enquiry systems.
"""

import pandas as pd

from aim.feeds._dates import needed_faults, read_moments, single_moments, unread_times
from aim.feeds._feed import TableFeed, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, on_distinct
from aim.feeds._text import mapped_precision, read_uprns, without_time, write_postcode
from aim.feeds._words import join_texts

COLUMNS = (
    FeedColumn(
        "reference",
        (
            "Ref",
            "Reference",
            "Ref No",
            "Reference number",
            "Enquiry ref",
            "Enquiry number",
            "Enquiry ID",
            "Case ref",
            "Case number",
            "ID",
        ),
    ),
    FeedColumn("date", ("Date", "Incident date", "Date of incident", "Date occurred")),
    FeedColumn("time", ("Time", "Time of incident", "Incident time")),
    FeedColumn(
        "received", ("Date received", "Received", "Date raised", "Date reported", "Enquiry date")
    ),
    FeedColumn("ward", ("Ward", "Ward name", "Electoral ward")),
    FeedColumn("area_code", ("Ward code", "LSOA code", "Area code")),
    FeedColumn(
        "street", ("Street", "Street name", "Road", "Street or place", "Location of problem")
    ),
    FeedColumn("location", ("Location", "Place")),
    FeedColumn("postcode", ("Postcode", "Post code", "Nearest postcode")),
    FeedColumn("subject", ("Subject", "Category", "Enquiry type", "Issue", "Type", "Topic")),
    FeedColumn("sub_category", ("Sub category", "Sub type")),
    FeedColumn("details", ("Details", "Description", "Notes", "Enquiry", "Comments", "Detail")),
    FeedColumn("uprn", ("UPRN",)),
    FeedColumn("easting", ("Easting", "Eastings", "X")),
    FeedColumn("northing", ("Northing", "Northings", "Y")),
    FeedColumn("longitude", ("Longitude", "Lon", "Long", "Lng")),
    FeedColumn("latitude", ("Latitude", "Lat")),
)
# Fixed: what was told, when and of which place; nothing of who told it.
IDENTITY = Identity(
    "1",
    (
        "date",
        "time",
        "received",
        "ward",
        "street",
        "location",
        "postcode",
        "subject",
        "sub_category",
        "details",
    ),
)
PERSONAL = (
    "Councillor", "Councillor name", "Member", "Member name", "Constituent", "Constituent name",
    "Constituent phone", "Constituent telephone", "Constituent mobile", "Constituent email",
    "Constituent email address", "Constituent address", "Constituent postcode", "Resident",
    "Resident name", "Resident phone", "Resident email", "Resident address", "Name", "Full name",
    "First name", "Surname", "Last name", "Contact", "Contact name", "Contact number",
    "Contact details", "Phone", "Phone number", "Telephone", "Telephone number", "Tel", "Mobile",
    "Email", "Email address", "Address", "Home address", "Date of birth", "DOB", "Officer",
)  # fmt: skip


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn councillors' rows into a draft."""
    dates = cells["date"].mask(cells["date"] == "", cells["received"])
    moments = read_moments(dates, "Date", cells["time"])
    fault = needed_faults(moments, "Date")
    received = read_moments(cells["received"], "Date received")
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, notes = read_places(cells, mapped_precision(uprns))
    postcode = on_distinct(cells["postcode"], write_postcode)
    rows = places.assign(
        **single_moments(moments),
        reported_at=received.start,
        uprn=uprns,
        location_text=join_texts(
            [cells["street"], cells["location"], cells["ward"], postcode], ", "
        ),
        description=cells["details"],
    )
    silent = no_type(
        cells, ("subject", "sub_category", "details", "street", "location", "ward", "postcode")
    )
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index,
            (fault, shown_cells(dates, fault)),
            (silent, cells["subject"]),
        ),
        type_words=(cells["sub_category"], cells["subject"]),
        said=(cells["details"],),
        notes=(*notes, *uprn_notes, *without_time(unread_times(cells["time"]))),
    )


FEED = TableFeed(
    name="councillors",
    title="What residents told ward councillors, by ward, street and postcode",
    reads="csv, xlsx, ods, gpkg or shp, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(
                ("received", "date"),
                ("subject", "details"),
                ("ward", "street", "postcode"),
            ),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
