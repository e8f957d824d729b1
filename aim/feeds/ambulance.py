"""Ambulance calls to crime and disorder: place, time, date and category.

The truth of the data. The time is that of the call, the category what the caller said and the crew
may have found otherwise. The place is often where the patient was met. Every row is about a
patient, so all are sensitive: they count in hotspots and never leave as a point. Nothing of the
patient is read. What the law has trusts share (SI 2007/1831) is the place, time, date and category
of calls to crime and disorder; which calls those are is the trust's own choice.

Source: SI 2007/1831, Crime and Disorder (Prescribed Information) Regulations 2007.
"""

from aim.feeds._feed import TableFeed
from aim.feeds._seam import FeedColumn, Identity, Shape
from aim.feeds.table import draft_rows

COLUMNS = (
    FeedColumn(
        "reference", ("Call reference", "Incident number", "CAD number", "Ref", "Reference")
    ),
    FeedColumn("date", ("Date", "Call date", "Date of call", "Date and time of call")),
    FeedColumn("time", ("Time", "Call time", "Time of call")),
    FeedColumn("category", ("Category", "Call category", "Chief complaint", "Type")),
    FeedColumn("sub_category", ("Sub category", "Determinant", "Dispatch code description")),
    FeedColumn("location", ("Location", "Street", "Place")),
    FeedColumn("postcode", ("Postcode", "Postcode district", "Outward postcode")),
    FeedColumn("easting", ("Easting", "Eastings", "X")),
    FeedColumn("northing", ("Northing", "Northings", "Y")),
)
# Fixed: the call as taken.
IDENTITY = Identity(
    "1", ("date", "time", "category", "sub_category", "location", "postcode", "easting", "northing")
)
PERSONAL = (
    "Patient", "Patient name", "Patient address", "Patient postcode", "Age", "Sex", "Gender",
    "Ethnicity", "NHS number", "Date of birth", "DOB", "Caller", "Caller name", "Caller number",
    "Phone", "Name", "Notes", "Clinical notes", "Hospital number",
)  # fmt: skip

FEED = TableFeed(
    name="ambulance",
    title="Ambulance calls to crime and disorder, by time and place; nothing of the patient",
    reads="csv or xlsx, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(("date",), ("category", "sub_category"), ("easting", "location", "postcode")),
            identity=IDENTITY,
            read_rows=draft_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
