"""Packs in every format: headings, tables, days, words for pictures, marking; always the same."""

import io
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pptx
import pytest
from docx.oxml.ns import qn

from aim.errors import ExportError
from aim.exports import PACK_FORMATS, PackExporter, pack_exporter_for, write_log, write_pack
from aim.exports.pictures import draw_pictures
from aim.model.handling import Stamp
from aim.model.packs import (
    DecisionLog,
    Look,
    Pack,
    PackAction,
    PackDecision,
    PackPlace,
    PackResult,
    decisions_table,
)

STAMP = Stamp(
    "Norbeck CSP",
    "OFFICIAL (invented)",
    ("Invented data", "Invented wards"),
    {"wardens": date(2026, 4, 28)},
    "lead",
    date(2026, 5, 2),
)
MAP = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="68" height="40">'
    '<rect width="68" height="40" fill="#aabbcc"/></svg>'
)
CREST = draw_pictures([MAP])[0]


def place(rank, **given):
    known = PackPlace(rank, f"Street {rank}", "Harbour", 10 + rank, "Up: 12, was 5")
    return replace(known, sources="wardens", **{"being_done": "Nothing recorded", **given})


PACK = Pack(
    "Monday",
    "For the meeting",
    STAMP,
    Look(CREST, "#8a1538"),
    facts=(("Places listed", "8"),),
    list_said="All types, April 2026",
    picture=MAP,
    alt="Map of the list",
    places=(
        place(1, picture=MAP, alt="Map of Street 1"),
        place(2, place="=SUM(A1)", being_done="#panic *not bold* \x07"),
        *(place(rank) for rank in range(3, 9)),
    ),
    actions=(PackAction("Mend the lights", rating="Amber", due=date(2026, 6, 30), progress=20),),
    late=(PackAction("Late one", standing="due 1 April 2026"),),
    results=(PackResult("Joint walks", "Street 1", "It worked", "4 after 12.", "Few."),),
    before=(PackDecision("Street 1", "Watch"),),
    hidden="1 place is in hand and not listed.",
    before_day="4 April 2026",
    notes=("A third are snapped.",),
    made_with=("How the list was made: eps 150 m.",),
)
EMPTY = Pack("Nothing yet", "", STAMP)


def opened(opener, file_format, pack=PACK):
    return opener(io.BytesIO(write_pack(pack, file_format)))


@pytest.fixture(scope="module")
def document():
    return opened(docx.Document, "docx")


@pytest.fixture(scope="module")
def deck():
    return opened(pptx.Presentation, "pptx")


@pytest.fixture(scope="module")
def book():
    return opened(openpyxl.load_workbook, "xlsx")


@pytest.mark.parametrize("file_format", PACK_FORMATS)
def test_the_same_pack_gives_the_same_bytes_and_an_empty_one_is_written(file_format):
    exporter = pack_exporter_for(file_format)
    assert isinstance(exporter, PackExporter)
    assert exporter.suffix == f".{file_format}"
    assert write_pack(EMPTY, file_format) == write_pack(EMPTY, file_format)
    assert write_pack(EMPTY, file_format) != write_pack(replace(EMPTY, title="B"), file_format)


@pytest.mark.parametrize("file_format", PACK_FORMATS)
def test_a_picture_that_cannot_be_drawn_is_refused(file_format):
    if file_format != "xlsx":
        with pytest.raises(ExportError, match="could not be"):
            write_pack(replace(EMPTY, picture="<svg", alt="Broken"), file_format)
    with pytest.raises(ExportError, match="'odt'"):
        write_pack(EMPTY, "odt")


def test_word_has_headings_in_order_and_a_table_for_each(document):
    headed = [(one.style.name, one.text) for one in document.paragraphs if "Head" in one.style.name]
    assert headed == [
        ("Heading 1", "Decided on 4 April 2026"),
        ("Heading 1", "Late actions"),
        ("Heading 1", "Where"),
        ("Heading 1", "Hotspots, ranked"),
        ("Heading 1", "Actions"),
        ("Heading 1", "Place by place"),
        ("Heading 2", "1. Street 1"),
        ("Heading 1", "Last results"),
        ("Heading 1", "What to know before using the figures"),
    ]
    heads = [table.cell(0, 0).text for table in document.tables]
    assert heads == ["Places listed", "Place", "Action", "Rank", "Rating", "Wards", "Action"]
    assert document.core_properties.title == "Monday"


def test_word_lists_every_place_and_lies_on_its_side_for_the_list(document):
    (listed,) = (one for one in document.tables if one.cell(0, 0).text == "Rank")
    assert [row.cells[0].text for row in listed.rows[1:]] == [str(rank) for rank in range(1, 9)]
    assert listed.rows[0]._tr.find(f".//{qn('w:tblHeader')}") is not None
    assert [one.page_width > one.page_height for one in document.sections] == [False, True, False]
    text = "\n".join(one.text for one in document.paragraphs)
    assert "1 place is in hand and not listed." in text
    assert "Invented wards" in text
    foot = document.sections[-1].footer.paragraphs[0].text
    assert "Made 2 May 2026 for lead. Invented data; Invented wards. Page " in foot
    told = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    assert told == ["Crest of Norbeck CSP", "Map of the list", "Map of Street 1"]


