"""A filled plan in Word, read back: tables by their heads, texts by the headings above them.

The truth of the data. People fill a plan in by hand: rows are added, headings are moved, numbers
are written as words. What cannot be read is named and left out, never guessed. Personal details in
texts are masked here as in every feed; pictures, comments and tracked changes are not looked at.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from aim.errors import FeedError, FeedFormatError, ParameterError
from aim.feeds._dates import read_moments
from aim.feeds._personal import mask_text
from aim.model import plan_form as form
from aim.model.plans import (
    OSARA_PARTS,
    YEARS,
    About,
    DeliveryPlan,
    Head,
    Milestones,
    PlaceRecord,
    PlanContent,
    ProfileLine,
    Proposal,
    RiskLine,
    WorkLine,
)
from aim.model.tasks import word_of
from aim.model.times import LONDON
from aim.model.types import read_taxonomy

MOST_BYTES, MOST_UNPACKED, MOST_PARTS = 10_000_000, 50_000_000, 2_000
MOST_ROWS = 500
BODY = "word/document.xml"
_ZIP, _LOCKED = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MACROS = ("vbaProject.bin", "activeX")
_REF = re.compile(r"[A-Za-z0-9./-]{1,20}")
_YEAR = re.compile(r"(\d{4})(?:/\d{2,4})?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+|\d{1,9}")
# What a damaged document makes the library raise.
_BROKEN = (LookupError, ValueError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile)
_PART_OF = {label.casefold(): name for name, label in OSARA_PARTS.items()}

Cells = list[str]


@dataclass(slots=True)
class _Read:
    """What has been read of a document so far."""

    head: dict[str, Any] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)
    proposals: list[Proposal] = field(default_factory=list)
    records: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=lambda: ["", "", "", ""])


def read_document(path: Path) -> bytes:
    """Return a Word document's bytes once it is known to be one that can be opened without harm.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    FeedError
        It cannot be opened.
    FeedFormatError
        It is no Word document, too large when unpacked, locked, damaged, or carries a program.

    Examples
    --------
    >>> read_document(Path("no-such-plan.docx"))
    Traceback (most recent call last):
    aim.errors.FeedError: no-such-plan.docx was asked for as a plan; it cannot be opened \
(No such file or directory). Check the path.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise FeedError(
            f"{path} was asked for as a plan; it cannot be opened ({error.strerror})."
            " Check the path."
        ) from error
    check_document(data, path.name)
    return data


def check_document(data: bytes, name: str) -> None:
    """Refuse what is no Word document, or one that could do harm.

    Raises
    ------
    FeedFormatError
        As ``read_document`` says.

    Examples
    --------
    >>> check_document(b"a text", "plan.docx")
    Traceback (most recent call last):
    aim.errors.FeedFormatError: plan.docx was asked for as a plan; it is no Word document. Save it \
as .docx.
    """
    if len(data) > MOST_BYTES:
        raise _refused(name, f"it is larger than {MOST_BYTES // 1_000_000} MB")
    if data.startswith(_LOCKED):
        raise _refused(name, "it is locked with a password, or of the old kind")
    if not data.startswith(_ZIP):
        raise _refused(name, "it is no Word document")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _refused(name, f"it is damaged ({error})") from error


def _refused(name: str, found: str) -> FeedFormatError:
    return FeedFormatError(f"{name} was asked for as a plan; {found}. Save it as .docx.")


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    parts = archive.infolist()
    if BODY not in {one.filename for one in parts}:
        raise _refused(name, "it is no Word document")
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise _refused(name, f"unpacked it is larger than {MOST_UNPACKED // 1_000_000} MB")
    if any(word in one.filename for one in parts for word in _MACROS):
        raise _refused(name, "it carries a program")
    # A document type is how entities are made to grow; Word writes none.
    if any(b"<!DOCTYPE" in archive.read(one).replace(b"\0", b"").upper() for one in parts):
        raise _refused(name, "it declares a document type, which no Word document does")


def read_plan_document(path: Path) -> tuple[PlanContent, tuple[str, ...]]:
    """Read a plan that ``aim.exports`` wrote and people filled in.

    Parameters
    ----------
    path
        A Word document.

    Returns
    -------
    PlanContent, tuple of str
        What could be read, texts masked, and a sentence for each thing that could not. The name
        is the document's title, else the file's name.

    Raises
    ------
    FeedError, FeedFormatError
        As ``read_document``; or nothing of a plan stands in it.

    Examples
    --------
    >>> read_plan_document(Path("no-such-plan.docx"))
    Traceback (most recent call last):
    aim.errors.FeedError: no-such-plan.docx was asked for as a plan; it cannot be opened \
(No such file or directory). Check the path.
    """
    return plan_of(read_document(path), path.name)


