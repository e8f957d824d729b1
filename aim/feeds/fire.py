"""Fire and rescue: deliberate fires and violence to staff, dated and timed.

The truth of the data. The time is that of the call. A deliberate fire is one the crew thought
deliberate. Positions are metres where the service gives them, else an address or a postcode for the
gazetteer. What the law has services share (SI 2007/1831) names the time, date and place of
deliberate primary and secondary fires, vehicles or not, of violence to staff, and of dwelling fires
with no alarm fitted; the rest of that schedule has not been read for this version, so other
categories are kept as the service words them.

Source: SI 2007/1831, Crime and Disorder (Prescribed Information) Regulations 2007.
"""

from aim.feeds._feed import TableFeed
from aim.feeds._seam import FeedColumn, Identity, Shape
from aim.feeds.table import draft_rows

COLUMNS = (
    FeedColumn("reference", ("Incident number", "Incident No", "IRS number", "Ref", "Reference")),
    FeedColumn(
        "date", ("Date", "Incident date", "Date of call", "Call date", "Date and time of call")
    ),
    FeedColumn("time", ("Time", "Time of call", "Call time", "Incident time")),
    FeedColumn("category", ("Category", "Incident type", "Type", "Incident category")),
    FeedColumn("sub_category", ("Sub category", "Fire type", "Incident sub type")),
    FeedColumn("location", ("Location", "Street", "Place", "Address of incident")),
    FeedColumn("postcode", ("Postcode",)),
    FeedColumn("uprn", ("UPRN",)),
    FeedColumn("grid_reference", ("Grid reference", "Grid ref")),
    FeedColumn("easting", ("Easting", "Eastings", "X")),
    FeedColumn("northing", ("Northing", "Northings", "Y")),
    FeedColumn("details", ("Details", "Property type", "Remarks")),
)
# Fixed: the call as taken.
IDENTITY = Identity(
    "1", ("date", "time", "category", "sub_category", "location", "postcode", "easting", "northing")
)
PERSONAL = (
    "Caller", "Caller name", "Caller number", "Occupier", "Occupier name", "Owner", "Owner name",
    "Name", "Phone", "Telephone", "Vehicle registration", "VRM", "Officer in charge",
)  # fmt: skip

FEED = TableFeed(
    name="fire",
    title="Fire and rescue: deliberate fires and violence to staff, by time and place",
    reads="csv or xlsx, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(
                ("date",),
                ("category", "sub_category"),
                ("easting", "location", "postcode", "uprn", "grid_reference"),
            ),
            identity=IDENTITY,
            read_rows=draft_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
