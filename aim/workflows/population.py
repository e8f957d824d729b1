"""Head counts of areas: loaded once for a boundary set, read wherever a rate is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aim.access import audit_entry, require
from aim.areas import read_population
from aim.errors import NotFoundError
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.types import slug_of
from aim.store import Store


@dataclass(frozen=True, slots=True)
class PopulationReport:
    """What was kept: the set, its areas with a count, totals by column, what to know."""

    ward_set: str
    areas: int
    totals: tuple[tuple[str, float], ...]
    notes: tuple[str, ...]


def add_population(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    ward_set: str | None = None,
    population: str | None = None,
    households: str | None = None,
    indicators: Iterable[str] = (),
) -> PopulationReport:
    """Load head counts for the areas of a boundary set.

    Parameters
    ----------
    path
        A table as ``aim.areas.read_population`` takes it.
    ward_set
        The set whose codes it carries; the current one if missing.
    population, households, indicators
        Columns to use; see ``aim.areas.read_population``.

    Raises
    ------
    AreaError
        The file is no such table, or carries none of the set's codes.
    NotFoundError
        No such set is loaded.
    """
    require(actor, Action.LOAD_WARDS)
    name = ward_set or next((one.name for one in store.ward_sets(EVERYTHING) if one.current), None)
    if name is None:
        raise NotFoundError("Head counts belong to a boundary set; load one first: aim wards load.")
    codes = store.wards(EVERYTHING, ward_set=name)["ward_code"].tolist()
    counts = read_population(
        path, codes, population=population, households=households, indicators=indicators
    )
    with store.transaction() as change:
        change.save_population(name, counts)
        change.record(
            audit_entry(actor, Action.LOAD_WARDS, population=slug_of(name), areas=len(counts))
        )
    totals = counts.drop(columns="ward_code").sum()
    return PopulationReport(
        name,
        len(counts),
        tuple((str(column), float(total)) for column, total in totals.items()),
        tuple(counts.attrs["notes"]),
    )
