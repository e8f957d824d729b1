"""A pack as PowerPoint: a slide a place with its map and a table that can be edited.

Every slide has its title in the title's own box, its marking, and whose data it shows.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any, BinaryIO

import pptx
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml.ns import qn
from pptx.util import Emu, Mm, Pt

from aim.exports.office import fixed_archive, xml_text
from aim.exports.pictures import draw_pictures
from aim.exports.sheets import EPOCH
from aim.model.packs import (
    Pack,
    PackPlace,
    PackTable,
    actions_table,
    decisions_table,
    late_table,
    place_facts,
    places_table,
    results_table,
)

_WIDTH_MM, _HEIGHT_MM, _SIDE_MM = 338.667, 190.5, 14.0
_LINE_MM = _WIDTH_MM - 2 * _SIDE_MM
_BODY_MM, _FOOT_MM = 30.0, 176.0
_PICTURE_MM, _GAP_MM = 178.0, 8.0
_ROWS_A_SLIDE, _NOTES_A_SLIDE = 6, 8
_TITLE_SLIDE, _TITLE_ONLY = 0, 5
_INK, _QUIET, _BAND, _PAPER = map(RGBColor.from_string, ("1D2B36", "4A5A66", "E8EDF1", "FFFFFF"))
_FONT = "Arial"

Slide = Any


class SlidesPack:
    """Slides to be shown and edited."""

    suffix = ".pptx"
    media_type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

    def write(self, pack: Pack, file: BinaryIO) -> None:
        """Write the pack.

        Raises
        ------
        ExportError
            A picture of it cannot be drawn.
        """
        deck = pptx.Presentation()
        deck.slide_width, deck.slide_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
        _set_properties(deck, pack)
        _set_layouts(deck, pack)
        _add_front(deck, pack)
        drawn = iter(draw_pictures([one for one in _drawings(pack) if one]))
        if pack.before_day:
            _add_tables(deck, pack, decisions_table(pack.before, f"Decided on {pack.before_day}"))
            _add_tables(deck, pack, late_table(pack.late))
        if pack.picture:
            slide = _add_slide(deck, pack, "Where the places are")
            _add_picture(slide, next(drawn), pack.alt, width_mm=_LINE_MM)
        _add_tables(deck, pack, places_table(pack.places), pack.list_said, pack.hidden)
        for place in pack.places:
            _add_place(deck, pack, place, drawn)
        _add_tables(deck, pack, actions_table(pack.actions))
        _add_tables(deck, pack, results_table(pack.results))
        _add_notes(deck, pack)
        content = io.BytesIO()
        deck.save(content)
        file.write(fixed_archive(content.getvalue()))


def _drawings(pack: Pack) -> list[str]:
    return [pack.picture, *(one.picture for one in pack.places)]


def _set_properties(deck: Any, pack: Pack) -> None:
    stamp, core = pack.stamp, deck.core_properties
    made = datetime.combine(stamp.made, time(), UTC) if stamp.made else EPOCH
    core.title, core.author, core.language = xml_text(pack.title), stamp.partnership, "en-GB"
    core.content_status, core.last_modified_by, core.revision = stamp.handling, "", 1
    core.created = core.modified = made.replace(tzinfo=None)


def _set_layouts(deck: Any, pack: Pack) -> None:
    """Give the title boxes the slide's width and the partnership's colour, once for all slides."""
    for number, top, height, points in ((_TITLE_SLIDE, 60, 34, 34), (_TITLE_ONLY, 8, 18, 24)):
        title = next(
            one
            for one in deck.slide_layouts[number].placeholders
            if one.placeholder_format.idx == 0
        )
        _put(title, (_SIDE_MM, top, _LINE_MM, height))
        frame = title.text_frame
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        frame.word_wrap = True
        _set_level(frame, points, pack.look.accent)
    lead = deck.slide_layouts[_TITLE_SLIDE].placeholders[1]
    _put(lead, (_SIDE_MM, 96, _LINE_MM, 30))
    _set_level(lead.text_frame, 18, "#4a5a66")


def _set_level(frame: Any, points: int, colour: str) -> None:
    """Set how a box of a layout writes its first level: slides of the layout take it over."""
    body = frame._txBody  # noqa: SLF001 - the library has no styles of levels
    style = body.find(qn("a:lstStyle"))
    for old in style.findall(qn("a:lvl1pPr")):
        style.remove(old)
    level = style.makeelement(qn("a:lvl1pPr"), {"algn": "l", "marL": "0", "indent": "0"})
    level.append(level.makeelement(qn("a:buNone"), {}))
    words = level.makeelement(qn("a:defRPr"), {"sz": str(points * 100), "b": "1"})
    fill = words.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": colour[1:].upper()}))
    words.append(fill)
    words.append(words.makeelement(qn("a:latin"), {"typeface": _FONT}))
    level.append(words)
    style.append(level)


def _put(shape: Any, box_mm: tuple[float, float, float, float]) -> None:
    shape.left, shape.top, shape.width, shape.height = (Mm(one) for one in box_mm)


def _add_front(deck: Any, pack: Pack) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_SLIDE])
    _write(slide.shapes.title.text_frame, pack.title)
    told = [pack.lead, "; ".join(f"{name}: {value}" for name, value in pack.facts)]
    _write(slide.placeholders[1].text_frame, *filter(None, told))
    if pack.look.crest:
        _add_picture(slide, pack.look.crest, f"Crest of {pack.stamp.partnership}", height_mm=24)
    _mark(slide, pack)


def _add_slide(deck: Any, pack: Pack, title: str) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    _write(slide.shapes.title.text_frame, title)
    _mark(slide, pack)
    return slide


def _write(frame: Any, *lines: str, points: float = 0, colour: Any = None) -> None:
    frame.word_wrap = True
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = xml_text(line)
        run._r.get_or_add_rPr().set("lang", "en-GB")  # noqa: SLF001 - the library sets ids alone
        if points:
            run.font.size, run.font.name, run.font.color.rgb = Pt(points), _FONT, colour or _INK


def _mark(slide: Slide, pack: Pack) -> None:
    """Put the marking, the attribution and the day at the foot of a slide."""
    stamp = pack.stamp
    box = slide.shapes.add_textbox(Mm(_SIDE_MM), Mm(_FOOT_MM), Mm(_LINE_MM), Mm(11))
    box.name = "Marking"
    told = " | ".join(filter(None, (stamp.lines()[0], stamp.made_line())))
    _write(box.text_frame, told, "; ".join(stamp.attributions), points=9, colour=_QUIET)


def _add_picture(
    slide: Slide,
    picture: bytes,
    alt: str,
    *,
    width_mm: float | None = None,
    height_mm: float | None = None,
) -> None:
    """Put a picture below the title, no lower than the marking."""
    top = _BODY_MM if height_mm is None else _SIDE_MM
    shape = slide.shapes.add_picture(
        io.BytesIO(picture),
        Mm(_SIDE_MM),
        Mm(top),
        width=Mm(width_mm) if width_mm else None,
        height=Mm(height_mm) if height_mm else None,
    )
    room = Mm(_FOOT_MM - top)
    if shape.height > room:
        shape.width, shape.height = Emu(int(shape.width * room / shape.height)), room
    shape._element.nvPicPr.cNvPr.set("descr", xml_text(alt))  # noqa: SLF001 - no other way


def _add_place(deck: Any, pack: Pack, place: PackPlace, drawn: Iterator[bytes]) -> None:
    title = f"{place.rank}. {place.place}"
    slide = _add_slide(deck, pack, title)
    left = _SIDE_MM
    if place.picture:
        _add_picture(slide, next(drawn), place.alt, width_mm=_PICTURE_MM)
        left += _PICTURE_MM + _GAP_MM
    rows = (("What", "Here"), *place_facts(place))
    _add_grid(slide, rows, title, left_mm=left, shares=(2, 3), points=11)


def _add_tables(deck: Any, pack: Pack, table: PackTable, *said: str) -> None:
    """Put a table on as many slides as it needs, its heads on each."""
    if not table.rows:
        _say(_add_slide(deck, pack, table.title), [*filter(None, said), table.empty])
        return
    parts = [
        table.texts[at : at + _ROWS_A_SLIDE] for at in range(0, len(table.rows), _ROWS_A_SLIDE)
    ]
    for number, rows in enumerate(parts, start=1):
        title = table.title if len(parts) == 1 else f"{table.title} ({number} of {len(parts)})"
        slide = _add_slide(deck, pack, title)
        _add_grid(slide, (table.columns, *rows), title, shares=table.widths, points=10)


def _add_grid(
    slide: Slide,
    rows: Sequence[Sequence[str]],
    alt: str,
    *,
    left_mm: float = _SIDE_MM,
    shares: Sequence[float],
    points: float,
) -> None:
    width = _WIDTH_MM - _SIDE_MM - left_mm
    size = (Mm(left_mm), Mm(_BODY_MM), Mm(width), Mm(8 * len(rows)))
    frame = slide.shapes.add_table(len(rows), len(shares), *size)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", xml_text(alt))  # noqa: SLF001 - no other way
    table = frame.table
    table.first_row, table.horz_banding = True, False
    for at, share in enumerate(shares):
        table.columns[at].width = Mm(width * share / sum(shares))
    for number, cells in enumerate(rows):
        for at, words in enumerate(cells):
            _fill(table.cell(number, at), words, points, is_head=number == 0)


def _fill(cell: Any, words: str, points: float, *, is_head: bool) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = _BAND if is_head else _PAPER
    cell.margin_left = cell.margin_right = Mm(1.5)
    cell.margin_top = cell.margin_bottom = Mm(0.8)
    _write(cell.text_frame, words, points=points)
    cell.text_frame.paragraphs[0].runs[0].font.bold = is_head


def _say(slide: Slide, lines: Sequence[str], *, points: float = 14) -> None:
    box = slide.shapes.add_textbox(Mm(_SIDE_MM), Mm(_BODY_MM), Mm(_LINE_MM), Mm(140))
    _write(box.text_frame, *lines, points=points)
    for paragraph in box.text_frame.paragraphs:
        paragraph.space_after = Pt(6)


def _add_notes(deck: Any, pack: Pack) -> None:
    lines = [*pack.notes, *pack.made_with, *pack.stamp.lines()[1:]]
    for at in range(0, len(lines), _NOTES_A_SLIDE):
        slide = _add_slide(deck, pack, "What to know before using the figures")
        _say(slide, lines[at : at + _NOTES_A_SLIDE], points=12)
