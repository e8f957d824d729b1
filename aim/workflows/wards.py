"""Boundary sets: load one, list them, choose the current one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from aim.access import audit_entry, reach_of, require
from aim.areas import assign_wards, read_wards
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.records import WardSet
from aim.store import CodesOf, Store, Transaction

Floats = npt.NDArray[np.float64]


def add_ward_set(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    name: str | None = None,
    code_column: str | None = None,
    name_column: str | None = None,
    attribution: str = "",
) -> tuple[WardSet, tuple[str, ...]]:
    """Load a boundary file as a set and find the ward of every stored incident in it.

    The first set loaded becomes the current one; later ones stand beside it until
    ``use_ward_set`` chooses them.

    Parameters
    ----------
    path
        Any boundary file ``aim.read_wards`` takes.
    name
        What the set is called; guessed from the file's columns if missing.
    code_column, name_column
        Columns to use in place of the guess.
    attribution
        The line printed wherever the boundaries are shown.

    Returns
    -------
    WardSet, notes
        What was kept, and sentences about what had to be mended.

    Raises
    ------
    AreaError
        The file is not a usable boundary file.
    """
    require(actor, Action.LOAD_WARDS)
    wards = read_wards(path, code=code_column, name=name_column)
    label = name or str(wards.attrs["label"])
    sets = store.ward_sets(reach_of(actor))
    info = WardSet(
        name=label,
        areas=len(wards),
        current=not any(one.current and one.name != label for one in sets),
        loaded_at=datetime.now(UTC),
        file_name=Path(path).name,
        attribution=attribution or _attribution(wards),
    )
    with store.transaction() as change:
        change.save_ward_set(info, wards)
        change.place_in_wards(label, codes_in(wards))
        change.record(audit_entry(actor, Action.LOAD_WARDS, set=_plain(label), areas=len(wards)))
    return info, tuple(wards.attrs.get("notes", ()))


def use_ward_set(store: Store, actor: Actor, name: str) -> WardSet:
    """Make a loaded set the current one.

    Raises
    ------
    NotFoundError
        No set has that name.
    """
    require(actor, Action.LOAD_WARDS)
    with store.transaction() as change:
        change.use_ward_set(name)
        change.record(audit_entry(actor, Action.LOAD_WARDS, use=_plain(name)))
    chosen = next(one for one in store.ward_sets(reach_of(actor)) if one.name == name)
    return replace(chosen, current=True)


def ward_set_list(store: Store, actor: Actor) -> list[WardSet]:
    """Return the loaded boundary sets, by name."""
    require(actor, Action.VIEW)
    return store.ward_sets(reach_of(actor))


def codes_in(wards: gpd.GeoDataFrame) -> CodesOf:
    """Return what finds the ward code of eastings and northings."""

    def codes_of(easting: Floats, northing: Floats) -> pd.Series:
        positions = pd.DataFrame({"easting": easting, "northing": northing})
        return assign_wards(positions, wards)["ward_code"]

    return codes_of


def assign_in_all_sets(store: Store, change: Transaction) -> None:
    """Find the wards of new and moved incidents in every loaded set."""
    for one in store.ward_sets(EVERYTHING):
        change.place_in_wards(one.name, codes_in(store.wards(EVERYTHING, ward_set=one.name)))


def _attribution(wards: pd.DataFrame) -> str:
    # Official codes begin with a letter and eight digits; Norbeck's begin E05099.
    codes = wards["ward_code"].astype(str)
    if codes.str.match(r"E05099\d{3}$").all():
        return "Invented boundaries of the sample borough Norbeck"
    if codes.str.match(r"[EWSN]\d{8}$").all():
        return (
            "Source: Office for National Statistics licensed under the Open Government Licence"
            " v3.0. Contains OS data © Crown copyright and database right"
        )
    return "Boundaries as loaded by the partnership"


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in text)
