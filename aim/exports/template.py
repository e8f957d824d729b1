"""An empty workbook for a partner to fill in: columns, lists to choose from, and a guide."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from aim.exports.sheets import EPOCH, MOST_ROWS

_FORMATS = {
    "day": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm",
    "clock": "hh:mm",
    "metres": "0",
    "degrees": "0.000000",
}
_TEXT_FORMAT = "@"  # leading zeros stay, and a month stays a text
_FORM_WORDS = {
    "text": "text",
    "day": "a day, dd/mm/yyyy",
    "moment": "a day and a clock time, dd/mm/yyyy hh:mm",
    "clock": "a clock time, hh:mm",
    "month": "a month, yyyy-mm",
    "metres": "whole metres",
    "degrees": "degrees with six decimals",
}
_HEADS = ("Sheet", "Column", "Needed", "What it means", "Form", "Example", "From a list")
_WIDTHS = (16, 22, 34, 70, 38, 30, 12)
_PROMPT_LETTERS, _TITLE_LETTERS = 255, 32
_WIDEST = 30
_GREY = "#D9D9D9"


def write_template(
    title: str,
    guide: pd.DataFrame,
    *,
    dropped: Sequence[str] = (),
    beside: tuple[str, str] = ("Guide", "Lists"),
) -> bytes:
    """Return the bytes of an Excel workbook for people to fill in.

    Parameters
    ----------
    title
        What is to be filled in.
    guide
        One row a column: ``sheet``, ``header``, ``needed``, ``means``, ``form`` (text, day, moment,
        clock, month, metres or degrees), ``example`` and ``choices`` (a tuple of words).
    dropped
        Columns that hold people's details and are never read.
    beside
        The names of the sheet that explains, and of the hidden sheet of choices.

    Returns
    -------
    bytes
        A sheet for each ``sheet`` of the guide, its header in the first row and nothing below, then
        the two others. A choice is offered, not forced. The same guide gives the same bytes.

    Examples
    --------
    >>> guide = pd.DataFrame([("Jobs", "Date", "yes", "The day.", "day", "03/04/2026", ())],
    ...     columns=["sheet", "header", "needed", "means", "form", "example", "choices"])
    >>> write_template("Wardens' jobs", guide)[:2]
    b'PK'
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": EPOCH})
        ranges = {
            choices: f"={beside[1]}!{xl_range_abs(0, at, len(choices) - 1, at)}"
            for at, choices in enumerate(_lists(guide))
        }
        for name, columns in guide.groupby("sheet", sort=False):
            _write_columns(book, str(name), columns, ranges)
        _write_guide(book, beside[0], title, guide, dropped)
        _write_choices(book, beside[1], guide)
    return content.getvalue()


def _write_columns(
    book: Any, name: str, columns: pd.DataFrame, ranges: Mapping[tuple[str, ...], str]
) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1})
    needed = book.add_format({"bold": True, "bottom": 1, "bg_color": _GREY})
    for at, row in enumerate(columns.to_dict("records")):
        sheet.write_string(0, at, row["header"], needed if row["needed"] else head)
        shown = book.add_format({"num_format": _FORMATS.get(row["form"], _TEXT_FORMAT)})
        width = min(max(len(row["header"]), len(row["example"]), 10) + 2, _WIDEST)
        sheet.set_column(at, at, width, shown)
        sheet.data_validation(1, at, MOST_ROWS, at, _validation(row, ranges))
    sheet.freeze_panes(1, 0)


def _validation(row: Mapping[Any, Any], ranges: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
    """Show what a column means beside its cells, and offer its choices."""
    prompt = {
        "input_title": row["header"][:_TITLE_LETTERS],
        "input_message": f"{row['means']} {_say_form(row)}".strip()[:_PROMPT_LETTERS],
    }
    if not row["choices"]:
        return {"validate": "any", **prompt}
    choices = {"validate": "list", "source": ranges[row["choices"]], "error_type": "information"}
    return {**choices, **prompt, "error_message": "Not in the list; kept as you wrote it."}


def _say_form(row: Mapping[Any, Any]) -> str:
    example = f", such as {row['example']}" if row["example"] else ""
    return f"Form: {_FORM_WORDS[row['form']]}{example}."


def _lists(guide: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the different lists of choices in their order."""
    return [choices for choices in dict.fromkeys(guide["choices"]) if choices]


def _write_guide(
    book: Any, name: str, title: str, guide: pd.DataFrame, dropped: Sequence[str]
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, bold)
    sheet.write_row(2, 0, _HEADS, bold)
    for line, row in enumerate(guide.to_dict("records"), start=3):
        listed = "yes" if row["choices"] else ""
        words = (row["sheet"], row["header"], row["needed"], row["means"])
        for at, word in enumerate((*words, _FORM_WORDS[row["form"]], row["example"], listed)):
            sheet.write_string(line, at, word, wrapped)
    if dropped:
        sheet.write_string(len(guide) + 4, 0, "Never read", bold)
        said = f"These columns hold people's details and are dropped: {', '.join(dropped)}."
        sheet.write_string(len(guide) + 4, 3, said, wrapped)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)


def _write_choices(book: Any, name: str, guide: pd.DataFrame) -> None:
    sheet = book.add_worksheet(name)
    for at, choices in enumerate(_lists(guide)):
        sheet.write_column(0, at, choices)
    sheet.hide()
