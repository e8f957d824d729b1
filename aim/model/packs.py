"""What a meeting is handed: one neutral pack, which every format only sets."""

import re
from dataclasses import dataclass, field

from aim.errors import ParameterError

ACCENT = "#12436d"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Look:
    """What a partnership's papers look like.

    Attributes
    ----------
    crest
        A PNG or JPEG picture, printed at the head of the first page; empty for none.
    accent
        The colour of headings and bands, as ``#rrggbb``.

    Examples
    --------
    >>> Look().accent
    '#12436d'
    """

    crest: bytes = field(default=b"", repr=False)
    accent: str = ACCENT

    def __post_init__(self) -> None:
        """Refuse what no paper can show."""
        if not _COLOUR.fullmatch(self.accent):
            raise ParameterError(
                f"The accent colour is written as #rrggbb, such as {ACCENT}; found {self.accent!r}."
            )
        if self.crest and not self.crest.startswith(_PICTURES):
            raise ParameterError("The crest is a PNG or a JPEG picture; found something else.")
