"""Papers people print and hand on: one layout, set by typst, as tagged PDF or as a picture.

Everything a paper says is plain values; nothing in them is read as markup. Fonts come with the
typesetter, so a paper is the same on every machine and needs no network.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from aim.errors import ExportError
from aim.model.handling import Stamp
from aim.model.packs import Look

LAYOUT = Path(__file__).parent / "typst" / "paper.typ"
_STANDARD = "ua-1"
PIXELS_PER_INCH = 144.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a paper, below its own heading.

    Attributes
    ----------
    title
        The heading.
    text
        Paragraphs.
    columns, rows
        A table's heads and its cells as text; no heads, no table.
    picture, alt
        An SVG, and what it shows for somebody who cannot see it.
    width
        How wide the picture stands, per cent of the line.
    numbers
        Which columns hold numbers, from nought.
    half
        Whether the part takes half the page; two such parts that follow each other stand side by
        side.
    share
        How much of the line a half takes beside the other's.
    wide
        Whether the part stands on a page on its long side, with the wide parts beside it.
    level
        2, or 3 for a part of the part before; no title, no heading.
    widths
        Shares of the line, one a column; as wide as their words if left out.
    """

    title: str
    text: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: str = ""
    alt: str = ""
    width: int = 100
    numbers: tuple[int, ...] = ()
    half: bool = False
    share: float = 1.0
    wide: bool = False
    level: int = 2
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of one page or a few.

    Attributes
    ----------
    title, lead
        Its name, and the sentence below it.
    stamp
        Marking, partnership, attributions and dates; the marking stands on every page.
    facts
        Up to four figures at the head: what, how much.
    parts
        What follows.
    notes
        What to know before using the figures.
    purpose
        What the paper may be used for; stands at the foot of every page.
    look
        Crest and colour.
    """

    title: str
    stamp: Stamp
    lead: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    purpose: str = field(default="")
    look: Look = field(default_factory=Look)


def write_pdf(paper: Paper) -> bytes:
    """Set a paper as PDF/UA: tagged, with title, language and alternative texts.

    Parameters
    ----------
    paper
        What to set. A picture needs an ``alt``.

    Returns
    -------
    bytes
        The file; the same paper gives the same bytes.

    Raises
    ------
    ExportError
        A table's rows and heads differ in length, a picture has no ``alt``, or cannot be drawn.

    Examples
    --------
    >>> stamp = Stamp("Norbeck CSP", "OFFICIAL", ("Invented data",), {})
    >>> write_pdf(Paper("Harbour ward", stamp))[:5]
    b'%PDF-'
    """
    (pdf,) = _set(paper, format="pdf", pdf_standards=[_STANDARD])
    return pdf


def write_png(paper: Paper) -> bytes:
    """Set a paper's first page as a picture, for a newsletter.

    Parameters
    ----------
    paper
        As ``write_pdf`` takes it.

    Returns
    -------
    bytes
        A PNG, 1,191 pixels wide.

    Raises
    ------
    ExportError
        As ``write_pdf``.

    Examples
    --------
    >>> stamp = Stamp("Norbeck CSP", "OFFICIAL", ("Invented data",), {})
    >>> write_png(Paper("Harbour ward", stamp))[1:4]
    b'PNG'
    """
    return _set(paper, format="png", ppi=PIXELS_PER_INCH)[0]


def _set(paper: Paper, **how: Any) -> Sequence[bytes]:
    import typst  # noqa: PLC0415 - 60 MB that only papers need

    _check(paper)
    try:
        found = typst.compile(
            LAYOUT,
            sys_inputs={"paper": json.dumps(_values(paper), ensure_ascii=False)},
            ignore_system_fonts=True,
            timestamp=0,
            **how,
        )
    except typst.TypstError as error:
        raise ExportError(
            f"The paper {paper.title!r} could not be set: {error}. Check its pictures."
        ) from error
    return found if isinstance(found, list) else [found]


def _check(paper: Paper) -> None:
    for part in paper.parts:
        if any(len(row) != len(part.columns) for row in part.rows):
            raise ExportError(
                f"The table {part.title!r} has {len(part.columns)} heads; some row has more or"
                " fewer cells."
            )
        if part.picture and not part.alt:
            raise ExportError(f"The picture under {part.title!r} has no alternative text.")


def _sheets(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return the parts by how their pages lie, upright or wide, in bands."""
    return [
        {
            "wide": wide,
            "bands": [[asdict(part) for part in band] for band in _side_by_side(list(turned))],
        }
        for wide, turned in groupby(parts, key=lambda part: part.wide)
    ]


def _side_by_side(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the parts in bands of one, or of two halves."""
    bands: list[list[Part]] = []
    for part in parts:
        if part.half and bands and len(bands[-1]) == 1 and bands[-1][0].half:
            bands[-1].append(part)
        else:
            bands.append([part])
    return bands


def _values(paper: Paper) -> dict[str, Any]:
    stamp = paper.stamp
    return {
        "title": paper.title,
        "lead": paper.lead,
        "partnership": stamp.partnership,
        "marking": stamp.handling,
        "foot": ". ".join(filter(None, [stamp.made_line(), paper.purpose])),
        "facts": [{"name": name, "value": value} for name, value in paper.facts],
        "sheets": _sheets(paper.parts),
        "accent": paper.look.accent,
        "crest": list(paper.look.crest),
        "notes": list(paper.notes),
        "lines": list(stamp.lines()[1:]),
    }
