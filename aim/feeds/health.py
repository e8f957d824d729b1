"""Hospital admissions after assault, with alcohol and drugs, and after domestic abuse.

The truth of the data. A row is an admission: its date is that of the hospital, days after what
happened or years, and its place is where the patient lives. The law (SI 2007/1831) has trusts share
the outward half of the postcode and the date of admission, so no more is read: a whole postcode is
cut at the door, a clock time and any position are left, and no row has a point. The outward half is
kept as text. All rows are sensitive. The ICD-10 codes the law names are X85 to Y09 (assault), F10
to F19 (alcohol and drugs), T51, Y90 and Y91 (alcohol); other codes are kept and not classified.

Source: SI 2007/1831, Crime and Disorder (Prescribed Information) Regulations 2007.
"""

import re

import pandas as pd

from aim.feeds._dates import needed_faults, read_moments, single_moments
from aim.feeds._feed import TableFeed, count_note, faults_of, no_type, shown_cells
from aim.feeds._places import read_places
from aim.feeds._seam import Draft, FeedColumn, Identity, Shape, blank_texts, on_distinct
from aim.feeds._text import is_postcode, write_postcode
from aim.model.incidents import PlacePrecision

COLUMNS = (
    FeedColumn("reference", ("Admission ref", "Record ref", "Ref", "Reference")),
    FeedColumn("date", ("Date of admission", "Admission date", "Date")),
    FeedColumn("code", ("ICD-10", "ICD10", "ICD-10 code", "Diagnosis code", "Cause code")),
    FeedColumn("category", ("Category", "Reason", "Type")),
    FeedColumn(
        "postcode", ("Outward postcode", "Postcode district", "Postcode", "General postcode")
    ),
)
# Fixed: what the law names.
IDENTITY = Identity("1", ("date", "code", "category", "postcode"))
PERSONAL = (
    "Patient", "Patient name", "NHS number", "Hospital number", "Name", "Address", "Date of birth",
    "DOB", "Age", "Sex", "Gender", "Ethnicity", "GP", "GP practice", "Phone", "Notes",
)  # fmt: skip

_CODE = re.compile(r"([A-Z])(\d{2})(?:\.?\d{0,2})?", re.IGNORECASE)
_ASSAULT, _SUBSTANCES, _ALCOHOL = (
    "Assault admission",
    "Substance misuse admission",
    "Alcohol admission",
)


def word_of_code(code: str) -> str:
    """Return what an ICD-10 code says in the terms of the law; empty for any other.

    Examples
    --------
    >>> word_of_code("X85"), word_of_code("F10.2"), word_of_code("y91"), word_of_code("S72")
    ('Assault admission', 'Substance misuse admission', 'Alcohol admission', '')
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return ""
    short = f"{found[1].upper()}{found[2]}"
    if "X85" <= short <= "Y09":
        return _ASSAULT
    if "F10" <= short <= "F19":
        return _SUBSTANCES
    return _ALCOHOL if short in {"T51", "Y90", "Y91"} else ""


def outward(postcode: str) -> str:
    """Return the outward half of a postcode.

    Examples
    --------
    >>> outward("ts13ba"), outward("TS1"), outward("1 High Street")
    ('TS1', 'TS1', '')
    """
    if is_postcode(postcode):
        return write_postcode(postcode).split()[0]
    return postcode.upper() if is_postcode(f"{postcode}1AA") else ""


def read_rows(cells: pd.DataFrame) -> Draft:
    """Turn admissions into a draft without a position."""
    days = on_distinct(cells["date"], _day)
    moments = read_moments(days, "Date of admission")
    fault = needed_faults(moments, "Date of admission")
    nowhere = pd.Series(PlacePrecision.NONE.value, index=cells.index, dtype=object)
    places, _ = read_places(cells[[]], nowhere)
    rows = places.assign(
        **single_moments(moments),
        reported_at=moments.start,
        location_text=on_distinct(cells["postcode"], outward),
        description=blank_texts(cells.index),
    )
    silent = no_type(cells, ("code", "category"))
    whole = cells["postcode"].map(is_postcode).astype(bool)
    return Draft(
        rows=rows,
        faults=faults_of(
            cells.index, (fault, shown_cells(cells["date"], fault)), (silent, cells["category"])
        ),
        type_words=(on_distinct(cells["code"], word_of_code), cells["category"], cells["code"]),
        notes=count_note(whole, "with a whole postcode; only its outward half was kept"),
    )


def _day(text: str) -> str:
    return re.split(r"[ T]+(?=\d{1,2}[:.]\d{2})", text)[0]


FEED = TableFeed(
    name="health",
    title="Hospital admissions by outward postcode and date, as the law has them shared",
    reads="csv or xlsx, also .gz, .xz or .zip",
    shapes=(
        Shape(
            columns=COLUMNS,
            needed=(("date",), ("code", "category"), ("postcode",)),
            identity=IDENTITY,
            read_rows=read_rows,
            reference="reference",
        ),
    ),
    personal=PERSONAL,
)
