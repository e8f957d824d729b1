"""Places people work at: found in a saved run, designated with an outline, or raised by people."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import shapely

from aim.access import audit_entry, reach_of, require, task_reach_of
from aim.errors import NotFoundError, ParameterError
from aim.model.actions import Origin, Site
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, word_of
from aim.store import Store
from aim.workflows.filters import find_ward
from aim.workflows.outlines import (
    check_outline,
    read_corners,
    read_outline_bytes,
    read_outline_file,
)
from aim.workflows.plans import check_accounts, clean, read_list, read_optional_day
from aim.workflows.views import Choice

FOUND, KEPT = "hotspot", "place"


def new_key() -> str:
    """Return a number nobody can guess; gaps between numbers would tell of hidden records."""
    return secrets.token_hex(5)


def add_site(
    store: Store,
    actor: Actor,
    words: Mapping[str, str],
    *,
    outline: Path | None = None,
    sent: tuple[str, bytes] | None = None,
    key: Callable[[], str] = new_key,
) -> Kept[Site]:
    """Keep a place that somebody designated or raised.

    Parameters
    ----------
    words
        ``name``, ``wards`` (codes or names; those of the outline if empty), ``owner``,
        ``purpose``, ``since``, ``until``, ``readers`` (accounts; the place is restricted to them),
        ``corners`` (as ``read_corners`` takes them) and ``origin``: a place with an outline is a
        designated one, and one without is raised by people, unless it says otherwise.
    outline
        A boundary file: its areas together are the place.
    sent
        The same, as somebody sent it: what they call it, and its bytes.

    Raises
    ------
    NotAllowedError
        The actor may not keep places.
    AreaError, ParameterError
        The file holds no area, a designated place lacks owner, purpose or first day, or a word
        cannot be read.
    """
    require(actor, Action.KEEP_GROUPS)
    readers = frozenset(read_list(words.get("readers", "")))
    check_accounts(store, readers - {actor.id})
    shape = _read_outline(words, outline, sent)
    inside = () if shape is None else check_outline(store, shape)
    named = tuple(find_ward(store, one) for one in read_list(words.get("wards", "")))
    given = Origin.RAISED if shape is None else Origin.DESIGNATED
    site = Site(
        name=clean(words.get("name", ""), "name"),
        origin=word_of(Origin, words.get("origin") or given, "origin"),
        wards=named or inside,
        outline="" if shape is None else outline_of(shape),
        owner=clean(words.get("owner", ""), "owner"),
        purpose=clean(words.get("purpose", ""), "purpose"),
        since=read_optional_day(words.get("since", ""), "since"),
        until=read_optional_day(words.get("until", ""), "until"),
        readers=readers | {actor.id} if readers else readers,
    )
    _check_site(site)
    with store.transaction() as change:
        kept = change.add_task(key(), site, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(
            audit_entry(actor, Action.KEEP_GROUPS, place=kept.key, origin=site.origin.name)
        )
    return kept


def _read_outline(
    words: Mapping[str, str], outline: Path | None, sent: tuple[str, bytes] | None
) -> shapely.Geometry | None:
    if outline:
        return read_outline_file(outline)
    if sent:
        return read_outline_bytes(*sent)
    return read_corners(words["corners"]) if words.get("corners", "").strip() else None


def site_list(store: Store, actor: Actor) -> list[Kept[Site]]:
    """Return the designated and raised places the actor may know of, by name."""
    require(actor, Action.VIEW_TASKS)
    return sorted(store.tasks(Site, task_reach_of(actor)), key=lambda one: (one.what.name, one.key))


def find_site(store: Store, actor: Actor, word: str) -> Site | None:
    """Return the place somebody chose, frozen as it is now; None where nothing is chosen.

    Parameters
    ----------
    word
        ``hotspot:`` with the lasting number of a found one, or ``place:`` with a kept one's.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    ParameterError
        The word is neither.
    """
    kind, _, key = word.strip().partition(":")
    if not kind:
        return None
    if kind == FOUND:
        return site_of_hotspot(store, actor, key)
    if kind != KEPT:
        raise ParameterError(
            f"A place is written {FOUND}:NUMBER or {KEPT}:NUMBER, found {word!r}; see aim site"
            " list."
        )
    return store.task(Site, key, task_reach_of(actor)).what


def site_of_hotspot(store: Store, actor: Actor, hotspot_id: str) -> Site:
    """Return a saved hotspot as a place, as it was last found.

    Raises
    ------
    NotFoundError
        No saved run the actor may read holds it.
    """
    reach = reach_of(actor)
    history = store.hotspot_history(hotspot_id, reach)
    if history.empty:
        raise NotFoundError(
            f"No saved run holds hotspot {hotspot_id!r}; save one: aim hotspots --save."
        )
    run_id = str(history["run_id"].iloc[-1])
    hotspots = store.run(run_id, reach).hotspots
    return _site_of(hotspots.iloc[list(hotspots["hotspot_id"]).index(hotspot_id)], run_id)


def newest_sites(store: Store, actor: Actor) -> dict[str, Site]:
    """Return the newest saved run's hotspots as places, by the word ``find_site`` takes."""
    runs = store.runs(reach_of(actor))
    if not runs:
        return {}
    hotspots = store.run(runs[-1].run_id, reach_of(actor)).hotspots
    found = (_site_of(row, runs[-1].run_id) for _, row in hotspots.iterrows())
    return {f"{FOUND}:{site.hotspot_id}": site for site in found}


