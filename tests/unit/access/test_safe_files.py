"""What a file is, by its content; and a picture without what its camera wrote."""

import io
import zipfile

import docx
import numpy as np
import openpyxl
import pytest
from PIL import Image, PngImagePlugin

from aim.access.safe_files import kind_of_file, without_metadata
from aim.errors import ParameterError

SECRET = b"54.5761N 1.2346W camera of somebody"
TYPES = "[Content_Types].xml"
KINDS = ("docx", "xlsx")


def zipped(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as out:
        for name in names:
            out.writestr(name, "x")
    return file.getvalue()


def picture(kind, *, turn=None, progressive=False):
    rng = np.random.default_rng(3)
    image = Image.fromarray(rng.integers(0, 255, (24, 40, 3), dtype=np.uint8))
    exif, told = image.getexif(), io.BytesIO()
    exif[0x010F] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = "2026:05:04"
    if turn:
        exif[0x0112] = turn
    if kind == "png":
        texts = PngImagePlugin.PngInfo()
        texts.add_text("Author", SECRET.decode())
        texts.add_itxt("Place", SECRET.decode())
        image.save(told, "PNG", pnginfo=texts, exif=exif)
    else:
        image.save(told, "JPEG", exif=exif, comment=SECRET, progressive=progressive)
    return told.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"%PDF-1.4 x", "a.txt", "PDF"),
        (picture("png"), "a.pdf", "PNG picture"),
        (picture("jpeg"), "a", "JPEG picture"),
        (zipped(TYPES, "word/document.xml"), "a.xlsx", "Word document"),
        (zipped(TYPES, "xl/workbook.xml"), "a", "Excel workbook"),
        (b"\xef\xbb\xbfday,visits\r\n", "a.csv", "CSV table"),
        ("Größe\tx\n".encode(), "a.html", "text"),
    ],
)
def test_a_file_is_what_is_in_it_whatever_it_is_called(content, name, kind):
    assert kind_of_file(content, name).name == kind


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"MZ\x90\x00", "none of them"),
        (b"text with \x00", "none of them"),
        (b"\xff\xfe\x00d", "none of them"),
        (b"GIF89a\x01\x02", "none of them"),
        (zipped("a.txt"), "none of them"),
        (zipped("word/document.xml"), "none of them"),
        (zipped(TYPES, "word/document.xml", "word/vbaProject.bin"), "holds a program"),
        (zipped(TYPES, "xl/workbook.xml", "xl/activeX/a.xml"), "holds a program"),
        (b"PK\x03\x04 broken", "damaged document"),
        (zipped(TYPES, "word/document.xml", *map(str, range(5000))), "more than 5,000 parts"),
    ],
)
def test_what_is_not_taken_is_refused_with_the_reason(content, told):
    with pytest.raises(ParameterError, match=told):
        kind_of_file(content, "a.pdf")


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_picture_looks_the_same_and_tells_nothing_of_its_camera(kind, progressive):
    content = picture(kind, progressive=progressive)
    assert SECRET in content
    clean = without_metadata(content, kind_of_file(content, ""))
    assert SECRET not in clean
    seen, before = Image.open(io.BytesIO(clean)), Image.open(io.BytesIO(content))
    assert np.array_equal(np.asarray(seen), np.asarray(before))
    assert not seen.getexif()
    assert without_metadata(clean, kind_of_file(clean, "")) == clean


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
def test_which_way_up_a_picture_is_stays_known(turn):
    content = picture("jpeg", turn=turn)
    clean = without_metadata(content, kind_of_file(content, ""))
    assert dict(Image.open(io.BytesIO(clean)).getexif()) == {0x0112: turn}


def test_what_stands_behind_the_end_of_a_picture_is_cut_off():
    for kind in ("png", "jpeg"):
        content = picture(kind) + SECRET
        assert SECRET not in without_metadata(content, kind_of_file(content, ""))


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_damaged_picture_is_refused(kind):
    content = picture(kind)
    for cut in range(20, len(content) - 2, 97):
        with pytest.raises(ParameterError, match="damaged"):
            without_metadata(content[:cut], kind_of_file(content, ""))


def document(kind):
    """Give a document that says who made it in every place it can."""
    made = io.BytesIO()
    if kind == "docx":
        one = docx.Document()
        one.add_paragraph("The plan")
        one.core_properties.author = one.core_properties.last_modified_by = "Jo Bloggs"
        one.save(made)
    else:
        book = openpyxl.Workbook()
        book.active["A1"] = "The plan"
        book.properties.creator = book.properties.lastModifiedBy = "Jo Bloggs"
        book.custom_doc_props.append(openpyxl.packaging.custom.StringProperty("Who", "Jo Bloggs"))
        book.save(made)
    return made.getvalue()


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_the_same_and_not_who_made_it(kind):
    content = document(kind)
    assert any(b"Jo Bloggs" in part for part in parts_of(content).values())
    clean = without_metadata(content, kind_of_file(content, ""))
    before, after = parts_of(content), parts_of(clean)
    assert not any(b"Jo Bloggs" in part for part in after.values())
    assert list(after) == list(before)
    assert {name for name in after if after[name] != before[name]} <= {
        f"docProps/{name}.xml" for name in ("core", "app", "custom")
    }
    assert without_metadata(clean, kind_of_file(clean, "")) == clean


def test_a_cleaned_document_opens():
    word, excel = (
        without_metadata(document(one), kind_of_file(document(one), "")) for one in KINDS
    )
    assert docx.Document(io.BytesIO(word)).paragraphs[0].text == "The plan"
    assert openpyxl.load_workbook(io.BytesIO(excel)).active["A1"].value == "The plan"


def test_a_damaged_document_is_refused():
    content = bytearray(document("docx"))
    content[60:90] = b"x" * 30
    with pytest.raises(ParameterError, match="damaged document"):
        without_metadata(bytes(content), kind_of_file(bytes(content), ""))


def with_properties(part):
    file = io.BytesIO()
    kind = "application/vnd.openxmlformats-package.core-properties+xml"
    with zipfile.ZipFile(file, "w") as out:
        out.writestr(TYPES, f'<Types><Override ContentType="{kind}" PartName="/told.xml"/></Types>')
        out.writestr("word/document.xml", "<document/>")
        out.writestr("told.xml", part)
    return file.getvalue()


def test_properties_are_emptied_wherever_they_stand_and_whatever_is_written_round_them():
    told = "<!-- <Jo> --><?xml version='1.0'?><c:p xmlns:c='urn:c' by='Jo'><c:who>Jo</c:who></c:p>"
    content = with_properties(told)
    clean = without_metadata(content, kind_of_file(content, ""))
    assert parts_of(clean)["told.xml"] == b"<c:p xmlns:c='urn:c'/>"


def test_properties_nobody_can_read_are_refused():
    content = with_properties("Jo")
    with pytest.raises(ParameterError, match="damaged document"):
        without_metadata(content, kind_of_file(content, ""))


def test_a_document_that_would_grow_beyond_reason_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(TYPES, "x")
        out.writestr("word/document.xml", bytes(100_000_000))
    with pytest.raises(ParameterError, match="100 MB when unpacked"):
        without_metadata(file.getvalue(), kind_of_file(file.getvalue(), ""))


def test_other_files_stay_as_they_are():
    assert without_metadata(b"%PDF-1.4", kind_of_file(b"%PDF-1.4", "")) == b"%PDF-1.4"
