"""What area codes each delivery carried, counted: the rows themselves keep none."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from aim.errors import ParameterError
from aim.model.people import Reach
from aim.model.times import read_month
from aim.store.deliveries import find_batch, shows
from aim.store.tables import area_count, batch

COLUMNS = ("source", "month", "kind", "code", "rows")


def write(connection: Connection, batch_id: str, counts: pd.DataFrame) -> None:
    """Keep the counts of a delivery."""
    number = find_batch(connection, batch_id).number
    if len(counts):
        rows = counts[list(COLUMNS)].assign(number=number)
        connection.execute(insert(area_count), _plain(rows))


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def read(connection: Connection, reach: Reach) -> pd.DataFrame:
    """Return the counts of the deliveries that stand, oldest first.

    A delivery taken back, replaced by a later one, or sent again as the same file does not count. A
    code has no ward or sensitivity of its own, so a reach limited by either sees none.
    """
    frame = pd.DataFrame(columns=[*COLUMNS])
    if reach.wards is None and reach.sensitivities is None:
        deliveries = connection.execute(
            select(batch).where(~batch.c.undone).order_by(batch.c.number)
        ).all()
        seen = [row.number for row in deliveries if shows(reach, row)]
        rows = connection.execute(select(area_count).order_by(*area_count.primary_key.columns))
        kept = pd.DataFrame(rows.all(), columns=["number", *COLUMNS])
        for delivery in deliveries:
            kept = kept[~_replaced(kept, delivery, deliveries)]
        frame = kept.loc[kept["number"].isin(seen), list(COLUMNS)]
    kinds = {name: "int64" if name == "rows" else "str" for name in COLUMNS}
    return frame.astype(kinds).reset_index(drop=True)


def _replaced(kept: pd.DataFrame, later: Any, deliveries: Sequence[Any]) -> pd.Series:
    """Mark the counts of earlier deliveries that a later one of the feed stands in for."""
    earlier = [one for one in deliveries if one.number < later.number and one.feed == later.feed]
    whole = {
        one.number
        for one in earlier
        if one.file_sha256 == later.file_sha256 or one.batch_id == later.replaces
    }
    replaced = kept["number"].isin(list(whole))
    with suppress(ParameterError):
        month = f"{read_month(later.replaces or ''):%Y-%m}"
        of_source = kept["source"].isin(json.loads(later.sources))
        before = kept["number"].isin([one.number for one in earlier])
        replaced |= before & of_source & (kept["month"] == month)
    return replaced
