"""Papers are tagged, say everything they must, and take nobody's text for markup."""

import re
import zlib
from datetime import date

import pytest

from aim.errors import ExportError
from aim.exports import Paper, Part, write_pdf, write_png
from aim.model.handling import Stamp

STAMP = Stamp(
    "Norbeck CSP",
    "OFFICIAL (invented)",
    ("Invented data",),
    {"wardens": date(2026, 4, 28)},
    "demo-councillor",
    date(2026, 5, 2),
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    '<rect width="9" height="9"/></svg>'
)
HARBOUR = Paper(
    "Harbour ward",
    STAMP,
    lead='#panic("markup") *not bold* <script>',
    facts=(("Reports", "120"),),
    parts=(
        Part("Themes", columns=("Theme", "Reports"), rows=(("Burglary", "fewer than 5"),)),
        Part("Map", picture=PICTURE, alt="A black square"),
    ),
    purpose="For ward casework, not campaigning",
)


def test_a_paper_is_tagged_and_always_the_same():
    pdf = write_pdf(HARBOUR)
    assert write_pdf(HARBOUR) == pdf
    for tag in (b"/StructTreeRoot", b"/Lang", b"pdfuaid", b"/Figure", b"/Table"):
        assert tag in pdf or tag in _unpacked(pdf)
    assert b"A black square" in _unpacked(pdf)


def test_a_paper_as_picture_is_a_png_of_its_first_page():
    png = write_png(HARBOUR)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == 1191


def test_a_picture_without_words_is_refused():
    with pytest.raises(ExportError, match="'Map' has no alternative text"):
        write_pdf(Paper("Ward", STAMP, parts=(Part("Map", picture=PICTURE),)))


def test_a_broken_picture_is_a_clear_error():
    with pytest.raises(ExportError, match="'Ward' could not be set"):
        write_pdf(Paper("Ward", STAMP, parts=(Part("Map", picture="<svg", alt="broken"),)))


def test_a_row_that_does_not_fit_its_heads_is_refused():
    torn = Part("Themes", columns=("Theme", "Reports"), rows=(("Burglary",),))
    with pytest.raises(ExportError, match="'Themes' has 2 heads"):
        write_pdf(Paper("Ward", STAMP, parts=(torn,)))


def _unpacked(pdf: bytes) -> bytes:
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            continue
    return b"".join(found) + pdf
