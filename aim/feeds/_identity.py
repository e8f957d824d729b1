"""Who a row is: the same thirty-two digits at every delivery, whatever happens to our cleaning.

A row with the sender's reference is that reference within its source and feed. A row without one
is its cells **as delivered**: only spaces, number formats and date formats are made alike, so that
a csv and the workbook it was saved from agree. Identical rows are told apart by counting them.

Everything here is a promise to the rows already stored: a change to ``normal_cell``, to the list
of words that are no reference, or to a feed's column list makes old rows new. Raise the feed's
identity version instead.
"""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.feeds._seam import distinct, distinct_rows, filled, has_spaces, on_distinct

# What clerks write where there is no reference.
NO_REFERENCE = frozenset(
    {"", "-", "--", "0", "n/a", "na", "nil", "none", "null", "nan", "tbc", "unknown", "#n/a"}
)
_LONGEST_NONE = max(map(len, NO_REFERENCE))
_JOIN = "\x1f"
_MOST_DIGITS = 15  # a spreadsheet keeps no more
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d*)?|[+-]?\.\d+")
_WHOLE = re.compile(r"(\d+)\.0*")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_ISO_DAY = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
# A spreadsheet turns the month 2018-10 into Oct-18.
_MONTH = re.compile(r"([A-Za-z]{3})-(\d{2})")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def normal_cell(cell: str) -> str:
    """Write a delivered cell in the one form that csv and workbook share.

    Parameters
    ----------
    cell
        Text as delivered; spaces outside are trimmed, inside folded to one.

    Returns
    -------
    str
        Numbers in shortest form, dates as ``2026-04-03`` (midnight left out), clock times as
        ``09:05``; any other text as it stands.

    Examples
    --------
    >>> [normal_cell(cell) for cell in ("449000.00", "1,200", "3/4/2026", " High  Street ", "9:05")]
    ['449000', '1200', '2026-04-03', 'High Street', '09:05']
    """
    text = " ".join(cell.split())
    if not text or not (text[-1].isdigit() or text[-1] == "."):
        return text
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _NUMBER.fullmatch(text):
        return _normal_number(text)
    if clock := _CLOCK.fullmatch(text):
        return f"{int(clock[1]):02d}:{clock[2]}"
    return _normal_day(text)


def _normal_number(text: str) -> str:
    digits = sum(map(str.isdigit, text.lstrip("+-0.")))
    if digits > _MOST_DIGITS:
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


def _normal_day(text: str) -> str:
    if found := _DAY.fullmatch(text):
        day, month, year = found[1], found[2], found[3]
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = found[1], found[2], found[3]
    else:
        return _normal_month(text)
    date = f"{year}-{int(month):02d}-{int(day):02d}"
    hour, minute, second = int(found[4] or 0), found[5] or "00", found[6] or "00"
    clock = f"{hour:02d}:{minute}" + ("" if second == "00" else f":{second}")
    return date if clock == "00:00" else f"{date} {clock}"


def _normal_month(text: str) -> str:
    found = _MONTH.fullmatch(text)
    if not found or found[1].lower() not in _MONTHS:
        return text
    return f"20{found[2]}-{_MONTHS.index(found[1].lower()) + 1:02d}"


def normal_reference(cell: str) -> str:
    """Write a sender's reference in one form; empty where the cell holds none.

    Leading zeros stay: ``007`` and ``7`` may be two jobs.

    Examples
    --------
    >>> normal_reference(" W 1001.0"), normal_reference("1001.0"), normal_reference("n/a")
    ('W 1001.0', '1001', '')
    """
    text = " ".join(cell.split())
    if text.casefold() in NO_REFERENCE:
        return ""
    whole = _WHOLE.fullmatch(text) if "." in text else None
    return whole[1] if whole else text


def normal_references(cells: pd.Series) -> pd.Series:
    """Write a column of references in one form, as ``normal_reference`` does each.

    Examples
    --------
    >>> normal_references(pd.Series([" W 1001.0", "n/a"], dtype=object)).tolist()
    ['W 1001.0', '']
    """
    texts = cells.tolist()
    lengths = set(map(len, texts)) - {0}
    joined = "".join(texts)
    # Nothing to trim, no decimals, too long for a word that is none: as they stand.
    if min(lengths, default=0) > _LONGEST_NONE and "." not in joined and not has_spaces(joined):
        return cells
    return on_distinct(cells, normal_reference)


def row_ids(
    cells: pd.DataFrame,
    references: pd.Series,
    sources: pd.Series,
    files: pd.Series,
    *,
    feed: str,
    version: str,
    key: bytes,
) -> pd.Series:
    """Give every row its incident id.

    Parameters
    ----------
    cells
        The identity columns as delivered, in their fixed order.
    references
        From ``normal_reference``; empty where the sender gave none.
    sources, files
        Slug of the source; name of the file, within which identical rows are counted.
    feed, version
        The feed's name and the version of its identity columns.
    key
        The secret; its first 64 bytes are used.

    Returns
    -------
    pandas.Series
        32 hexadecimal digits on the index of ``cells``; empty in, empty out.

    Examples
    --------
    >>> cells = pd.DataFrame({"date": ["1/4/2026", "01/04/2026"]})
    >>> same = pd.Series(["", ""]), pd.Series(["w", "w"]), pd.Series(["f", "f"])
    >>> row_ids(cells, *same, feed="wardens", version="1", key=b"").nunique()
    2
    """
    ids = np.empty(len(cells), dtype=object)
    referred = filled(references).to_numpy()
    ids[referred] = _seal_references(references[referred], sources[referred], feed, key)
    alone = ~referred
    normal = [on_distinct(cells[name][alone], normal_cell) for name in cells.columns]
    texts = _cell_texts(normal, sources[alone], feed, version)
    counts = _occurrences(normal, sources[alone], files[alone])
    ids[alone] = _seals(key, "", map(_JOIN.join, zip(texts, map(str, counts), strict=True)))
    return pd.Series(ids, index=cells.index, dtype=object)


def _seal_references(
    references: pd.Series, sources: pd.Series, feed: str, key: bytes
) -> npt.NDArray[np.object_]:
    seals = np.empty(len(references), dtype=object)
    codes, names = distinct(sources)
    texts = references.to_numpy(dtype=object)
    for code, who in enumerate(names):
        rows = codes == code
        seals[rows] = _seals(key, _JOIN.join(("ref", who, feed, "")), texts[rows].tolist())
    return seals


def _seals(key: bytes, beginning: str, texts: Iterable[str]) -> list[str]:
    """Seal texts; the key and what all of them begin with are worked in once."""
    begin = blake2b(beginning.encode(), digest_size=16, key=key[:64]).copy
    seals = []
    for text in texts:  # a million times: no call that could be left out
        seal = begin()
        seal.update(text.encode())
        seals.append(seal.hexdigest())
    return seals


def _cell_texts(
    normal: Sequence[pd.Series], sources: pd.Series, feed: str, version: str
) -> list[str]:
    begun = on_distinct(sources, lambda who: _JOIN.join(("cells", who, feed, version)))
    columns = [column.tolist() for column in (begun, *normal)]
    return list(map(_JOIN.join, zip(*columns, strict=True)))


def _occurrences(normal: Sequence[pd.Series], sources: pd.Series, files: pd.Series) -> list[int]:
    """Count identical rows within a file, so that a month loaded alone or among others agrees."""
    kinds, _ = distinct_rows([files, sources, *normal])
    counts: list[int] = pd.Series(kinds).groupby(kinds, sort=False).cumcount().tolist()
    return counts
