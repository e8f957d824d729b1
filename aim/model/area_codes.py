"""Codes of wards and small areas as senders write them, and the vintage a code tells."""

from collections.abc import Collection
from enum import StrEnum

LSOA_2021 = "2021"
LSOA_OLDER = "2011 or 2021"
NOT_TOLD = "not told apart"

# The last English LSOA code given before the census of 2021; most of those before it live on.
_LAST_BEFORE_2021 = 33_768
_LETTERS, _DIGITS = 3, 6


class AreaKind(StrEnum):
    """What an area code is of."""

    LSOA = "lsoa"
    WARD = "ward"
    OTHER = "other"


def read_area_code(code: str, wards: Collection[str] = ()) -> tuple[AreaKind, str]:
    """Tell what a code is of, and what is kept of it.

    Parameters
    ----------
    code
        As sent.
    wards
        Codes of the loaded ward sets, of whatever form.

    Returns
    -------
    tuple
        The kind, and of an LSOA its vintage, of a ward its code, of anything else nothing: what a
        sender writes there may be anything.

    Notes
    -----
    English LSOAs from E01033769 on were new in 2021; most of those before were kept from 2011.
    Welsh ones are not told apart.

    Examples
    --------
    >>> read_area_code("e01033769 ")[1], read_area_code("E01033768")[1]
    ('2021', '2011 or 2021')
    >>> read_area_code("E05099001")[1], read_area_code("NB1", {"NB1"})[1], read_area_code("Jo")[1]
    ('E05099001', 'NB1', '')
    """
    plain = code.strip()
    if plain in wards:
        return AreaKind.WARD, plain
    letters, digits = plain[:_LETTERS].upper(), plain[_LETTERS:]
    if not (len(digits) == _DIGITS and digits.isascii() and digits.isdigit()):
        return AreaKind.OTHER, ""
    if letters in {"E05", "W05"}:
        return AreaKind.WARD, letters + digits
    if letters == "E01":
        return AreaKind.LSOA, LSOA_2021 if int(digits) > _LAST_BEFORE_2021 else LSOA_OLDER
    return (AreaKind.LSOA, NOT_TOLD) if letters == "W01" else (AreaKind.OTHER, "")
