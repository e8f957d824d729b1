"""Drawings become pictures for files that cannot hold a drawing."""

import json
from collections.abc import Sequence
from typing import Any

from aim.errors import ExportError

_PAGES = """
#let pictures = json(bytes(sys.inputs.pictures))
#set page(width: auto, height: auto, margin: 0pt)
#for (at, one) in pictures.enumerate() {
  if at > 0 { pagebreak() }
  image(bytes(one), format: "svg")
}
"""
PIXELS_PER_INCH = 144.0


def draw_pictures(drawings: Sequence[str]) -> list[bytes]:
    """Draw SVG texts as PNG pictures, twice as fine as a screen.

    Parameters
    ----------
    drawings
        SVG documents, their letters in a font that comes with the typesetter.

    Returns
    -------
    list of bytes
        One PNG a drawing, in their order; the same drawing gives the same bytes.

    Raises
    ------
    ExportError
        One of them cannot be drawn.

    Examples
    --------
    >>> square = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    >>> draw_pictures([square])[0][1:4]
    b'PNG'
    """
    import typst  # noqa: PLC0415 - 60 MB that only papers need

    if not drawings:
        return []
    try:
        found: Any = typst.compile(
            _PAGES.encode(),
            sys_inputs={"pictures": json.dumps(list(drawings), ensure_ascii=False)},
            ignore_system_fonts=True,
            timestamp=0,
            format="png",
            ppi=PIXELS_PER_INCH,
        )
    except typst.TypstError as error:
        raise ExportError(f"A picture could not be drawn: {error}. Check its drawing.") from error
    return list(found) if isinstance(found, list) else [found]
