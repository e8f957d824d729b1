"""Grid references such as ``NZ 493 204``: the middle of the square they name, and its size.

Source: Ordnance Survey, "A guide to coordinate systems in Great Britain", section 7.
"""

import re

_LETTERS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # no I
_REFERENCE = re.compile(r"([A-HJ-Z])([A-HJ-Z])\s*(\d*)(?:\s+(\d+))?", re.IGNORECASE)
_SQUARE_M = 100_000
_MOST_FIGURES = 5
_ACROSS = 5  # squares in a row of the lettered grid
_FALSE_EAST, _FALSE_NORTH = 2, 1  # the grid's origin lies in square SV


def read_grid_reference(text: str) -> tuple[float, float, int] | None:
    """Read a grid reference of any length.

    Parameters
    ----------
    text
        Two letters and as many figures for easting as for northing, at most five each.

    Returns
    -------
    tuple or None
        Easting and northing of the middle of the square and the length of its side, in metres;
        None where the text is no grid reference of the British National Grid.

    Examples
    --------
    >>> read_grid_reference("NZ 493 204"), read_grid_reference("TG 51409 13177")
    ((449350.0, 520450.0, 100), (651409.5, 313177.5, 1))
    """
    found = _REFERENCE.fullmatch(text.strip())
    if found is None:
        return None
    figures = (found[3] or "") + (found[4] or "")
    half = len(figures) // 2
    if len(figures) % 2 or half > _MOST_FIGURES or (found[4] and len(found[4]) != half):
        return None
    west, south = _corner(found[1].upper(), found[2].upper())
    side = _SQUARE_M // 10**half
    east = west + int(figures[:half] or 0) * side
    north = south + int(figures[half:] or 0) * side
    if not (0 <= east < 7 * _SQUARE_M and 0 <= north < 13 * _SQUARE_M):
        return None
    return east + side / 2, north + side / 2, side


def _corner(first: str, second: str) -> tuple[int, int]:
    """Return the south-west corner of a 100 km square."""
    big, small = _LETTERS.index(first), _LETTERS.index(second)
    east = (big % _ACROSS - _FALSE_EAST) * _ACROSS + small % _ACROSS
    rows_down = big // _ACROSS * _ACROSS + small // _ACROSS
    north = (_ACROSS - 1 - _FALSE_NORTH) * _ACROSS + (_ACROSS - 1) - rows_down
    return east * _SQUARE_M, north * _SQUARE_M
