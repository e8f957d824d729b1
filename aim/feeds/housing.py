"""Housing landlords' cases of anti-social behaviour.

The truth of the data. A case is opened when a tenant complains, days after what happened and often
once for many events; the date of the incident is used where there is one, else the date reported.
The place is a home: the complainant's or the other party's, the landlord's systems seldom say
which. All rows are therefore sensitive, and count without leaving as a point. Names, tenancy
numbers and contact details are dropped at the door.

Source: the columns common to landlords' case systems; no standard exists.
"""

from aim.feeds._feed import TableFeed
from aim.feeds._seam import FeedColumn, Identity, Shape
from aim.feeds.table import draft_rows

COLUMNS = (
    FeedColumn("reference", ("Case ref", "Case reference", "Case number", "Case ID", "Ref")),
    FeedColumn("date", ("Incident date", "Date of incident", "Date", "Date occurred")),
    FeedColumn("time", ("Incident time", "Time of incident", "Time")),
    FeedColumn("reported", ("Date reported", "Reported", "Date opened", "Case opened", "Opened")),
    FeedColumn("category", ("Category", "ASB category", "Case type", "ASB type", "Type")),
    FeedColumn("sub_category", ("Sub category", "ASB sub category")),
    FeedColumn("location", ("Location", "Incident location", "Street", "Estate", "Block")),
    FeedColumn("postcode", ("Postcode", "Incident postcode")),
    FeedColumn("ward", ("Ward",)),
    FeedColumn("uprn", ("UPRN", "Property UPRN")),
    FeedColumn("easting", ("Easting", "Eastings", "X")),
    FeedColumn("northing", ("Northing", "Northings", "Y")),
    FeedColumn("details", ("Details", "Description", "Summary", "Nature of complaint")),
)
# Fixed: the case as opened; neither its stage nor its outcome.
IDENTITY = Identity(
    "1",
    (
        *("date", "time", "reported", "category", "sub_category", "location", "postcode"),
        *("uprn", "easting", "northing", "details"),
    ),
)
PERSONAL = (
    "Tenant", "Tenant name", "Tenancy ref", "Tenancy number", "Complainant", "Complainant name",
    "Complainant address", "Complainant phone", "Perpetrator", "Perpetrator name",
    "Perpetrator address", "Alleged perpetrator", "Person ref", "Name", "First name", "Surname",
    "Address", "Phone", "Telephone", "Mobile", "Email", "Date of birth", "DOB", "Officer",
    "Housing officer", "Case officer",
)  # fmt: skip

FEED = TableFeed(
    name="housing",
    title="Housing landlords' cases of anti-social behaviour, by date and property",
    reads="csv or xlsx, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(
                ("reported", "date"),
                ("category", "sub_category"),
                ("location", "postcode", "uprn", "easting"),
            ),
            identity=IDENTITY,
            read_rows=draft_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
