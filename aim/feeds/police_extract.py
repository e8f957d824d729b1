"""Extracts from a police force's own systems, sent under an agreement: crimes, and calls.

The truth of the data. A crime lies somewhere between two moments, often a night or a weekend apart:
committed from and to are the interval, and a count by hour must spread it. Positions are metres as
recorded, usually an address; unlocated crimes may stand at a police station. A call for service is
known to the minute it was made, its closing code is what it turned out to be, and qualifiers (such
as domestic, hate, alcohol) come with it. Codes change with the counting rules. The log summary may
name people; it is kept masked, in no list, map or export.

Source: the columns common to forces' crime and command-and-control extracts.
"""

import pandas as pd

from aim.feeds._dates import (
    Moments,
    as_times,
    interval_end,
    needed_faults,
    precision,
    read_moments,
    single_moments,
)
from aim.feeds._feed import TableFeed, count_note, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, blank_texts, on_distinct
from aim.feeds._text import mapped_precision, read_band, read_uprns, write_postcode
from aim.feeds._words import join_texts

_CLOSING = tuple(f"closing_code_{number}" for number in range(1, 6))
_QUALIFIER = tuple(f"qualifier_{number}" for number in range(1, 7))


def _numbered(names: tuple[str, ...], header: str) -> tuple[FeedColumn, ...]:
    """Give columns that stand several times their numbered headers; the first may go without."""
    return tuple(
        FeedColumn(name, (f"{header}{number}", header) if number == 1 else (f"{header}{number}",))
        for number, name in enumerate(names, start=1)
    )


PLACE = (
    FeedColumn("location", ("Location", "Location text", "Address of offence")),
    FeedColumn("easting", ("Easting", "Eastings", "X")),
    FeedColumn("northing", ("Northing", "Northings", "Y")),
    FeedColumn("uprn", ("UPRN",)),
    FeedColumn("postcode", ("Postcode",)),
    FeedColumn("area_code", ("LSOA code", "Ward code", "Area code")),
)
CRIMES = (
    FeedColumn(
        "reference", ("CrimeNo", "Crime number", "Crime ref", "Crime reference", "Crime ID")
    ),
    FeedColumn("offence", ("Offence", "Offence description", "Offence title", "Crime type")),
    FeedColumn("code", ("HOCode", "HO class", "Home Office code")),
    FeedColumn("sub_code", ("HOSubCode", "HO sub class")),
    FeedColumn(
        "committed_from", ("CommittedFrom", "Committed from date", "Committed from date time")
    ),
    FeedColumn("committed_to", ("CommittedTo", "Committed to date", "Committed to date time")),
    FeedColumn("recorded", ("Recorded", "Recorded date", "Date recorded", "DateTimeRecorded")),
    *PLACE,
    FeedColumn("flags", ("Flags", "Flag", "Markers")),
    FeedColumn("outcome", ("Outcome",)),
    FeedColumn("victim_kind", ("Victim kind", "Victim type")),
    FeedColumn("victim_age", ("Victim age band", "Victim age")),
    FeedColumn("victim_sex", ("Victim sex", "Victim gender")),
    FeedColumn("suspect_age", ("Suspect age band", "Suspect age")),
    FeedColumn("home_distance", ("Home distance band",)),
)
CALLS = (
    FeedColumn(
        "reference", ("IncidentRef", "Incident reference", "Incident number", "Log number", "URN")
    ),
    FeedColumn("reported", ("DateTimeReported", "Date time reported", "Reported", "Date reported")),
    FeedColumn("opening_code", ("OpeningCode", "Opening type", "Opening code description")),
    *_numbered(_CLOSING, "ClosingCode"),
    *_numbered(_QUALIFIER, "Qualifier"),
    FeedColumn("grade", ("Grade", "Response grade")),
    *PLACE,
    FeedColumn("summary", ("Log summary", "Summary", "Log text")),
)
# Fixed: what, when and where as first recorded; neither outcome nor flags, which change.
CRIME_IDENTITY = Identity(
    "1",
    (
        "offence",
        "code",
        "sub_code",
        "committed_from",
        "committed_to",
        "recorded",
        "location",
        "easting",
        "northing",
    ),
)
# Fixed: a call is its moment, place and opening; closing codes and qualifiers come later.
CALL_IDENTITY = Identity("1", ("reported", "opening_code", "location", "easting", "northing"))
PERSONAL = (
    "Victim", "Victim name", "Victim address", "Victim phone", "Victim DOB",
    "Victim date of birth", "Suspect", "Suspect name", "Suspect address", "Suspect DOB",
    "Suspect date of birth", "Offender", "Offender name", "Offender DOB", "Caller", "Caller name",
    "Caller number", "Caller phone", "Caller telephone", "Caller address", "Officer",
    "Officer name", "OIC", "Officer in case", "Name", "Surname", "First name", "Phone", "Telephone",
    "Mobile", "Email", "Email address", "Home address", "Date of birth", "DOB",
)  # fmt: skip