def plan_of(data: bytes, name: str) -> tuple[PlanContent, tuple[str, ...]]:
    """Read a plan from a document's bytes; see ``read_plan_document``.

    Examples
    --------
    >>> plan_of(b"", "plan.docx")
    Traceback (most recent call last):
    aim.errors.FeedFormatError: plan.docx was asked for as a plan; it is no Word document. Save it \
as .docx.
    """
    check_document(data, name)
    read = _Read()
    try:
        for kind, found in _blocks(data):
            _TAKES[kind](read, found)
    except _BROKEN as error:
        raise _refused(name, f"it is damaged ({type(error).__name__})") from error
    if not (read.head.keys() - {"name"} or read.plan or read.proposals or read.records):
        raise FeedFormatError(
            f"{name} was asked for as a plan; none of a plan's headings and tables is in it."
            " Start from one that aim plan write made."
        )
    return _content(read, name), tuple(read.faults)


def _blocks(data: bytes) -> Iterator[tuple[str, Any]]:
    """Yield headings, texts and tables in the order they stand."""
    import docx  # noqa: PLC0415 - only a plan needs it

    document = docx.Document(io.BytesIO(data))
    styles = {one.style_id: str(one.name) for one in document.styles}
    for element in document.element.body.iterchildren():
        if hasattr(element, "tr_lst"):
            rows = element.tr_lst
            if len(rows) > MOST_ROWS:
                raise ValueError("a table of too many rows")
            yield "table", [[_cell_text(cell) for cell in row.tc_lst] for row in rows]
        elif hasattr(element, "pPr"):
            style = styles.get(str(element.style), "")
            if style == "Title" or style.startswith("Heading"):
                yield "heading", (style, _tidy(element.text))
            else:
                yield "text", _tidy(element.text)


def _cell_text(cell: Any) -> str:
    return _tidy(" ".join(one.text for one in cell.p_lst))


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _take_heading(read: _Read, found: tuple[str, str]) -> None:
    style, text = found
    if style == "Title":
        read.head["name"] = _masked(text)
        return
    level = min(int(style.removeprefix("Heading").strip() or 1), 3)
    read.headings[level:] = [text, *[""] * (3 - level)]


def _take_text(read: _Read, text: str) -> None:
    if not text or text == form.NOT_SUPPLIED:
        return
    _, first, second, third = read.headings
    under = second.casefold()
    if under in _PART_OF and not third:
        record = read.records.setdefault(first, {})
        record.setdefault(_PART_OF[under], []).append(_masked(text))
    elif second in {form.BARRIERS, form.GAPS} and not third:
        name = second.casefold()
        read.plan[name] = (*read.plan.get(name, ()), _masked(text.replace("|", "/")))


def _take_table(read: _Read, rows: list[Cells]) -> None:
    head = tuple(rows[0]) if rows else ()
    for heads, takes in _TABLES.items():
        if tuple(one.casefold() for one in head) == tuple(one.casefold() for one in heads):
            takes(read, [_padded(row, len(heads)) for row in rows[1:]])
            return
    for row in rows:
        if len(row) == 2:  # noqa: PLR2004 - what, and how it is
            _take_fact(read, row[0], _said(row[1]))


def _padded(row: Cells, length: int) -> Cells:
    return [_said(one) for one in [*row, *[""] * length][:length]]


def _said(text: str) -> str:
    return "" if text.rstrip(".").casefold() == form.NOT_SUPPLIED.casefold() else text


def _take_fact(read: _Read, label: str, text: str) -> None:
    asked = label.casefold()
    for name, known in (*form.HEAD_LABELS.items(), *form.SUMMARY_LABELS.items()):
        if known.casefold() == asked and text:
            takes = _FACTS.get(name)
            target = read.head if name in form.HEAD_LABELS else read.plan
            target[name] = takes(read, text) if takes else _masked(text)


def _listed(_: _Read, text: str) -> tuple[str, ...]:
    parts = text.split(";") if ";" in text else text.split(",")
    return tuple(dict.fromkeys(_masked(one.strip()) for one in parts if one.strip()))


def _wards(_: _Read, text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in text.split(";") if one.strip()))


def _types(read: _Read, text: str) -> tuple[str, ...]:
    known = read_taxonomy()
    themes = {name.casefold(): slug for slug, name in known.themes.items()}
    found = []
    for word in _wards(read, text):
        try:
            found.append(themes.get(word.casefold()) or known.resolve(word))
        except ParameterError:
            read.faults.append(f"Reports counted: no type or theme is called {_masked(word)!r}.")
    return tuple(dict.fromkeys(found))


