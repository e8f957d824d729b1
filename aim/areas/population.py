"""Read how many people live in each area of a boundary set from a table of head counts.

What is true of these tables: they come by small area, with the codes of several levels beside
each other (``LSOA21CD``, ``WD26CD``), so one file serves every set whose codes it carries; numbers
may be written with commas; a table of one vintage fits no set of another.
"""

import csv
import re
from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from aim.errors import AreaError

_DELIMITERS = ",;\t|"
_NAMED_AT_MOST = 5
# The headers each count is known by, without spaces and signs, in the order we believe them.
HEADERS = {
    "population": ("population", "people", "residents", "usualresidents", "allages", "persons"),
    "households": ("households", "homes", "dwellings", "occupiedhouseholds"),
}


def read_population(
    path: str | Path,
    codes: Collection[str],
    *,
    population: str | None = None,
    households: str | None = None,
    indicators: Iterable[str] = (),
) -> pd.DataFrame:
    r"""Read head counts for the areas of a boundary set.

    Parameters
    ----------
    path
        A CSV file with a header, one row an area or a part of one; parts are added up.
    codes
        The codes of the set's areas. The column that holds most of them is taken for theirs.
    population, households
        Columns to use in place of those named so; one of the two must be there.
    indicators
        Further columns of counts to keep, such as people without work, for an index of localities.

    Returns
    -------
    pandas.DataFrame
        ``ward_code``, then ``population``, ``households`` and the indicators as far as there are
        any, whole numbers or not, one row an area, sorted by code. ``attrs["notes"]`` names areas
        of the set that the file lacks.

    Raises
    ------
    AreaError
        The file is missing or no such table, holds none of the codes, or a count is no number
        from 0.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "people.csv")
    ...     _ = path.write_text("LSOA,WD26CD,People\nA1,W1,400\nA2,W1,600\nA3,W2,500\n", "utf-8")
    ...     found = read_population(path, ["W1", "W2"])
    >>> found.values.tolist()
    [['W1', 1000.0], ['W2', 500.0]]
    """
    asked = Path(path)
    table = _read_table(asked)
    code = _code_column(table, codes, asked)
    rows = table[table[code].isin(list(codes))]
    columns = _count_columns(table, asked, population, households, indicators)
    counts = pd.DataFrame({name: _numbers(rows, at, asked) for name, at in columns.items()})
    added = counts.groupby(rows[code]).sum().rename_axis("ward_code").reset_index()
    missing = sorted(set(codes) - set(added["ward_code"]))
    found = added.astype({"ward_code": "str"})
    found.attrs["notes"] = [_say_missing(missing)] if missing else []
    return found


def _read_table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        found = "a folder" if path.is_dir() else "no such file"
        raise AreaError(f"Asked to read head counts from {path}; found {found}. Give a CSV file.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                line = file.readline()
                file.seek(0)
                rows = list(csv.reader(file, delimiter=max(_DELIMITERS, key=line.count)))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise AreaError(
                f"Asked to read head counts from {path}; it is no table: {error}."
            ) from error
        return _as_frame(rows, path)
    raise AreaError(f"Asked to read head counts from {path}; it is no text. Save it as CSV UTF-8.")


def _as_frame(rows: list[list[str]], path: Path) -> pd.DataFrame:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if len(filled) < 2:  # noqa: PLR2004 - a header and a row
        raise AreaError(
            f"Asked to read head counts from {path}; it holds no header with rows below it."
        )
    header = [name.strip() for name in filled[0]]
    uneven = sum(len(row) != len(header) for row in filled)
    if uneven or len(set(header)) < len(header):
        raise AreaError(
            f"Asked to read head counts from {path}; {uneven} rows have another number of cells"
            f" than its header, or two columns share a name: {', '.join(header)}."
        )
    cells = [[cell.strip() for cell in row] for row in filled[1:]]
    return pd.DataFrame(cells, columns=header, dtype="str")


def _code_column(table: pd.DataFrame, codes: Collection[str], path: Path) -> str:
    known = list(codes)
    held = {str(name): int(table[name].isin(known).sum()) for name in table.columns}
    best = max(held, key=lambda name: held[name])
    if not held[best]:
        raise AreaError(
            f"Asked to read head counts from {path} for areas such as"
            f" {', '.join(sorted(known)[:2])}; no column holds such codes. Found"
            f" {', '.join(held)}. Load the boundaries the file belongs to: aim wards load."
        )
    return best


def _count_columns(
    table: pd.DataFrame,
    path: Path,
    population: str | None,
    households: str | None,
    indicators: Iterable[str],
) -> dict[str, str]:
    by_plain = {_plain(str(name)): str(name) for name in table.columns}
    columns: dict[str, str] = {}
    for kind, asked in (("population", population), ("households", households)):
        words = (_plain(asked),) if asked else HEADERS[kind]
        found = next((by_plain[word] for word in words if word in by_plain), None)
        if asked and found is None:
            raise _lacks(path, asked, table)
        columns |= {kind: found} if found else {}
    if not columns:
        raise _lacks(path, "population or households", table)
    for name in indicators:
        if _plain(name) not in by_plain or name in columns:
            raise _lacks(path, name, table)
        columns[name] = by_plain[_plain(name)]
    return columns


def _lacks(path: Path, wanted: str, table: pd.DataFrame) -> AreaError:
    return AreaError(
        f"Asked for the column {wanted} of {path}; found {', '.join(map(str, table.columns))}."
        " Name the columns with --population, --households and --indicator."
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _numbers(rows: pd.DataFrame, column: str, path: Path) -> pd.Series:
    numbers = pd.to_numeric(rows[column].str.replace(",", ""), errors="coerce").astype("float64")
    wrong = rows[~(np.isfinite(numbers) & (numbers >= 0))]
    if len(wrong):
        raise AreaError(
            f"Asked to read head counts from {path}; {len(wrong)} cells of {column} are no number"
            f" from 0, such as {wrong[column].iloc[0]!r}. Mend them, or name another column."
        )
    return numbers


def _say_missing(missing: list[str]) -> str:
    named = ", ".join(missing[:_NAMED_AT_MOST]) + (", …" if len(missing) > _NAMED_AT_MOST else "")
    return f"{len(missing)} areas of the set are not in the file and get no rate: {named}."
