"""Tables as pages show them: the same rows as the files, written for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: where it comes from, what people call it, how it is written."""

    name: str
    label: str
    write: Callable[[Any], str] = str
    number: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as plain texts; ``columns`` say of each whether it holds numbers."""

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


def whole(label: str, name: str) -> Column:
    """Return a column of whole numbers."""
    return Column(name, label, lambda value: f"{value:,.0f}", number=True)


def decimal(label: str, name: str, digits: int = 1) -> Column:
    """Return a column of numbers with so many decimals."""
    return Column(name, label, lambda value: f"{value:,.{digits}f}", number=True)


def percent(label: str, name: str) -> Column:
    """Return a column of shares, written in per cent."""
    return Column(name, label, lambda value: f"{value:.0%}", number=True)


def table_view(rows: pd.DataFrame, caption: str, columns: Sequence[Column]) -> TableView:
    """Write rows as texts; what is missing is empty.

    Examples
    --------
    >>> rows = pd.DataFrame({"ward": ["Quay", "Moor"], "rate": [4.26, None]})
    >>> table_view(rows, "Rates", [Column("ward", "Ward"), decimal("Rate", "rate")]).rows
    (('Quay', '4.3'), ('Moor', ''))
    """
    written = [
        ["" if pd.isna(value) else column.write(value) for value in rows[column.name]]
        for column in columns
    ]
    return TableView(
        caption,
        tuple((column.label, column.number) for column in columns),
        tuple(zip(*written, strict=True)),
    )
