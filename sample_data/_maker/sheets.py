"""Events become rows of the partners' own awkward files, some of them bad on purpose."""

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path

import numpy as np
import xlsxwriter

from _maker.borough import generator
from _maker.events import CALLS, COUNCILLORS, CRIMES, POLICE_UK, WARDENS, Event, clock_of, day_of
from _maker.places import Gazetteer, uprn_of
from _maker.spelling import misspell
from _maker.words import (
    AWKWARD_TEXTS,
    BAD_DATES,
    BAD_MONTHS,
    BOROUGH,
    FORCE,
    NI_TEXT,
    NUMBER_WORDS,
    OUTCOMES,
    PERSONAL_TEXTS,
    UNKNOWN_WORDS,
    WARDEN_ACTIONS,
)

Cell = str | int | float | date
BAD_SHARE = 0.05
MISSPELT_SHARE = 0.30
PRINTED = datetime(2026, 6, 9, tzinfo=UTC)
OFFICERS = ("A.B.", "C.D.", "E.F.", "G.H.", "J.K.", "L.M.")

# What becomes of a bad row.
REJECTED = "rejected"
NO_POSITION = "kept without a position"
EXCHANGED = "kept; the two numbers can be put right"
UNCLASSIFIED = "kept as unclassified"
BAD_KINDS = {
    "impossible date": REJECTED,
    "blank date": REJECTED,
    "blank row": REJECTED,
    "to before from": REJECTED,
    "0,0 position": NO_POSITION,
    "no location": NO_POSITION,
    "text in a number column": NO_POSITION,
    "swapped position": EXCHANGED,
    "missing type": UNCLASSIFIED,
    "unknown type": UNCLASSIFIED,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a feed, and which of them a bad row spoils."""

    columns: tuple[str, ...]
    day: str
    position: tuple[str, str]
    location: tuple[str, ...]
    types: tuple[str, ...]
    interval: tuple[str, ...] = ()  # from and to
    recorded: tuple[str, ...] = ()

    @property
    def bad_kinds(self) -> tuple[str, ...]:
        """The ways a row of this feed can be bad."""
        positional = {"0,0 position", "text in a number column", "swapped position"}
        return tuple(
            kind
            for kind in BAD_KINDS
            if (self.interval or kind != "to before from")
            and (self.position[0] or kind not in positional)
        )


LAYOUTS = {
    POLICE_UK: Layout(
        (
            "Crime ID",
            "Month",
            "Reported by",
            "Falls within",
            "Longitude",
            "Latitude",
            "Location",
            "LSOA code",
            "LSOA name",
            "Crime type",
            "Last outcome category",
            "Context",
        ),
        day="Month",
        position=("Longitude", "Latitude"),
        location=("LSOA code", "LSOA name"),
        types=("Crime type",),
    ),
    CRIMES: Layout(
        (
            "CrimeNo",
            "HOCode",
            "HOSubCode",
            "Offence",
            "CommittedFrom",
            "CommittedTo",
            "Recorded",
            "Easting",
            "Northing",
            "Beat",
            "Location",
            "Outcome",
            "Flags",
        ),
        day="CommittedFrom",
        position=("Easting", "Northing"),
        location=("Location",),
        types=("Offence", "HOCode", "HOSubCode"),
        interval=("CommittedFrom", "CommittedTo"),
        recorded=("Recorded",),
    ),
    CALLS: Layout(
        (
            "IncidentRef",
            "DateTimeReported",
            "OpeningCode",
            "ClosingCode1",
            "ClosingCode2",
            "Qualifier1",
            "Qualifier2",
            "Grade",
            "Beat",
            "Location",
            "Easting",
            "Northing",
            "Postcode",
            "Log summary",
        ),
        day="DateTimeReported",
        position=("Easting", "Northing"),
        location=("Location", "Postcode"),
        types=("OpeningCode", "ClosingCode1", "ClosingCode2"),
    ),
    WARDENS: Layout(
        (
            "Job No",
            "Date",
            "Time",
            "Officer",
            "Category",
            "Sub category",
            "Location",
            "UPRN",
            "Easting",
            "Northing",
            "Details",
            "Action taken",
        ),
        day="Date",
        position=("Easting", "Northing"),
        location=("Location", "UPRN"),
        types=("Category", "Sub category"),
    ),
    COUNCILLORS: Layout(
        (
            "Ref",
            "Date received",
            "Councillor",
            "Constituent name",
            "Constituent phone",
            "Ward",
            "Street",
            "Postcode",
            "Subject",
            "Details",
        ),
        day="Date received",
        position=("", ""),
        location=("Ward", "Street", "Postcode"),
        types=("Subject",),
    ),
}


@dataclass(slots=True)
class Line:
    """One row before it is written; ``street`` is the right name where the text is misspelt."""

    cells: dict[str, Cell]
    event: Event | None = None
    bad: str = ""
    street: str = ""
    row: int = 0


@dataclass(slots=True)
class Sheet:
    """One file."""

    file: str
    feed: str
    lines: list[Line]
    first_row: int = 2

    def number(self) -> "Sheet":
        """Tell each row, and its event, where it stands."""
        for row, line in enumerate(self.lines, start=self.first_row):
            line.row = row
            if line.event:
                line.event.file, line.event.row = self.file, row
        return self


def build_sheets(gazetteer: Gazetteer, events: list[Event]) -> list[Sheet]:
    """Write every event of the story into the sheet of its feed.

    The month that the public and the dated edition share comes last, in a folder of its own.
    """
    rng = generator(gazetteer.seed, 20)
    by_feed = {
        feed: sorted(
            (event for event in events if event.feed == feed),
            key=lambda event: (event.end, event.start, event.place, event.kind.name),
        )
        for feed in LAYOUTS
    }
    build: dict[str, Callable[[np.random.Generator, Gazetteer, Event, int], Line]] = {
        POLICE_UK: _police_line,
        CRIMES: _crime_line,
        CALLS: _call_line,
        WARDENS: _warden_line,
        COUNCILLORS: _councillor_line,
    }
    lines = {
        feed: [build[feed](rng, gazetteer, event, at) for at, event in enumerate(found, start=1)]
        for feed, found in by_feed.items()
    }
    for feed, found in lines.items():
        _spoil(rng, feed, found)
    sheets = [
        *_months(lines[POLICE_UK]),
        Sheet("police-extract/crimes_2025-06_2026-05.csv", CRIMES, lines[CRIMES]),
        Sheet("police-extract/incidents_2025-06_2026-05.csv", CALLS, lines[CALLS]),
        Sheet("wardens/wardens_2024-06_2026-06.xlsx", WARDENS, lines[WARDENS], first_row=6),
        Sheet("councillors/councillors_2024-06_2026-06.csv", COUNCILLORS, lines[COUNCILLORS]),
    ]
    return [sheet.number() for sheet in sheets]


def build_overlap(gazetteer: Gazetteer, events: list[Event]) -> tuple[Sheet, list[Event]]:
    """Tell the extract's first month once more, as the public edition does."""
    rng = generator(gazetteer.seed, 21)
    told = [
        event
        for event in sorted(events, key=lambda event: (event.kind.police_uk, event.file, event.row))
        if event.feed in {CRIMES, CALLS}
        and event.kind.police_uk
        and (event.day.year, event.day.month) == (2025, 6)
    ]
    lines = [_police_line(rng, gazetteer, event, at) for at, event in enumerate(told, 900_001)]
    for row, line in enumerate(lines, start=2):
        line.row, line.event = row, None
    file = "police-uk-overlap/2025-06/2025-06-norbeck-street.csv"
    return Sheet(file, POLICE_UK, lines), told


def _months(lines: list[Line]) -> list[Sheet]:
    def month(line: Line) -> str:
        return f"{line.event.day:%Y-%m}" if line.event else str(line.cells["month of the file"])

    ordered = sorted(lines, key=lambda line: (month(line), str(line.cells.get("Crime type"))))
    return [
        Sheet(f"police-uk/{name}/{name}-norbeck-street.csv", POLICE_UK, list(found))
        for name, found in groupby(ordered, key=month)
    ]


# --- one line of each feed -------------------------------------------------------------------


def _police_line(rng: np.random.Generator, gazetteer: Gazetteer, event: Event, number: int) -> Line:
    asb = event.kind.police_uk == "Anti-social behaviour"
    token = hashlib.sha256(f"norbeck {gazetteer.seed} {number}".encode()).hexdigest()
    cells: dict[str, Cell] = {
        "Crime ID": "" if asb else token,
        "Month": f"{event.day:%Y-%m}",
        "Reported by": FORCE,
        "Falls within": FORCE,
        "Location": "No Location",
        "Crime type": event.kind.police_uk,
        "Last outcome category": "" if asb else OUTCOMES[int(rng.integers(len(OUTCOMES)))],
    }
    if event.street >= 0:
        snap = int(gazetteer.borough.nearest_snap(np.array([event.place]))[0])
        lon, lat = gazetteer.snap_degrees[snap]
        area = gazetteer.small_areas[gazetteer.snap_area[snap]]
        cells |= {
            "Longitude": f"{lon:.6f}",
            "Latitude": f"{lat:.6f}",
            "Location": f"On or near {gazetteer.street(snap)}",
            "LSOA code": area.code,
            "LSOA name": area.name,
        }
    return Line(cells, event)


def _crime_line(rng: np.random.Generator, gazetteer: Gazetteer, event: Event, number: int) -> Line:
    code, sub_code, words = event.kind.offence or ("", "", "")
    recorded = event.end + int(rng.integers(5, 1_200))
    exact = event.end == event.start
    event.ref = f"NK{number:05d}/{event.day:%y}"
    return Line(
        {
            "CrimeNo": event.ref,
            "HOCode": code,
            "HOSubCode": sub_code,
            "Offence": words,
            "CommittedFrom": _stamp(event.start),
            "CommittedTo": "" if exact and rng.random() < 0.5 else _stamp(event.end),
            "Recorded": _stamp(recorded),
            **_metres(event),
            "Beat": _beat(gazetteer, event),
            "Location": _place_text(gazetteer, event),
            "Outcome": OUTCOMES[int(rng.integers(len(OUTCOMES)))],
            "Flags": _flags(rng, event),
        },
        event,
    )


def _flags(rng: np.random.Generator, event: Event) -> str:
    if event.group.startswith("V"):
        return "REPEAT"
    chance = rng.random()
    if event.kind.name in {"violence", "injury", "harassment"}:
        return "DOMESTIC" if chance < 0.2 else "ALCOHOL" if chance < 0.4 else ""
    if event.kind.name == "order":
        return "HATE" if chance < 0.06 else "ALCOHOL" if chance < 0.3 else ""
    return "BUSINESS" if event.kind.name == "shoplifting" else ""


def _call_line(rng: np.random.Generator, gazetteer: Gazetteer, event: Event, number: int) -> Line:
    opening, closing = event.kind.codes or ("", "")
    event.ref = f"NP-{event.day:%Y%m%d}-{number:04d}"
    qualifiers = {"youths": "Youth", "drinking": "Alcohol", "bikes": "Youth"}
    grade = {"999": "Priority", "101": "Scheduled", "online": "Resolution"}[event.channel]
    return Line(
        {
            "IncidentRef": event.ref,
            "DateTimeReported": _stamp(event.start),
            "OpeningCode": opening,
            "ClosingCode1": closing,
            "ClosingCode2": "",
            "Qualifier1": qualifiers.get(event.kind.name, ""),
            "Qualifier2": "Repeat caller" if rng.random() < 0.04 else "",
            "Grade": grade,
            "Beat": _beat(gazetteer, event),
            "Location": _place_text(gazetteer, event),
            **_metres(event),
            "Postcode": gazetteer.postcode(event.street),
            "Log summary": f"{event.channel}: {event.kind.text}{_personal(rng, 0.06)}",
        },
        event,
    )


def _warden_line(rng: np.random.Generator, gazetteer: Gazetteer, event: Event, number: int) -> Line:
    category, sub_category = event.kind.warden or ("", "")
    event.ref = "" if rng.random() < 0.06 else f"W{event.day:%y}-{number:05d}"
    right = gazetteer.street(event.street)
    wrong = misspell(rng, right) if _misspelt(number) else right
    house = f"{event.number} " if event.number and rng.random() < 0.6 else ""
    tail = (" nr the park", " o/s shops", "")[int(np.searchsorted((0.05, 0.1), rng.random()))]
    typed_date = rng.random() < 0.35
    timed = event.plant or event.group or rng.random() > 0.05
    uprn: Cell = ""
    if event.address >= 0:
        uprn = int(uprn_of(event.address))
    cells: dict[str, Cell] = {
        "Job No": event.ref,
        "Date": f"{event.day:%d/%m/%Y}" if typed_date else event.day,
        "Time": clock_of(event.start) if timed else "",
        "Officer": OFFICERS[int(rng.integers(len(OFFICERS)))],
        "Category": category,
        "Sub category": sub_category,
        "Location": f"{house}{wrong}{tail}",
        "UPRN": uprn,
        "Easting": int(event.place[0]),
        "Northing": int(event.place[1]),
        "Details": f"{event.kind.text}{_personal(rng, 0.05)}",
        "Action taken": WARDEN_ACTIONS[int(rng.integers(len(WARDEN_ACTIONS)))],
    }
    return Line(cells, event, street=right if wrong != right else "")


def _councillor_line(
    rng: np.random.Generator, gazetteer: Gazetteer, event: Event, number: int
) -> Line:
    ward = gazetteer.ward_name(event.street)
    event.ref = "" if rng.random() < 0.04 else f"ME/{event.day:%y}/{number:04d}"
    right = gazetteer.street(event.street)
    wrong = misspell(rng, right) if _misspelt(number) else right
    resident = int(rng.integers(1, 400))
    awkward = AWKWARD_TEXTS[int(rng.integers(len(AWKWARD_TEXTS)))] if rng.random() < 0.1 else ""
    cells: dict[str, Cell] = {
        "Ref": event.ref,
        "Date received": f"{event.day:%d/%m/%Y}",
        "Councillor": f"Member {int(rng.integers(1, 3))} for {ward}",
        "Constituent name": f"Resident {resident}",
        "Constituent phone": f"01632 960{resident:03d}",
        "Ward": ward,
        "Street": wrong,
        "Postcode": gazetteer.postcode(event.street) if rng.random() < 0.5 else "",
        "Subject": event.kind.subject,
        "Details": f"{event.kind.text}.{awkward}{_personal(rng, 0.2)}",
    }
    return Line(cells, event, street=right if wrong != right else "")


def _misspelt(number: int) -> bool:
    """Choose three rows in ten, spread evenly by the golden ratio."""
    return number * 0.6180339887 % 1 < MISSPELT_SHARE


def _personal(rng: np.random.Generator, share: float) -> str:
    """Return a sentence with something to mask, sometimes."""
    if rng.random() >= share:
        return ""
    if rng.random() < 0.05:
        return NI_TEXT
    text = PERSONAL_TEXTS[int(rng.integers(len(PERSONAL_TEXTS)))]
    return text.format(n=int(rng.integers(100, 1000)))


def _stamp(minute: int) -> str:
    return f"{day_of(minute):%d/%m/%Y} {clock_of(minute)}"


def _metres(event: Event) -> dict[str, Cell]:
    return {"Easting": f"{event.place[0]:.0f}", "Northing": f"{event.place[1]:.0f}"}


def _beat(gazetteer: Gazetteer, event: Event) -> str:
    return f"NB{gazetteer.street_ward[event.street] // 4 + 1:02d}" if event.street >= 0 else ""


def _place_text(gazetteer: Gazetteer, event: Event) -> str:
    if event.street < 0:
        return "Police Headquarters"
    house = f"{event.number} " if event.number else ""
    return f"{house}{gazetteer.street(event.street)}"


# --- bad rows --------------------------------------------------------------------------------


def _spoil(rng: np.random.Generator, feed: str, lines: list[Line]) -> None:
    """Make one row in twenty bad, each way equally often; planted rows stay as they are."""
    layout = LAYOUTS[feed]
    plain = [line for line in lines if line.event and not (line.event.plant or line.event.group)]
    wanted = round(len(lines) * BAD_SHARE)
    for at, place in enumerate(rng.permutation(len(plain))[:wanted]):
        kind = layout.bad_kinds[at % len(layout.bad_kinds)]
        if kind == "blank row":
            _blank_before(lines, plain[place])
        else:
            _spoil_line(rng, layout, plain[place], kind)


def _blank_before(lines: list[Line], line: Line) -> None:
    month = f"{line.event.day:%Y-%m}" if line.event else ""
    place = next(at for at, other in enumerate(lines) if other is line)
    lines.insert(place, Line({"month of the file": month}, bad="blank row"))


def _spoil_line(rng: np.random.Generator, layout: Layout, line: Line, kind: str) -> None:
    line.bad = kind
    if kind == "no location":
        line.street = ""
    line.cells |= _spoilt_cells(rng, layout, line, kind)


def _spoilt_cells(
    rng: np.random.Generator, layout: Layout, line: Line, kind: str
) -> dict[str, Cell]:
    cells, (east, north) = line.cells, layout.position
    start = line.event.start if line.event else 0
    bad_dates = BAD_MONTHS if layout.day == "Month" else BAD_DATES
    bad_date, number_word, unknown_word = (
        words[int(rng.integers(len(words)))] for words in (bad_dates, NUMBER_WORDS, UNKNOWN_WORDS)
    )
    no_type: dict[str, Cell] = dict.fromkeys(layout.types, "")
    spoilt: dict[str, dict[str, Cell]] = {
        "impossible date": {layout.day: bad_date},
        "blank date": dict.fromkeys((layout.day, *layout.interval, *layout.recorded), ""),
        "to before from": dict.fromkeys(layout.interval[1:], _stamp(start - 1_440)),
        "0,0 position": {east: 0, north: 0},
        "swapped position": {east: cells.get(north, ""), north: cells.get(east, "")},
        "text in a number column": {east: number_word},
        "no location": dict.fromkeys((*layout.location, east, north), ""),
        "missing type": no_type,
        "unknown type": no_type | {layout.types[0]: unknown_word},
    }
    return spoilt[kind]


# --- files -----------------------------------------------------------------------------------


def write_sheet(sheet: Sheet, folder: Path) -> None:
    """Write one file in its partner's own way."""
    path = folder / sheet.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if sheet.feed == WARDENS:
        _write_workbook(sheet, path)
    elif sheet.feed == COUNCILLORS:
        path.write_bytes(_csv(sheet, "\r\n").encode("cp1252"))
    else:
        line_end = "\n" if sheet.feed == POLICE_UK else "\r\n"
        path.write_bytes(_csv(sheet, line_end).encode("utf-8"))


def _csv(sheet: Sheet, line_end: str) -> str:
    columns = LAYOUTS[sheet.feed].columns
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerow(columns)
    writer.writerows([line.cells.get(column, "") for column in columns] for line in sheet.lines)
    return text.getvalue()


def _write_workbook(sheet: Sheet, path: Path) -> None:
    """Write the wardens' workbook: a cover, a title, and the table further down."""
    columns = LAYOUTS[sheet.feed].columns
    with xlsxwriter.Workbook(path) as book:
        # A fixed day: the same data give the same bytes.
        book.set_properties({"title": f"{BOROUGH} wardens", "created": PRINTED})
        cover = book.add_worksheet("Cover")
        cover.write_column(
            0, 0, [f"{BOROUGH} Neighbourhood Wardens", "Invented data", "Jobs: next"]
        )
        jobs = book.add_worksheet("Jobs")
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        jobs.write(0, 0, "Job list, June 2024 to June 2026")
        jobs.write(1, 0, "Printed from the wardens' diary. Invented data.")
        jobs.write_row(sheet.first_row - 2, 0, columns)
        for line in sheet.lines:
            for column, name in enumerate(columns):
                _write_cell(jobs, line.row - 1, column, line.cells.get(name, ""), days)


def _write_cell(
    jobs: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: Cell,
    days: xlsxwriter.format.Format,
) -> None:
    if isinstance(cell, date):
        jobs.write_datetime(row, column, datetime.combine(cell, time()), days)
    elif isinstance(cell, str) and cell:
        jobs.write_string(row, column, cell)
    elif not isinstance(cell, str):
        jobs.write_number(row, column, cell)
