"""What a table is that is not the feed asked for: the right reason to refuse it."""

from collections.abc import Iterable

from aim.feeds._seam import header_key

_COUNTS = "these are counts, not incidents. Ask the sender for one row for each incident"
# Header keys that all stand in such a table, and what to say of it.
_KINDS: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"crimeid", "outcometype"}),
        (
            "these are outcomes of crimes, not incidents. Load the folder that holds them together"
            " with the street files, as police-uk"
        ),
    ),
    (
        frozenset({"objectofsearch", "legislation"}),
        "these are stops and searches. Load the file as police-uk",
    ),
    (
        frozenset({"crimetype", "month", "reportedby"}),
        "this is a street file of data.police.uk. Load it as police-uk",
    ),
    (
        frozenset({"servicecode", "keywords"}),
        "this is a list of services, not reports. Ask for the service requests",
    ),
    (
        frozenset({"reportid", "updateid"}),
        "these are updates on reports, not reports. Ask for the export of reports",
    ),
    (
        frozenset({"servicerequestid", "accountid"}),
        (
            "this is the receipt of a new report, without its date or place."
            " Ask for the service requests"
        ),
    ),
    (
        frozenset({"servicecode", "attributedatatype"}),
        "this is the form of one service, not reports. Ask for the service requests",
    ),
)
_COUNT_KEYS = frozenset(
    {"count", "counts", "reports", "incidents", "total", "totalincidents", "numberofincidents"}
)
_CODES = frozenset({"name", "code"})
_FEWEST_MEASURES = 2


def other_kind(header: Iterable[str]) -> str:
    """Say what a table is by its header; empty where it is nothing known.

    Examples
    --------
    >>> other_kind(["month", "lsoa", "reports"]).split(".")[0]
    'these are counts, not incidents'
    >>> other_kind(["Colour", "Shape"])
    ''
    """
    keys = {header_key(cell) for cell in header} - {""}
    for needed, said in _KINDS:
        if needed <= keys:
            return said
    measures = [key for key in keys if key.endswith("incidents")]
    if keys & _COUNT_KEYS or len(measures) >= _FEWEST_MEASURES:
        return _COUNTS
    return "this is a list of codes, not incidents" if keys == _CODES else ""
