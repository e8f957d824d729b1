"""Word: real headings, tables whose heads are repeated, pictures with alternative text.

Every document carries the marking on each page, its language, its title and fixed dates. Text goes
in as text: nothing in it is read as markup or as a field.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from aim.errors import ExportError
from aim.exports.office import fixed_archive, xml_text
from aim.exports.sheets import EPOCH
from aim.model.handling import Stamp
from aim.model.packs import Look

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHORT_MM, _LONG_MM, _SIDE_MM = 210, 297, 18
_FONT, _BAND, _LINE, _QUIET = "Arial", "E8EDF1", "C3CCD3", RGBColor(0x4A, 0x5A, 0x66)
_SIZES = {"Title": 20, "Heading 1": 14, "Heading 2": 12, "Heading 3": 11}
_CREST_MM = 18

Document = Any


def new_document(
    title: str,
    stamp: Stamp,
    look: Look | None = None,
    *,
    lead: str = "",
    purpose: str = "",
    landscape: bool = False,
) -> Document:
    """Begin a document: A4, marked on every page, with crest and title.

    Parameters
    ----------
    title
        Its title, also in its properties.
    stamp
        Marking, partnership and dates, at the head and foot of every page.
    look
        Crest and colour; none and the program's own if left out.
    lead
        The sentence below the title.
    purpose
        What the paper may be used for; at the foot of every page.
    landscape
        Whether the pages lie on their long side.

    Examples
    --------
    >>> document = new_document("Decisions", Stamp("Norbeck CSP", "OFFICIAL", (), {}))
    >>> document.core_properties.language
    'en-GB'
    """
    look = look or Look()
    document: Document = docx.Document()
    _set_properties(document, title, stamp)
    _set_styles(document, look)
    _turn(document.sections[0], landscape=landscape)
    _mark(document.sections[0], stamp, purpose)
    if look.crest:
        add_picture(document, look.crest, f"Crest of {stamp.partnership}", height_mm=_CREST_MM)
    document.add_paragraph(xml_text(title), style="Title")
    if lead:
        add_text(document, lead)
    return document


def add_heading(
    document: Document, words: str, level: int = 1, *, on_new_page: bool = False
) -> None:
    """Add a heading of level 1 to 3."""
    heading = document.add_heading(xml_text(words), level)
    heading.paragraph_format.page_break_before = on_new_page or None


def add_text(document: Document, *paragraphs: str, bold: bool = False) -> None:
    """Add paragraphs."""
    for words in paragraphs:
        document.add_paragraph().add_run(xml_text(words)).bold = bold or None


def add_list(document: Document, lines: Iterable[str]) -> None:
    """Add lines with a dot before each."""
    for line in lines:
        document.add_paragraph(xml_text(line), style="List Bullet")


def add_table(
    document: Document,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    title: str,
    numbers: Sequence[int] = (),
    widths: Sequence[float] = (),
) -> Any:
    """Add a table whose row of heads comes again on every page, and whose rows stay whole.

    Parameters
    ----------
    columns, rows
        Heads, and cells as text.
    title
        What the table holds, for somebody who cannot see it.
    numbers
        Columns set to the right, from nought.
    widths
        Shares of the line, one a column; alike if left out.

    Returns
    -------
    docx.table.Table
        The table, for whoever sets cells of it in another way.

    Raises
    ------
    ExportError
        A row has more or fewer cells than there are heads.
    """
    if any(len(row) != len(columns) for row in rows):
        raise ExportError(
            f"The table {title!r} has {len(columns)} heads; some row has more or fewer cells."
        )
    table = document.add_table(rows=1 + len(rows), cols=len(columns))
    table.autofit = False
    _describe_table(table, title)
    for at, (row, cells) in enumerate(zip(table.rows, [columns, *rows], strict=True)):
        _fill(row, cells, numbers, is_head=at == 0)
    _repeat_head(table)
    _set_widths(table, _line_width(document), widths or [1.0] * len(columns))
    # Two tables that follow each other would grow together.
    document.add_paragraph().paragraph_format.space_after = Pt(4)
    return table


def add_facts(document: Document, facts: Sequence[tuple[str, str]], *, title: str) -> Any:
    """Add a table of two columns, what and how it is, with heads down its side."""
    table = document.add_table(rows=len(facts), cols=2)
    table.autofit = False
    _describe_table(table, title, heads_at="firstColumn")
    for row, (name, value) in zip(table.rows, facts, strict=True):
        _fill(row, (name, value), ())
        row.cells[0].paragraphs[0].runs[0].bold = True
        _shade(row.cells[0])
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _set_widths(table, _line_width(document), (1, 3))
    document.add_paragraph().paragraph_format.space_after = Pt(4)
    return table


def add_picture(
    document: Document,
    picture: bytes,
    alt: str,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
    keeps_with_next: bool = False,
) -> None:
    """Add a picture, PNG or JPEG, with what it shows in words.

    Parameters
    ----------
    keeps_with_next
        Whether it stands on the same page as what follows.

    Raises
    ------
    ExportError
        There are no words for it.
    """
    if not alt:
        raise ExportError("A picture was to be set and has no alternative text; say what it shows.")
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = keeps_with_next
    shape = paragraph.add_run().add_picture(
        io.BytesIO(picture),
        width=Mm(width_mm) if width_mm else None,
        height=Mm(height_mm) if height_mm else None,
    )
    inline = shape._inline  # noqa: SLF001 - the library has no alternative texts
    inline.docPr.set("descr", xml_text(alt))
    for side in ("distT", "distB", "distL", "distR"):
        inline.set(side, "0")  # else some programs leave room around it


def add_section(document: Document, *, landscape: bool) -> None:
    """Begin a new page, upright or on its long side; the marking goes on."""
    _turn(document.add_section(), landscape=landscape)


def add_lines(document: Document, stamp: Stamp) -> None:
    """Close with what the stamp says: to when each source is complete, and whose data it is."""
    for line in stamp.lines()[1:]:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(2)
        _small(paragraph.add_run(xml_text(line)))


def document_bytes(document: Document) -> bytes:
    """Return a document as the bytes of a file; the same document gives the same bytes."""
    content = io.BytesIO()
    document.save(content)
    return fixed_archive(content.getvalue())


def _set_properties(document: Document, title: str, stamp: Stamp) -> None:
    made = datetime.combine(stamp.made, time(), UTC) if stamp.made else EPOCH
    core = document.core_properties
    core.title, core.author, core.language = xml_text(title), xml_text(stamp.partnership), "en-GB"
    core.comments, core.content_status = "", xml_text(stamp.handling)
    core.created = core.modified = made.replace(tzinfo=None)
    core.last_modified_by, core.revision = "", 1


def _set_styles(document: Document, look: Look) -> None:
    styles = document.styles
    for language in styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    normal = styles["Normal"]
    _set_font(normal, 10.0)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.1
    for name, points in _SIZES.items():
        _set_font(styles[name], points)
        styles[name].font.color.rgb = RGBColor.from_string(look.accent[1:].upper())
        styles[name].font.bold = True
        styles[name].paragraph_format.space_before = Pt(0 if name == "Title" else 12)
        styles[name].paragraph_format.space_after = Pt(4)
    for border in styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)


def _set_font(style: Any, points: float) -> None:
    style.font.name, style.font.size = _FONT, Pt(points)
    fonts = style.element.rPr.rFonts
    # A font of the theme would win over the one named.
    for key in [key for key in fonts.attrib if key.endswith(("Theme", "cstheme"))]:
        del fonts.attrib[key]
    fonts.set(qn("w:cs"), _FONT)


def _turn(section: Any, *, landscape: bool) -> None:
    long, short = Mm(_LONG_MM), Mm(_SHORT_MM)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.left_margin = section.right_margin = Mm(_SIDE_MM)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(9)


def _line_width(document: Document) -> int:
    section = document.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def _mark(section: Any, stamp: Stamp, purpose: str) -> None:
    """Put marking and partnership at the head of each page, day, reader and number at its foot."""
    head = section.header.paragraphs[0]
    _small(head.add_run(xml_text(stamp.handling))).bold = True
    _small(head.add_run(xml_text(f"  |  {stamp.partnership}")))
    foot = section.footer.paragraphs[0]
    told = ". ".join(filter(None, (stamp.made_line(), purpose)))
    _small(foot.add_run(xml_text(f"{told}{'. ' if told else ''}Page ")))
    _add_field(foot, "PAGE")
    _small(foot.add_run(" of "))
    _add_field(foot, "NUMPAGES")


def _small(run: Any) -> Any:
    run.font.size, run.font.color.rgb = Pt(8.5), _QUIET
    return run


def _add_field(paragraph: Any, code: str) -> None:
    """Add a number the reader's program counts."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = _small(paragraph.add_run("1"))
    paragraph._p.append(field)  # noqa: SLF001 - the library has no fields
    field.append(run._r)  # noqa: SLF001 - as above


