"""How many people live in the areas of a boundary set: read and written whole, a fact a set."""

import json

import pandas as pd
from sqlalchemy import Connection

from aim.errors import ParameterError
from aim.store.facts import read_fact, write_fact
from aim.store.placing import current_set, set_number


def write(connection: Connection, ward_set: str, counts: pd.DataFrame) -> None:
    """Keep the counts of a set in place of earlier ones.

    Raises
    ------
    NotFoundError
        No set has that name.
    ParameterError
        There is no code, or one stands twice.
    """
    number = set_number(connection, ward_set)
    if "ward_code" not in counts or counts["ward_code"].duplicated().any():
        raise ParameterError(
            f"The head counts of {ward_set} need one row for each `ward_code`; found"
            f" {', '.join(map(str, counts.columns))} in {len(counts)} rows."
        )
    by_code = counts.set_index("ward_code").astype("float64")
    kept = {
        "columns": [str(name) for name in by_code.columns],
        "areas": {str(code): values.tolist() for code, values in by_code.iterrows()},
    }
    write_fact(connection, _name(number), json.dumps(kept, sort_keys=True))


def read(connection: Connection, ward_set: str | None) -> pd.DataFrame:
    """Return the counts of a set, of the current one if none is named, sorted by code.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    number = current_set(connection) if ward_set is None else set_number(connection, ward_set)
    text = "" if number is None else read_fact(connection, _name(number))
    kept = json.loads(text) if text else {"columns": [], "areas": {}}
    codes = sorted(kept["areas"])
    columns = {
        name: pd.Series([kept["areas"][code][at] for code in codes], dtype="float64")
        for at, name in enumerate(kept["columns"])
    }
    return pd.DataFrame({"ward_code": pd.Series(codes, dtype="str"), **columns})


def _name(number: int) -> str:
    return f"population_{number}"
