"""Find the code and name columns of a boundary file, whatever the year and the level."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from aim.errors import AreaError

# The Office for National Statistics names columns by level, two digits of the year, CD or NM.
_ONS_CODE = re.compile(r"(?P<level>[A-Z]{2,6})(?P<year>\d{2})CD", re.IGNORECASE)
_LEVELS = {
    "WD": "wards",
    "OA": "output-areas",
    "LSOA": "lsoas",
    "MSOA": "msoas",
    "CED": "county-divisions",
    "PAR": "parishes",
    "LAD": "districts",
    "CTYUA": "counties",
    "CSP": "partnerships",
    "PFA": "police-areas",
    "PCON": "constituencies",
}
_GENERIC_CODES = ("wardcode", "areacode", "gsscode", "code")
_GENERIC_NAMES = ("wardname", "areaname", "name", "ward")
_YEAR_2000_UP_TO = 70


@dataclass(frozen=True, slots=True)
class AreaColumns:
    """The codes and names of the areas in file order, and what the set may be called."""

    codes: list[str]
    names: list[str]
    label: str
    notes: list[str]


def find_columns(
    table: pd.DataFrame, path: Path, code: str | None = None, name: str | None = None
) -> AreaColumns:
    """Find which columns hold the code and the name of each area.

    Parameters
    ----------
    table
        The attributes of the file, one row an area.
    path
        Where they come from, for messages and for a name where the columns give none.
    code, name
        Columns the caller insists on, in any case.

    Raises
    ------
    AreaError
        A column is not there, or an area has no code.

    Examples
    --------
    >>> table = pd.DataFrame({"WD13CD": ["E05099001"], "WD13NM": ["Harbour"]})
    >>> find_columns(table, Path("any.shp"))
    AreaColumns(codes=['E05099001'], names=['Harbour'], label='wards-2013', notes=[])
    """
    code = _exact(table, code, path) if code else _find_code(table, path)
    codes = _texts(table[code])
    blank = sum(not text for text in codes)
    if blank:
        raise AreaError(
            f"Asked to read area codes from column {code} of {path};"
            f" {blank} of {len(codes)} areas have none. Fill them in or name another column."
        )
    name = _exact(table, name, path) if name else _find_name(table, code)
    names = _texts(table[name]) if name else codes
    notes = [] if name else [f"No column with names was found beside {code}; codes stand in."]
    named = [text or stand_in for text, stand_in in zip(names, codes, strict=True)]
    return AreaColumns(codes, named, _label(code, path), notes)


def _exact(table: pd.DataFrame, asked: str, path: Path) -> str:
    for column in table.columns:
        if str(column).casefold() == asked.casefold():
            return str(column)
    raise AreaError(
        f"Asked for column {asked} of {path}; found {_listed(table)}. Name one of them."
    )


def _find_code(table: pd.DataFrame, path: Path) -> str:
    coded = [str(column) for column in table.columns if _ONS_CODE.fullmatch(str(column))]
    if coded:
        # A ward file also names its district: the level with most codes is the file's own.
        return min(coded, key=lambda column: (-table[column].nunique(), _level_rank(column)))
    generic = _find_generic(table, _GENERIC_CODES)
    if generic:
        return generic
    raise AreaError(
        f"Asked to read boundaries from {path}; no column looks like an area code (WD25CD,"
        f" ward_code). Found {_listed(table)}. Name the column with --code, and --name."
    )


def _find_name(table: pd.DataFrame, code: str) -> str | None:
    if _ONS_CODE.fullmatch(code):
        wanted = f"{code[:-2]}NM".casefold()
        for column in table.columns:
            if str(column).casefold() == wanted:
                return str(column)
    return _find_generic(table, _GENERIC_NAMES)


def _find_generic(table: pd.DataFrame, wanted: tuple[str, ...]) -> str | None:
    plain = {re.sub(r"[\W_]", "", str(column)).casefold(): str(column) for column in table.columns}
    return next((plain[word] for word in wanted if word in plain), None)


def _level_rank(column: str) -> int:
    level = column[:-4].upper()
    return list(_LEVELS).index(level) if level in _LEVELS else len(_LEVELS)


def _label(code: str, path: Path) -> str:
    found = _ONS_CODE.fullmatch(code)
    if not found:
        return re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-") or "wards"
    year = int(found["year"])
    century = 2000 if year < _YEAR_2000_UP_TO else 1900
    level = found["level"].upper()
    return f"{_LEVELS.get(level, level.lower())}-{century + year}"


def _texts(values: pd.Series) -> list[str]:
    """Return values as text; whole numbers without a point, missing as empty text."""
    return [
        ""
        if pd.isna(value)
        else str(int(value))
        if isinstance(value, float) and value.is_integer()
        else str(value).strip()
        for value in values
    ]


def _listed(table: pd.DataFrame) -> str:
    return ", ".join(map(str, table.columns)) or "no column"
