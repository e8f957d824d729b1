"""Visits as agencies keep them: a table with a row a visit.

The truth of the data. Wardens write down when they came and how long they stayed, often afterwards
and rounded to a quarter of an hour; a place is called what the agency calls it. The visitor's name
is never read; what was done may name people, and is masked of contact details.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from aim.errors import FeedFormatError
from aim.feeds._dates import read_moments
from aim.feeds._personal import mask_text
from aim.feeds._seam import Asked, Draft, FeedColumn, Identity, Shape
from aim.feeds._table import Wanted, read_tables

NAME = "visits"
COLUMNS = (
    FeedColumn("place", ("Place", "Location", "Site", "Where", "Patrol area")),
    FeedColumn("date", ("Date", "Visit date", "Date of visit", "Date and time", "Day")),
    FeedColumn("time", ("Start", "Time", "Start time", "From", "Arrived", "Time arrived")),
    FeedColumn("minutes", ("Minutes", "Minutes there", "Duration", "Duration (minutes)", "Mins")),
    FeedColumn("agency", ("Agency", "Team", "Service", "Organisation")),
    FeedColumn("done", ("What was done", "Done", "Activity", "Notes", "Details", "Outcome")),
    FeedColumn("powers", ("Powers used", "Powers", "Enforcement", "Power")),
)
NEEDED = (("place",), ("date",), ("minutes",))
PERSONAL = (
    *("Officer", "Officer name", "Warden", "Warden name", "Name", "Full name", "Visited by"),
    *("Person", "Person seen", "Resident", "Contact", "Phone", "Telephone", "Mobile", "Email"),
    *("Address", "Home address", "Date of birth", "DOB", "Collar number", "Badge number"),
)
LONGEST_STAY = 24 * 60


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One row of a table of visits.

    Attributes
    ----------
    file, row
        The file's name, and the row as a spreadsheet counts.
    place, agency, done, powers
        As written, with contact details masked.
    at
        When it began, UTC.
    minutes
        How long.
    """

    file: str
    row: int
    place: str
    at: datetime
    minutes: int
    agency: str = ""
    done: str = ""
    powers: str = ""


@dataclass(frozen=True, slots=True)
class VisitTable:
    """What a table of visits held: each of its rows is in exactly one of the two.

    Attributes
    ----------
    rows
        Those that can be visits.
    rejected
        File, row number and why not.
    notes
        Sentences about the file; columns with people's details that were not read.
    """

    rows: tuple[VisitRow, ...]
    rejected: tuple[tuple[str, int, str], ...]
    notes: tuple[str, ...] = ()


def read_visits(path: Path) -> VisitTable:
    r"""Read visits from a csv file or workbook.

    Parameters
    ----------
    path
        With columns for place, date and minutes; start, agency, what was done and powers used
        where there are any. ``write_visit_template`` gives one to fill in.

    Returns
    -------
    VisitTable
        Rows without a start count from midday of their day.

    Raises
    ------
    FeedFormatError
        The file is missing, damaged or lacks a needed column.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "visits.csv"
    ...     _ = path.write_text("Place,Date,Start,Minutes\nQuay,01/05/2026,21:00,15\n", "utf-8")
    ...     [(one.place, one.minutes) for one in read_visits(path).rows]
    [('Quay', 15)]
    """
    wanted = Wanted(NAME, (_SHAPE,), PERSONAL)
    rows: list[VisitRow] = []
    rejected: list[tuple[str, int, str]] = []
    notes: list[str] = []
    for table in read_tables(path, wanted, Asked()):
        found = _read_rows(table.file, table.cells, table.faults)
        rows += found.rows
        rejected += found.rejected
        notes += table.notes
        notes += [f"{table.file}: {head} was not read." for head in table.dropped]
    return VisitTable(tuple(rows), tuple(rejected), tuple(notes))


def write_visit_template() -> bytes:
    """Return an empty table of visits to fill in, as csv.

    Examples
    --------
    >>> write_visit_template().decode("utf-8-sig").split(",")[:3]
    ['Place', 'Date', 'Start']
    """
    heads = ",".join(column.headers[0] for column in COLUMNS)
    return f"{heads}\r\n".encode("utf-8-sig")


def _not_incidents(cells: pd.DataFrame) -> Draft:
    """Refuse to make incidents of visits."""
    raise FeedFormatError(
        f"{len(cells)} visits were asked for as incidents; load them with aim activity import."
    )


_SHAPE = Shape(
    columns=COLUMNS,
    needed=NEEDED,
    identity=Identity("1", ("place", "date", "time", "minutes", "agency")),
    read_rows=_not_incidents,
    reference="",
)


def _read_rows(file: str, cells: pd.DataFrame, faults: pd.Series) -> VisitTable:
    times = cells["time"].mask(cells["time"] == "", "12:00")
    moments = read_moments(cells["date"], "Date", times)
    rows: list[VisitRow] = []
    rejected: list[tuple[str, int, str]] = []
    for number, cell in zip(cells.index, cells.to_dict("records"), strict=True):
        said = {str(name): str(value) for name, value in cell.items()}
        why = list(_faults_of(said, str(faults[number]), moments.fault[number]))
        if why:
            rejected.append((file, int(number), "; ".join(why)))
            continue
        rows.append(
            VisitRow(
                file=file,
                row=int(number),
                at=moments.start[number].to_pydatetime(),
                minutes=_minutes(said["minutes"]),
                **{name: mask_text(said[name])[0] for name in ("place", "agency", "done")},
                powers=said["powers"],
            )
        )
    return VisitTable(tuple(rows), tuple(rejected))


def _faults_of(said: dict[str, str], fault: str, date_fault: str) -> Iterable[str]:
    if fault:
        yield fault
        return
    if not said["place"]:
        yield "Place is blank"
    if not said["date"]:
        yield "Date is blank"
    elif date_fault:
        yield date_fault
    if not 0 < _minutes(said["minutes"]) <= LONGEST_STAY:
        yield f"Minutes: {said['minutes']!r} is no number of minutes from 1 to {LONGEST_STAY}"


def _minutes(text: str) -> int:
    """Return whole minutes, also of ``1:15``; 0 where it is neither."""
    hours, colon, minutes = text.strip().partition(":")
    if colon and hours.isdecimal() and minutes.isdecimal():
        return 60 * int(hours) + int(minutes)
    number = text.strip().removesuffix(".0")
    return int(number) if number.isdecimal() and len(number) < len(str(10 * LONGEST_STAY)) else 0
