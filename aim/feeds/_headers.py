"""Headers: which row names the columns, and two rows that name them together.

In many workbooks a word stands merged over several columns ("Grid reference" over "Easting" and
"Northing") and the next row names each; a column of one name alone has it in either row.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from aim.feeds._seam import header_key

_FEWEST_WORDS = 2


def merged_header(
    upper: Sequence[str],
    lower: Sequence[str],
    known: Collection[str] = (),
    personal: Collection[str] = (),
) -> list[str]:
    """Name columns by two rows of which the upper may stand over several columns of the lower.

    Parameters
    ----------
    upper, lower
        The two rows as delivered; a merged cell has its text in its first column.
    known
        Header keys that are looked for: two words that make one of them are joined.
    personal
        Header keys of people's details: all columns below one of them keep its name.

    Returns
    -------
    list of str
        A name for each column: the lower word where no other column has it, else both words; the
        upper word where there is no lower.

    Examples
    --------
    >>> merged_header(["Ref", "Grid", "", "Seen"], ["", "Easting", "Northing", "Date"])
    ['Ref', 'Easting', 'Northing', 'Date']
    >>> merged_header(["Incident", "", "Reported"], ["Date", "Time", "Date"])
    ['Incident Date', 'Time', 'Reported Date']
    """
    width = max(len(upper), len(lower))
    own, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    times = Counter(map(header_key, below))
    return [
        _name(alone, high, word, join=times[header_key(word)] > 1, known=known, personal=personal)
        for alone, high, word in zip(own, _spread(own), below, strict=True)
    ]


def _name(
    alone: str,
    high: str,
    word: str,
    *,
    join: bool,
    known: Collection[str],
    personal: Collection[str],
) -> str:
    if not word.strip():
        return alone
    if header_key(high) in personal:
        return high
    both = f"{high.strip()} {word.strip()}".strip()
    return both if join or header_key(both) in known else word


def below_personal(
    upper: Sequence[str],
    lower: Sequence[str],
    known: Collection[str],
    personal: Collection[str],
) -> Sequence[str]:
    """Name columns by one row, save those that stand below a word for people's details.

    The row above counts as words over columns where it has two that are looked for.

    Examples
    --------
    >>> below_personal(["Ref", "Caller", ""], ["", "Address", "Tel"], {"ref"}, {"caller"})
    ['', 'Caller', 'Caller']
    >>> below_personal(["Caller", "Jo Bloggs", ""], ["Ref", "Date", "Tel"], {"ref"}, {"caller"})
    ['Ref', 'Date', 'Tel']
    """
    keys = set(map(header_key, upper))
    if not keys & set(personal) or len(keys & {*known, *personal}) < _FEWEST_WORDS:
        return lower
    words = _spread([*upper, *[""] * (len(lower) - len(upper))])
    return [
        high if cell.strip() and header_key(high) in personal else cell
        for high, cell in zip(words, lower, strict=False)
    ]


def _spread(cells: Sequence[str]) -> list[str]:
    """Let each word stand over the blank cells to its right, as a merged cell does."""
    spread: list[str] = []
    for cell in cells:
        spread.append(cell if cell.strip() or not spread else spread[-1])
    return spread