def _site_of(row: Any, run_id: str) -> Site:
    return Site(
        name=str(row["name"]),
        origin=Origin.FOUND,
        hotspot_id=str(row["hotspot_id"]),
        run_id=run_id,
        wards=tuple(str(row["wards"]).split()),
        outline=outline_of(row["geometry"]),
    )


def site_choices(store: Store, actor: Actor, chosen: Site | None = None) -> tuple[Choice, ...]:
    """Return the places an action may be set at: the newest saved run's, then the kept ones."""
    runs = store.runs(reach_of(actor))
    found = []
    if runs:
        hotspots = store.run(runs[-1].run_id, reach_of(actor)).hotspots
        found = [
            Choice(f"{FOUND}:{key}", f"{rank}. {name}", _is_hotspot(chosen, str(key)))
            for key, rank, name in zip(
                hotspots["hotspot_id"], hotspots["rank"], hotspots["name"], strict=True
            )
        ]
    kept = [
        Choice(f"{KEPT}:{one.key}", f"{one.what.name} ({one.what.origin})", one.what == chosen)
        for one in site_list(store, actor)
    ]
    return (*found, *kept)


Found = list[tuple[str, shapely.Geometry]]


def newest_found(store: Store, actor: Actor) -> Found:
    """Return name and outline of the newest saved run's hotspots; none to who sees no runs."""
    runs = store.runs(reach_of(actor))
    if not runs:
        return []
    hotspots = store.run(runs[-1].run_id, reach_of(actor)).hotspots
    return list(zip(hotspots["name"].astype(str), hotspots["geometry"], strict=True))


def say_found_at(site: Site, found: Found) -> str:
    """Name the hotspots that lie in a place or reach into it; nothing where none is known.

    Examples
    --------
    >>> far = [("Mill Lane", shapely.Point(9, 9))]
    >>> say_found_at(Site("Order area", "designated", outline="POINT (0 0)"), far)
    'none'
    """
    if not site.outline or not found:
        return ""
    shape = shapely.from_wkt(site.outline)
    return ", ".join(name for name, other in found if shape.intersects(other)) or "none"


def say_apart(sites: Iterable[Site], found: Found) -> str:
    """Say how many hotspots lie wholly outside every designated place; nothing without both."""
    shapes = [shapely.from_wkt(one.outline) for one in sites if one.origin is Origin.DESIGNATED]
    if not shapes or not found:
        return ""
    apart = [name for name, other in found if not any(one.intersects(other) for one in shapes)]
    return f"{len(apart)} of {len(found)} hotspots of the newest run lie in no designated place."


def outline_of(shape: shapely.Geometry) -> str:
    """Write a shape as WKT to the decimetre."""
    return str(shapely.to_wkt(shape, rounding_precision=1))


def ward_names(store: Store) -> dict[str, str]:
    """Return the names of the current wards by code; they are public."""
    wards = store.wards(EVERYTHING)
    return dict(zip(wards["ward_code"], wards["ward_name"], strict=True))


def _is_hotspot(chosen: Site | None, hotspot_id: str) -> bool:
    return chosen is not None and chosen.hotspot_id == hotspot_id


def _check_site(site: Site) -> None:
    if site.origin is Origin.FOUND:
        raise ParameterError(
            f"{site.name!r} was to be kept as a found place; those come from saved runs. Keep it"
            f" as {Origin.DESIGNATED} or as {Origin.RAISED}."
        )
    if site.origin is not Origin.DESIGNATED:
        return
    missing = [name for name in ("owner", "purpose", "since") if not getattr(site, name)]
    missing += [] if site.outline else ["outline"]
    if missing:
        raise ParameterError(
            f"{site.name!r} was to be designated; found no {' and no '.join(missing)}. Say whose"
            " it is, what for, from which day, and where."
        )
