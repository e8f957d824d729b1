"""Reports kept by an Open311 server: GeoReport v2 service requests, JSON or XML.

The truth of the data. A request is what somebody asked the council to mend: the time is when it was
made, not when the nuisance happened, and carries its zone. The point is where the reporter put the
pin. Descriptions are the reporter's own words. Identifiers and codes come as numbers or as text,
also without the quotation marks their leading zeros need; an element that is empty means nothing is
known. A server's error page, its list of services and the receipt of a new report are refused and
named. A position outside the United Kingdom is left out and the row kept.

Source: the GeoReport v2 specification of Open311, with the attributes FixMyStreet sends.
"""

import pandas as pd

from aim.feeds._dates import needed_faults, read_moments, single_moments
from aim.feeds._feed import TableFeed, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, on_distinct
from aim.feeds._text import mapped_precision, read_uprns, write_postcode
from aim.feeds._words import join_texts


def _attribute(name: str) -> tuple[str, ...]:
    """Return the headers an attribute of a request may stand under."""
    before = ("attribute", "attributes", "extended attributes", "extended_attributes")
    return (name, *(f"{word} {name}" for word in before))


COLUMNS = (
    FeedColumn("reference", ("service_request_id",)),
    FeedColumn("requested", ("requested_datetime",)),
    FeedColumn("service", ("service_name",)),
    FeedColumn("code", ("service_code",)),
    FeedColumn("description", ("description",)),
    FeedColumn("status", ("status",)),
    FeedColumn("address", ("address", "closest_address", *_attribute("closest_address"))),
    FeedColumn("postcode", ("zipcode", "postcode")),
    FeedColumn("longitude", ("long", "longitude", "lon", "lng")),
    FeedColumn("latitude", ("lat", "latitude")),
    FeedColumn("easting", _attribute("easting")),
    FeedColumn("northing", _attribute("northing")),
    FeedColumn("uprn", _attribute("uprn")),
)
# Fixed: what was asked for, when and where; neither the status nor what follows.
IDENTITY = Identity(
    "1", ("requested", "service", "code", "description", "address", "longitude", "latitude")
)
PERSONAL = (
    "email", "first_name", "last_name", "name", "phone", "device_id", "account_id",
    "attribute name", "attribute email", "attribute phone", "status_notes", "media_url",
)  # fmt: skip


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn service requests into a draft."""
    moments = read_moments(cells["requested"], "requested_datetime")
    fault = needed_faults(moments, "requested_datetime")
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, notes = read_places(cells, mapped_precision(uprns))
    postcode = on_distinct(cells["postcode"], write_postcode)
    rows = places.assign(
        **single_moments(moments),
        reported_at=moments.start,
        uprn=uprns,
        location_text=join_texts([cells["address"], postcode], ", "),
        description=cells["description"],
    )
    silent = no_type(cells, ("service", "code", "description", "address", "longitude"))
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index,
            (fault, shown_cells(cells["requested"], fault)),
            (silent, cells["service"]),
        ),
        type_words=(cells["service"], cells["code"]),
        said=(cells["description"],),
        notes=(*notes, *uprn_notes),
    )


FEED = TableFeed(
    name="open311",
    title="Service requests of an Open311 server (GeoReport v2), to the minute they were made",
    reads="json, xml or csv of service requests, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(
                ("requested",),
                ("service", "code"),
                ("latitude", "address", "easting", "uprn"),
            ),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