def test_a_slide_a_place_each_with_title_marking_and_a_table(deck):
    slides = list(deck.slides)
    titles = [one.shapes.title.text for one in slides]
    assert [one for one in titles if one.startswith("1. ")] == ["1. Street 1"]
    assert sum(one[0].isdigit() for one in titles) == 8
    assert "Hotspots, ranked (2 of 2)" in titles
    assert len(set(titles)) == len(titles)
    for slide in slides:
        marks = [one for one in slide.shapes if one.name == "Marking"]
        assert "OFFICIAL (invented)" in marks[0].text_frame.text
        assert "Invented data; Invented wards" in marks[0].text_frame.text
    (first,) = (one for one in slides if one.shapes.title.text == "1. Street 1")
    cells = [[cell.text for cell in row.cells] for one in grids(first) for row in one.rows]
    assert cells[:3] == [["What", "Here"], ["Wards", "Harbour"], ["Reports", "11"]]


def grids(slide):
    return [one.table for one in slide.shapes if one.has_table]


def test_pictures_and_tables_of_slides_say_what_they_show(deck):
    told = [
        one._element.xpath(".//p:cNvPr")[0].get("descr")
        for slide in deck.slides
        for one in slide.shapes
        if one.has_table or one.shape_type == 13
    ]
    assert all(told)
    assert {"Crest of Norbeck CSP", "Map of the list", "Map of Street 1"} <= set(told)
    for slide in deck.slides:
        for one in slide.shapes:
            assert one.left + one.width <= deck.slide_width
            assert one.top + one.height <= deck.slide_height


def test_excel_has_a_real_table_a_sheet_numbers_and_days(book):
    assert book.sheetnames == ["Hotspots", "Actions", "Results", "Decisions", "Notes"]
    assert book["Hotspots"].tables["Hotspots"].ref == "A1:I9"
    assert book["Hotspots"]["D2"].value == 11
    assert book["Hotspots"].freeze_panes == "A2"
    heads = [one.value for one in book["Actions"][1]]
    due = book["Actions"].cell(2, heads.index("Due") + 1)
    assert due.value.date() == date(2026, 6, 30)
    assert due.number_format == "d mmmm yyyy"
    assert all("OFFICIAL (invented)" in one.oddHeader.center.text for one in book)
    assert all("Invented data; Invented wards" in one.oddFooter.left.text for one in book)
    notes = [tuple(one) for one in book["Notes"].iter_rows(values_only=True)]
    for line in (
        ("Stamp", "Invented wards"),
        ("Late: Late one", "due 1 April 2026"),
        ("Note", "A third are snapped."),
        ("List", "1 place is in hand and not listed."),
    ):
        assert line in notes


def test_an_empty_table_says_so(book):
    empty = opened(openpyxl.load_workbook, "xlsx", EMPTY)
    assert empty["Hotspots"]["A2"].value == "No place is on the list."
    assert not empty["Hotspots"].tables
    assert "Decisions" not in empty.sheetnames
    text = [one.text for one in opened(docx.Document, "docx", EMPTY).paragraphs]
    assert "No action has been reviewed yet." in text


def test_what_people_wrote_is_text_and_never_a_formula(book, document, deck):
    assert book["Hotspots"]["B3"].value == "'=SUM(A1)"
    assert book["Hotspots"]["B3"].data_type == "s"
    (listed,) = (one for one in document.tables if one.cell(0, 0).text == "Rank")
    assert listed.cell(2, 8).text == "#panic *not bold* \ufffd"
    titles = [one.shapes.title.text for one in deck.slides]
    assert "2. =SUM(A1)" in titles


def test_a_restricted_action_says_whom_it_is_for():
    action = PackAction("Behind doors", readers="lead, named")
    sheet = opened(openpyxl.load_workbook, "xlsx", replace(EMPTY, actions=(action,)))["Actions"]
    assert [one.value for one in sheet[1]][-1] == "For"
    assert [one.value for one in sheet[2]][-1] == "lead, named"


def test_a_log_has_its_decisions_what_is_open_and_what_is_late():
    log = DecisionLog(
        "Decisions",
        "",
        STAMP,
        Look(),
        facts=(("Day", "2 May 2026"),),
        decisions=PACK.before,
        undecided=("2. Street 2",),
        late=PACK.late,
    )
    assert write_log(log) == write_log(log)
    document = docx.Document(io.BytesIO(write_log(log)))
    assert [one.cell(0, 0).text for one in document.tables] == ["Day", "Place", "Action"]
    assert "2. Street 2" in [one.text for one in document.paragraphs]
    table = decisions_table(PACK.before, "Decisions")
    assert [cell.text for cell in document.tables[1].rows[1].cells] == list(table.texts[0])
