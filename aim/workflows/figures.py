"""The grid of figures that passed disclosure control, and hotspots in safe form.

Councillors and scrutiny members are shown these and no row. What is released is remembered in the
store before anybody sees it, and every later release fits it.
"""

from dataclasses import dataclass

import pandas as pd

from aim.access import require
from aim.access.agreements import withheld_from
from aim.access.disclosure import Audience, K, count_grid, leading_theme, release_grid
from aim.access.policy import POLICY, Figures
from aim.access.safe_shapes import SafeHotspots, safe_hotspots
from aim.analysis import cluster_hotspots
from aim.model.filters import IncidentFilter, read_filter
from aim.model.hotspots import HotspotParameters
from aim.model.incidents import Sensitivity
from aim.model.people import EVERYTHING, Action, Actor, Reach, Role
from aim.model.places import PlaceKind
from aim.model.records import Coverage
from aim.model.times import next_month, read_month
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.workflows.memory import Memory
from aim.workflows.periods import latest_complete_month
from aim.workflows.searching import NEEDED

_KEPT_GRIDS, _KEPT_SHAPES = 4, 64
_COUNTED = ("incident_id", "occurred_from", "incident_type", "sensitivity")
# LLPG and AddressBase classes begin with these letters: residential, commercial.
_HOMES_AND_SHOPS = ("R", "C")


@dataclass(frozen=True, slots=True)
class FigureGrid:
    """Every number an audience may see.

    Attributes
    ----------
    released
        As `access.disclosure.release_grid` returns it.
    months
        Complete for every source, in order, written ``2026-04``.
    audience
        Who reads it.
    coverage
        What each source holds.
    """

    released: pd.DataFrame
    months: tuple[str, ...]
    audience: Audience
    coverage: tuple[Coverage, ...]


def figure_grid(store: Store, actor: Actor) -> FigureGrid:
    """Release the grid to an actor's audience, and remember what was released.

    Parameters
    ----------
    store
        Where the incidents and the earlier releases are.
    actor
        Who asks; which wards are theirs is chosen from the result.

    Returns
    -------
    FigureGrid
        Without months, and so without numbers, where no month is complete.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    require(actor, Action.VIEW_FIGURES)
    return grid_for(store, audience_of(actor))


def grid_for(store: Store, audience: Audience) -> FigureGrid:
    """Release the grid to an audience; who may look at it is the caller's to settle."""
    return _GRIDS.recall(store, audience, lambda: _release(store, audience))


def audience_of(actor: Actor) -> Audience:
    """Return the audience an actor belongs to: councillor, unless a role sees every ward.

    Examples
    --------
    >>> audience_of(Actor("c1", "council", frozenset({Role.COUNCILLOR}))).value
    'councillor'
    """
    every_ward = any(POLICY[role].figures is Figures.ALL for role in actor.roles)
    return Audience.SCRUTINY if every_ward else Audience.COUNCILLOR


def safe_hotspots_of(store: Store, actor: Actor, *, month: str, theme: str) -> SafeHotspots:
    """Return the hotspots of one complete month and theme in safe form, for all wards.

    Parameters
    ----------
    store
        Where the incidents, the addresses and the earlier releases are.
    actor
        Who asks.
    month
        One of the grid's months.
    theme
        Slug of a theme.

    Returns
    -------
    SafeHotspots
        Without shapes where nothing may be shown.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    require(actor, Action.VIEW_FIGURES)
    grid = figure_grid(store, actor)
    return _SHAPES.recall(
        store, (grid.audience, month, theme), lambda: _release_shapes(store, grid, month, theme)
    )


_GRIDS: Memory[FigureGrid] = Memory(_KEPT_GRIDS)
_SHAPES: Memory[SafeHotspots] = Memory(_KEPT_SHAPES)


def shared_reach(store: Store, *levels: Sensitivity) -> Reach:
    """Return what stands behind figures: everything but what an agreement keeps from readers."""
    newest = {saved.agreement.source: saved.agreement for saved in store.agreements(EVERYTHING)}
    latest = max((one.complete_to for one in store.coverage(EVERYTHING)), default=None)
    if latest is None:
        return EVERYTHING
    kept_back = {
        pair
        for role in (Role.COUNCILLOR, Role.SCRUTINY)
        for pair in withheld_from({role}, newest.values(), latest)
        if pair[1] == "*"
    }
    return Reach(sensitivities=frozenset(levels) if levels else None, withheld=frozenset(kept_back))


def _release(store: Store, audience: Audience) -> FigureGrid:
    reach, taxonomy = shared_reach(store), read_taxonomy()
    coverage = store.coverage(reach)
    wards = store.wards(reach)["ward_code"].tolist()
    # The lock is taken first: two releases at once would not fit each other.
    with store.transaction() as changes:
        counts = count_grid(store.incidents(IncidentFilter(), reach, columns=_COUNTED), taxonomy)
        released, remembered = release_grid(
            counts,
            wards=wards,
            months=_complete_months(coverage),
            taxonomy=taxonomy,
            audience=audience,
            earlier=store.releases(reach).bands,
            k=K,
        )
        changes.remember_bands(remembered)
    return FigureGrid(released, tuple(_complete_months(coverage)), audience, tuple(coverage))


def _complete_months(coverage: list[Coverage]) -> list[str]:
    latest = latest_complete_month(coverage)
    if latest is None:
        return []
    month = min(one.first_day for one in coverage).replace(day=1)
    found = []
    while month < latest.until:
        found.append(f"{month:%Y-%m}")
        month = next_month(month)
    return found


def _release_shapes(store: Store, grid: FigureGrid, month: str, theme: str) -> SafeHotspots:
    reach = shared_reach(store, Sensitivity.PUBLIC, Sensitivity.ROUTINE)
    first = read_month(month)
    taxonomy = read_taxonomy()
    # By leading theme, so that no incident stands behind two answers.
    types = [slug for slug in taxonomy.types if leading_theme(slug, taxonomy) == theme]
    wanted = read_filter(
        {"type": types, "since": first.isoformat(), "until": next_month(first).isoformat()}
    )
    placed = store.incidents(wanted, reach, columns=(*NEEDED, "sensitivity"), located_only=True)
    run = cluster_hotspots(placed, HotspotParameters(), wards=store.wards(reach))
    addresses, classed = _addresses(store)
    with store.transaction() as changes:
        found = safe_hotspots(
            placed[placed["incident_id"].isin(run.members["incident_id"])],
            addresses=addresses,
            classed=classed,
            known=_routine_by_ward(grid, month, theme),
            period=month,
            theme=theme,
            audience=grid.audience,
            earlier=store.releases(reach).squares,
        )
        changes.remember_squares(found.remembered)
    return found


def _addresses(store: Store) -> tuple[pd.DataFrame, bool]:
    """Return the addresses that count, and whether their class is known."""
    places = store.places(EVERYTHING)
    uprns = places[places["kind"] == PlaceKind.UPRN.value]
    classes = uprns["place_class"].fillna("").str.upper()
    if not (classes != "").any():
        return uprns, False
    return uprns[classes.str.startswith(_HOMES_AND_SHOPS)], True


def _routine_by_ward(grid: FigureGrid, month: str, theme: str) -> pd.Series:
    rows = grid.released
    chosen = rows[
        (rows["period"] == month)
        & (rows["theme"] == theme)
        & (rows["sensitivity"] == Sensitivity.ROUTINE.value)
    ]
    return chosen.set_index("ward_code")["low"]
