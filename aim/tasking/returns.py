"""A funder's return: a template of columns that people edit, filled from visits and counts."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from aim.errors import ParameterError
from aim.model.times import LONDON
from aim.model.visits import Visit

KEYS = ("month", "place", "agency")
SUMS = ("visits", "minutes", "hours", "powers")
POWER, INCIDENTS = "power:", "incidents"
_MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """One table of a return.

    Attributes
    ----------
    name
        What its sheet or file is called.
    rows
        What one row stands for: some of month, place and agency.
    columns
        Heading and value of each column.
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def counts_incidents(self) -> bool:
        """Whether reports inside designated places are asked for."""
        return any(value == INCIDENTS for _, value in self.columns)


@dataclass(frozen=True, slots=True)
class ReturnTemplate:
    """What a return holds: its title and its tables."""

    title: str
    tables: tuple[ReturnTable, ...]


def read_return_template(path: Path | None = None) -> ReturnTemplate:
    """Read the columns of a return.

    Parameters
    ----------
    path
        A TOML file; the example that comes with AIM if missing.

    Raises
    ------
    ParameterError
        It cannot be read, or asks for what a return cannot hold; every fault at once.

    Examples
    --------
    >>> [table.name for table in read_return_template().tables]
    ['hours', 'places']
    """
    shipped = resources.files("aim.tasking").joinpath("return.toml")
    try:
        said = tomllib.loads((path or shipped).read_text(encoding="utf-8"))
        template = _template_of(said)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ParameterError(
            f"The columns of a return were to be read from {path}; {error}. Begin with a copy of"
            " aim/tasking/return.toml."
        ) from error
    faults = [fault for table in template.tables for fault in _faults_of(table)]
    names = [table.name for table in template.tables]
    faults += ["two tables have one name"] if len(set(names)) < len(names) else []
    if faults or not names:
        told = "; ".join(faults) or "it has no table"
        raise ParameterError(f"The columns of a return in {path} cannot be used: {told}.")
    return template


def _template_of(said: Mapping[str, Any]) -> ReturnTemplate:
    return ReturnTemplate(
        str(said["title"]),
        tuple(
            ReturnTable(
                str(table["name"]),
                tuple(str(one) for one in table["rows"]),
                tuple((str(one["head"]), str(one["value"])) for one in table["columns"]),
            )
            for table in said["tables"]
        ),
    )


def _faults_of(table: ReturnTable) -> Iterable[str]:
    if not table.rows or set(table.rows) - set(KEYS):
        yield f"the rows of {table.name!r} are of {', '.join(KEYS)}; found {table.rows}"
    heads = [head for head, _ in table.columns]
    if len(set(heads)) < len(heads):
        yield f"two columns of {table.name!r} have one heading"
    for head, value in table.columns:
        if value in KEYS and value not in table.rows:
            yield f"{head!r} of {table.name!r} is the {value}, which is none of its rows"
        elif value not in {*KEYS, *SUMS, INCIDENTS} and not value.startswith(POWER):
            yield f"{head!r} of {table.name!r} asks for {value!r}, which no return holds"
    if table.counts_incidents and ("place" not in table.rows or "agency" in table.rows):
        yield f"{table.name!r} counts reports, which have a place and no visitor: rows by place"


def fill_return(
    table: ReturnTable,
    visits: Iterable[tuple[str, Visit]],
    incidents: Mapping[tuple[str, str], int],
) -> pd.DataFrame:
    """Fill one table of a return.

    Parameters
    ----------
    table
        Its rows and columns.
    visits
        The place each counts to, and the visit; those of the period that count.
    incidents
        Reports by place and month (``2026-04``), of every designated place and month asked for.

    Returns
    -------
    pandas.DataFrame
        Columns by their headings, sorted by the rows. Where reports are asked for only designated
        places are listed, also those nobody visited. Hours have two decimals. Nothing in, no rows
        out.

    Examples
    --------
    >>> table = read_return_template().tables[1]
    >>> fill_return(table, [], {("Order area", "2026-04"): 7}).to_dict("records")
    [{'Designated place': 'Order area', 'Month': '2026-04', 'Hours, all agencies': 0.0, 'Reports inside': 7}]
    """  # noqa: E501 - a row as it is printed
    sums: dict[tuple[str, ...], dict[str, int]] = {}
    if table.counts_incidents:
        for (place, month), count in incidents.items():
            key = _key(table, {"place": place, "month": month})
            row = sums.setdefault(key, {})
            row[INCIDENTS] = row.get(INCIDENTS, 0) + count
    known = {place for place, _ in incidents}
    for place, visit in visits:
        if table.counts_incidents and place not in known:
            continue
        month = f"{visit.at.astimezone(LONDON):%Y-%m}"
        key = _key(table, {"place": place, "month": month, "agency": visit.agency})
        _add(sums.setdefault(key, {}), visit)
    rows = [_row(table, key, sums[key]) for key in sorted(sums)]
    return pd.DataFrame(rows, columns=[head for head, _ in table.columns])


def _key(table: ReturnTable, said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(said.get(name, "") for name in table.rows)


def _add(row: dict[str, int], visit: Visit) -> None:
    used = {f"{POWER}{slug}": times for slug, times in visit.powers}
    more = {"visits": 1, "minutes": visit.minutes, "powers": sum(used.values()), **used}
    for name, number in more.items():
        row[name] = row.get(name, 0) + number


def _row(table: ReturnTable, key: tuple[str, ...], sums: Mapping[str, int]) -> dict[str, Any]:
    said = dict(zip(table.rows, key, strict=True))
    hours = round(sums.get("minutes", 0) / _MINUTES_AN_HOUR, 2)
    return {
        head: said[value] if value in KEYS else hours if value == "hours" else sums.get(value, 0)
        for head, value in table.columns
    }
