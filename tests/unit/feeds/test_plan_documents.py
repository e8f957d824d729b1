"""A filled plan read back: faults are named, people are masked, hostile files are refused."""

import io
import zipfile
from datetime import date

import docx
import pytest

from aim.errors import FeedError, FeedFormatError
from aim.feeds.plan_documents import MOST_BYTES, MOST_ROWS, check_document, plan_of, read_document
from aim.model import plan_form as form
from aim.model.plans import About, Head, PlaceRecord, ProfileLine, Proposal


def filled(*steps):
    """Return a document somebody filled in by hand."""
    document = docx.Document()
    for kind, *given in steps:
        if kind == "table":
            table = document.add_table(rows=len(given), cols=len(given[0]))
            for row, cells in zip(table.rows, given, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif kind == "text":
            document.add_paragraph(given[0])
        else:
            document.add_paragraph(given[0], style=kind)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_a_plan_filled_by_hand_is_read_whatever_its_order():
    data = filled(
        ("Title", "Harbour nights"),
        ("table", [*form.ACTION_HEADS], ["", "Mend the lights", "", "council", "Not supplied."]),
        ("table", ["lead agency", "council"], ["Reviews on", "4 May 2026; 2026-09-01"]),
        ("Heading 1", "Quay Street"),
        ("Heading 2", "scanning"),
        ("text", "Noise at night."),
        ("text", "Every weekend."),
        ("Heading 3", "What the hub holds"),
        ("text", "Not of the record."),
    )
    content, faults = plan_of(data, "plan.docx")
    reviews = (date(2026, 5, 4), date(2026, 9, 1))
    assert content.head == Head("Harbour nights", lead_agency="council", reviews=reviews)
    assert content.proposals == (Proposal("", "Mend the lights", lead="council"),)
    assert content.records == (
        PlaceRecord("Quay Street", scanning="Noise at night.\nEvery weekend."),
    )
    assert faults == ()


def test_everything_that_cannot_be_read_is_named_at_once():
    data = filled(
        ("table", ["Starts", "soon"], ["Reports counted", "Burglary; moonshine"]),
        ("table", ["First year of the targets", "next year"]),
        ("table", [*form.TARGET_HEADS], ["Baseline", "", "about 90", ""], ["Lost", "", "1", ""]),
        ("table", [*form.PROFILE_HEADS], ["dogs", "all", "", ""], ["Victims", "young", "3", ""]),
    )
    content, faults = plan_of(data, "harbour.docx")
    assert content.head.name == "harbour"
    assert content.plan.types == ("burglary",)
    assert content.plan.baseline is None
    assert content.plan.profile == (ProfileLine(About.VICTIMS, "young", "3"),)
    for said in ("'soon'", "'moonshine'", "'next year'", "'about 90'", "'dogs'", "no title"):
        assert sum(said in fault for fault in faults) == 1
    assert len(faults) == 6


def test_personal_details_stay_outside():
    data = filled(
        ("Title", "Ring 01632 960123"),
        ("Heading 1", "Mrs Example, 7"),
        ("Heading 2", "Objective"),
        ("text", "mail jo@example.org"),
        ("table", [*form.EXISTING_HEADS], ["Visits", "jo@example.org", "a | b"]),
        ("table", ["Chair", "01632 960123"], ["Starts", "jo@example.org"]),
    )
    content, faults = plan_of(data, "plan.docx")
    assert content.head.name == "Ring [phone]"
    assert content.records[0].place == "[name-and-house]"
    assert content.records[0].objective == "mail [email]"
    assert content.plan.existing[0].funding == "[email]"
    assert content.plan.existing[0].evidence == "a / b"
    assert "example.org" not in repr((content, faults))
    assert "960123" not in repr((content, faults))


def packed(**parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


BODY = {"word/document.xml": b"<w/>"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no Word document"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "locked with a password"),
        (b"PK\x03\x04 and nothing", "damaged"),
        (packed(**{"xl/workbook.xml": b""}), "no Word document"),
        (packed(**BODY, **{"word/vbaProject.bin": b""}), "carries a program"),
        (packed(**BODY, **{"a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]>'}), "document type"),
        (packed(**BODY, **{"a.xml": "<!doctype a>".encode("utf-16")}), "document type"),
        (packed(**BODY, **{"media/a.png": bytes(50_000_001)}), "larger than 50 MB"),
        (packed(**BODY, **{f"{at}.png": b"" for at in range(2_000)}), "larger than 50 MB"),
        (b"PK\x03\x04" + bytes(MOST_BYTES), "larger than 10 MB"),
    ],
)
def test_what_could_do_harm_is_refused_before_it_is_opened(data, said):
    with pytest.raises(FeedFormatError, match=said):
        check_document(data, "plan.docx")


def test_a_damaged_or_endless_document_is_refused_in_one_sentence():
    with pytest.raises(FeedFormatError, match="damaged"):
        plan_of(packed(**BODY), "plan.docx")
    with pytest.raises(FeedFormatError, match="damaged"):
        plan_of(filled(("table", *[["a", "b"]] * (MOST_ROWS + 1))), "plan.docx")


def test_a_document_without_a_plan_says_where_to_start():
    with pytest.raises(FeedFormatError, match="aim plan write"):
        plan_of(filled(("Title", "Minutes"), ("text", "Present: all.")), "minutes.docx")


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(FeedError, match="cannot be opened"):
        read_document(tmp_path / "plan.docx")
    (tmp_path / "plan.docx").write_bytes(filled(("Title", "Harbour")))
    assert read_document(tmp_path / "plan.docx")[:2] == b"PK"