def _describe_table(table: Any, title: str, *, heads_at: str = "firstRow") -> None:
    properties = table._tbl.tblPr  # noqa: SLF001 - the library has no alternative text of tables
    for tag in ("w:tblCaption", "w:tblDescription"):
        told = OxmlElement(tag)
        told.set(qn("w:val"), xml_text(title))
        properties.append(told)
    looks = properties.find(qn("w:tblLook"))
    for name in ("firstRow", "firstColumn", "lastRow", "lastColumn"):
        looks.set(qn(f"w:{name}"), "1" if name == heads_at else "0")


def _fill(row: Any, cells: Sequence[str], numbers: Sequence[int], *, is_head: bool = False) -> None:
    keep = OxmlElement("w:cantSplit")
    row._tr.get_or_add_trPr().append(keep)  # noqa: SLF001 - the library has no rows kept whole
    for at, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(xml_text(words))
        run.font.size, run.bold = Pt(9), is_head or None
        if at in numbers:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _underline(cell)
        if is_head:
            _shade(cell)


def _repeat_head(table: Any) -> None:
    head = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(head)  # noqa: SLF001 - as above


def _shade(cell: Any, colour: str = _BAND) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001 - the library has no shading


def _underline(cell: Any) -> None:
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("color", _LINE)):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001 - the library has no borders


def _set_widths(table: Any, line: int, shares: Sequence[float]) -> None:
    widths = [int(line * share / sum(shares)) for share in shares]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width
