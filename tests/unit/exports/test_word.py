"""Word documents have headings, heads that repeat, words for pictures, always the same bytes."""

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn

from aim.errors import ExportError, ParameterError
from aim.exports import write_png
from aim.exports.papers import Paper
from aim.exports.word import (
    add_facts,
    add_heading,
    add_list,
    add_picture,
    add_section,
    add_table,
    add_text,
    document_bytes,
    new_document,
)
from aim.model.handling import Stamp
from aim.model.packs import Look

STAMP = Stamp(
    "Norbeck CSP", "OFFICIAL (invented)", ("Invented data",), {}, "lead", date(2026, 5, 2)
)
PICTURE = write_png(Paper("Crest", Stamp("Norbeck CSP", "OFFICIAL", (), {})))


def written():
    document = new_document(
        "Decisions", STAMP, Look(PICTURE, "#aa0000"), lead="Of 4 May", purpose="P"
    )
    add_heading(document, "Places")
    add_text(document, "Said \x00 at the table")
    add_list(document, ["one", "two"])
    add_table(
        document, ("Place", "Reports"), [("Quay Street", "12")], title="The list", numbers=(1,)
    )
    add_facts(document, [("Chair", "lead")], title="The meeting")
    add_section(document, landscape=True)
    add_picture(document, PICTURE, "Map of the list", width_mm=80)
    return document_bytes(document)


@pytest.fixture(scope="module")
def content():
    return written()


@pytest.fixture(scope="module")
def document(content):
    return docx.Document(io.BytesIO(content))


def test_the_same_document_gives_the_same_bytes(content):
    assert written() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_title_language_and_day_stand_in_its_properties(document):
    core = document.core_properties
    assert (core.title, core.language, core.author) == ("Decisions", "en-GB", "Norbeck CSP")
    assert core.created.date() == date(2026, 5, 2)
    languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_headings_are_real_and_in_the_colour_asked_for(document):
    styles = [one.style.name for one in document.paragraphs if one.text]
    assert styles[:3] == ["Title", "Normal", "Heading 1"]
    assert str(document.styles["Heading 1"].font.color.rgb) == "AA0000"


def test_a_table_repeats_its_heads_keeps_rows_whole_and_has_words(document):
    table = document.tables[0]
    assert [len(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows] == [1, 0]
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in table.rows)
    assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val")) == "The list"
    assert [cell.text for cell in table.rows[1].cells] == ["Quay Street", "12"]
    assert [row.cells[0].paragraphs[0].runs[0].bold for row in table.rows] == [True, None]


def test_every_picture_says_what_it_shows(document):
    told = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    assert told == ["Crest of Norbeck CSP", "Map of the list"]


def test_every_page_is_marked_and_the_second_lies_on_its_side(document):
    first, second = document.sections
    assert "OFFICIAL (invented)  |  Norbeck CSP" in first.header.paragraphs[0].text
    assert "Made 2 May 2026 for lead. P. Page " in first.footer.paragraphs[0].text
    assert second.header.is_linked_to_previous
    assert first.page_width < first.page_height
    assert second.page_width > second.page_height


def test_letters_xml_cannot_hold_are_replaced(document):
    assert any(one.text == "Said \ufffd at the table" for one in document.paragraphs)


def test_what_cannot_be_set_is_refused():
    document = new_document("Decisions", STAMP)
    with pytest.raises(ExportError, match="no alternative text"):
        add_picture(document, PICTURE, "")
    with pytest.raises(ExportError, match="'The list' has 2 heads"):
        add_table(document, ("Place", "Reports"), [("Quay Street",)], title="The list")


def test_a_look_is_a_colour_and_a_picture():
    with pytest.raises(ParameterError, match="'red'"):
        Look(accent="red")
    with pytest.raises(ParameterError, match="PNG or a JPEG"):
        Look(crest=b"<svg/>")