def read_crimes(cells: pd.DataFrame) -> Draft:
    """Turn recorded crimes into a draft."""
    committed, fault, shown, notes = _committed(cells)
    recorded = read_moments(cells["recorded"], "Recorded")
    places, uprns, place_notes = _placed(cells)
    rows = places.assign(
        **committed,
        reported_at=recorded.start,
        uprn=uprns,
        location_text=_location(cells),
        description=blank_texts(cells.index),
        victim_kind=_or_missing(cells["victim_kind"]),
        victim_age_band=_or_missing(on_distinct(cells["victim_age"], read_band)),
        victim_sex=_or_missing(cells["victim_sex"]),
        suspect_age_band=_or_missing(on_distinct(cells["suspect_age"], read_band)),
        home_distance_band=_or_missing(cells["home_distance"]),
    )
    silent = no_type(cells, ("offence", "code", "location", "easting", "flags"))
    return Draft(
        rows=rows,
        faults=faults_of(cells.index, (fault, shown), (silent, cells["offence"])),
        type_words=(cells["offence"],),
        said=(cells["flags"],),
        notes=(*notes, *place_notes),
    )


def _committed(
    cells: pd.DataFrame,
) -> tuple[dict[str, pd.Series], pd.Series, pd.Series, tuple[str, ...]]:
    """Read the interval of each crime, why it cannot be, the failing cell, and notes."""
    starts = cells["committed_from"]
    for name in ("committed_to", "recorded"):
        starts = starts.mask(starts == "", cells[name])
    begun = read_moments(starts, "CommittedFrom")
    ended = read_moments(cells["committed_to"], "CommittedTo")
    backwards = ended.start.notna() & (_last_moment(ended) < begun.start)
    undated = needed_faults(begun, "CommittedFrom")
    fault = undated.mask(backwards, "CommittedTo is before CommittedFrom")
    shown = shown_cells(starts, undated).mask(backwards, cells["committed_to"])
    timed = begun.timed & (ended.timed | ended.start.isna())
    interval = {
        "occurred_from": begun.start,
        "occurred_to": _interval_end(begun, ended),
        "time_precision": precision(timed),
    }
    lost = (cells["committed_to"] != "") & ended.start.isna()
    return (
        interval,
        fault,
        shown,
        count_note(lost, "with a CommittedTo that is not a date; left out"),
    )


def _last_moment(ended: Moments) -> pd.Series:
    """Return the latest moment an end can mean: itself, or the end of its day."""
    return ended.start.where(ended.timed, interval_end(ended) - pd.Timedelta(minutes=1))


def _interval_end(begun: Moments, ended: Moments) -> pd.Series:
    """Return the end that is not included: after the start by a minute at least."""
    end = ended.start.where(ended.timed, interval_end(ended))
    alone = interval_end(begun)
    return as_times(end.where(end > begun.start, alone))


def read_calls(cells: pd.DataFrame) -> Draft:
    """Turn command-and-control incidents into a draft."""
    moments = read_moments(cells["reported"], "DateTimeReported")
    fault = needed_faults(moments, "DateTimeReported")
    places, uprns, notes = _placed(cells)
    rows = places.assign(
        **single_moments(moments),
        reported_at=moments.start,
        uprn=uprns,
        location_text=_location(cells),
        description=cells["summary"],
    )
    closing = tuple(cells[name] for name in _CLOSING)
    silent = no_type(cells, ("opening_code", *_CLOSING, "summary", "location", "easting"))
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index,
            (fault, shown_cells(cells["reported"], fault)),
            (silent, cells["opening_code"]),
        ),
        type_words=(*closing, cells["opening_code"]),
        said=(*(cells[name] for name in _QUALIFIER), cells["summary"]),
        notes=notes,
    )


def _placed(cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, tuple[str, ...]]:
    uprns, uprn_notes = read_uprns(cells["uprn"])
    places, notes = read_places(cells, mapped_precision(uprns))
    return places, uprns, (*notes, *uprn_notes)


def _location(cells: pd.DataFrame) -> pd.Series:
    return join_texts([cells["location"], on_distinct(cells["postcode"], write_postcode)], ", ")


def _or_missing(texts: pd.Series) -> pd.Series:
    return texts.mask(texts == "", None)


FEED = TableFeed(
    name="police-extract",
    title="Police crimes (committed from and to) or calls for service, dated to the minute",
    reads="csv or xlsx, also .gz, .xz or .zip; crimes and calls are told apart by the header",
    shapes=(
        Shape(
            columns=CRIMES,
            needed=(("committed_from",), ("offence",), ("easting", "location")),
            identity=CRIME_IDENTITY,
            read_rows=read_crimes,
            reference="reference",
            title="Crimes",
        ),
        Shape(
            columns=CALLS,
            needed=(("reported",), ("opening_code", "closing_code_1"), ("easting", "location")),
            identity=CALL_IDENTITY,
            read_rows=read_calls,
            reference="reference",
            title="Calls",
        ),
    ),
    personal=PERSONAL,
)