def _day(read: _Read, text: str) -> date | None:
    moments = read_moments(pd.Series([text]), "day")
    if moments.fault[0] or moments.start.isna()[0]:
        read.faults.append(f"{_masked(text)!r} is no day.")
        return None
    day: date = moments.start.dt.tz_convert(LONDON)[0].date()
    return day


def _days(read: _Read, text: str) -> tuple[date, ...]:
    days = (_day(read, one.strip()) for one in text.split(";") if one.strip())
    return tuple(one for one in days if one is not None)


def _year(read: _Read, text: str) -> int | None:
    found = _YEAR.fullmatch(text)
    if found is None:
        read.faults.append(f"{form.SUMMARY_LABELS['first_year']}: {_masked(text)!r} is no year.")
        return None
    return int(found[1])


_FACTS: Mapping[str, Callable[[_Read, str], Any]] = {
    **dict.fromkeys(("partners", "members"), _listed),
    "wards": _wards,
    **dict.fromkeys(("start", "finish"), _day),
    "reviews": _days,
    "types": _types,
    "first_year": _year,
}


def _number(read: _Read, text: str, what: str) -> int | None:
    if not text:
        return None
    if not _GROUPED.fullmatch(text):
        read.faults.append(f"{what}: {_masked(text)!r} is no whole number.")
        return None
    return int(text.replace(",", ""))


def _take_targets(read: _Read, rows: list[Cells]) -> None:
    numbers = {what.casefold(): _number(read, count, what) for what, _, count, _ in rows}
    baseline, *targets = (numbers.get(what.casefold()) for what in form.TARGET_ROWS)
    read.plan |= {"baseline": baseline, "targets": tuple(targets)}


def _take_profile(read: _Read, rows: list[Cells]) -> None:
    lines = []
    for about, *cells in rows:
        try:
            whom = word_of(About, about.casefold(), "about")
        except ParameterError:
            if any(cells) or about:
                read.faults.append(
                    f"{form.SUPPLIED}: {_masked(about)!r} is not one of {', '.join(About)}."
                )
            continue
        if cells[0]:
            lines.append(ProfileLine(whom, *(_cell(one) for one in cells)))
    read.plan["profile"] = tuple(lines)


def _take_lines(name: str, make: Callable[..., Any]) -> Callable[[_Read, list[Cells]], None]:
    def take(read: _Read, rows: list[Cells]) -> None:
        read.plan[name] = tuple(make(*map(_cell, row)) for row in rows if row[0])

    return take


def _take_actions(read: _Read, rows: list[Cells]) -> None:
    for ref, *cells in rows:
        if cells[0]:
            known = ref if _REF.fullmatch(ref) else _masked(ref)
            read.proposals.append(Proposal(known, *map(_masked, cells)))


def _take_milestones(read: _Read, rows: list[Cells]) -> None:
    found: list[tuple[str, list[int | None], int]] = []
    for indicator, _, *cells in rows:
        if not indicator:
            continue
        numbers = [_number(read, one, indicator) for one in cells]
        if found and found[-1][0] == indicator and found[-1][2] < YEARS:
            name, before, years = found.pop()
            found.append((name, [*before, *numbers], years + 1))
        else:
            found.append((indicator, numbers, 1))
    read.plan["milestones"] = tuple(
        Milestones(_cell(name), tuple(numbers)) for name, numbers, _ in found
    )


def _masked(text: str) -> str:
    return mask_text(text)[0]


def _cell(text: str) -> str:
    """Return a cell as a line of the record can hold it: a stroke parts cells there."""
    return _masked(text.replace("|", "/"))


_TABLES: Mapping[tuple[str, ...], Callable[[_Read, list[Cells]], None]] = {
    form.TARGET_HEADS: _take_targets,
    form.PROFILE_HEADS: _take_profile,
    form.EXISTING_HEADS: _take_lines("existing", WorkLine),
    form.RISK_HEADS: _take_lines("risks", RiskLine),
    form.ACTION_HEADS: _take_actions,
    form.MILESTONE_HEADS: _take_milestones,
}
_TAKES: Mapping[str, Callable[[_Read, Any], None]] = {
    "heading": _take_heading,
    "text": _take_text,
    "table": _take_table,
}


def _content(read: _Read, name: str) -> PlanContent:
    if not read.head.get("name"):
        read.head["name"] = _masked(Path(name).stem)
        read.faults.append("The plan has no title; it is called by the file's name.")
    records = tuple(
        PlaceRecord(_masked(place), **{part: "\n".join(lines) for part, lines in said.items()})
        for place, said in read.records.items()
    )
    return PlanContent(
        head=Head(**read.head),
        plan=DeliveryPlan("", **read.plan),
        proposals=tuple(read.proposals),
        records=records,
    )
