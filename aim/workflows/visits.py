"""Visits to places: logged on a page, by a tap, by command, from a table or a GPS track."""

import contextlib
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime, timedelta
from pathlib import Path

import shapely

from aim.access import audit_entry, is_allowed, require, task_reach_of
from aim.errors import ActionStateError, AimError, ConflictError, NotAllowedError, ParameterError
from aim.feeds import MARGIN_M, VisitRow, read_track, read_visits, share_stays, write_visit_template
from aim.model.actions import Site
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent
from aim.model.times import LONDON, UTC, read_day
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import STOP_MINUTES, OfficeTable, read_office_table, read_powers
from aim.workflows.plans import check_accounts, clean, read_list, read_number
from aim.workflows.sites import KEPT, find_site, new_key, newest_sites, site_list

VISIT_WORDS = {
    "site": "Place",
    "day": "Day",
    "time": "Began at",
    "minutes": "Minutes there",
    "agency": "Agency",
    "done": "What was done",
    "powers": "Powers used",
    "readers": "Who may know of it",
}
UNDO_WITHIN = timedelta(minutes=1)
UNDONE = "Taken back at once"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of a table or the stays of a track.

    Attributes
    ----------
    added, known
        Visits kept now, and those that were there already.
    rejected
        File, row and why not.
    notes
        What is to be known about the file.
    visits
        All that the file holds, new or known.
    """

    added: int
    known: int
    rejected: tuple[tuple[str, int, str], ...] = ()
    notes: tuple[str, ...] = ()
    visits: tuple[Visit, ...] = ()

    def text(self) -> str:
        """Write it for a terminal."""
        head = f"{self.added} visits added, {self.known} known already"
        lines = [f"{head}, {len(self.rejected)} rows refused."]
        lines += [f"{file}, row {row}: {why}." for file, row, why in self.rejected]
        return "\n".join((*lines, *self.notes)) + "\n"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What holds for every row of a table."""

    agency: str
    now: datetime
    table: OfficeTable


def log_visit(
    store: Store,
    actor: Actor,
    words: Mapping[str, str],
    *,
    now: datetime,
    table: OfficeTable | None = None,
    key: Callable[[], str] = new_key,
    source: str = "page",
) -> Kept[Visit]:
    """Keep one visit.

    Parameters
    ----------
    words
        By the names of ``VISIT_WORDS``; ``site`` as ``find_site`` takes it. Without day and time
        the visit ended now; without minutes it took a quarter of an hour; without an agency it is
        the actor's. Contact details are masked.
    now
        This moment, UTC.
    table
        The partnership's table of powers; the shipped one if missing.

    Raises
    ------
    NotAllowedError
        The actor may not log visits, or not another agency's.
    NotFoundError
        There is no such place, or the actor may not know of it.
    ParameterError
        No place is chosen, it lies in the future, or a word cannot be read.
    """
    require(actor, Action.DO_TASKS)
    site = find_site(store, actor, words.get("site", ""))
    if site is None:
        raise ParameterError("A visit was to be kept; choose the place it was to.")
    read = _read_visit(store, actor, words, site, now)
    powers = read_powers(table or read_office_table(), words.get("powers", ""))
    visit = changed(read, powers=powers, source=source)
    return keep_visit(store, actor, visit, key=key, now=now)


def keep_visit(
    store: Store, actor: Actor, visit: Visit, *, now: datetime, key: Callable[[], str] = new_key
) -> Kept[Visit]:
    """Keep a visit that was read already.

    Raises
    ------
    NotAllowedError
        The actor may not log visits, or not another agency's.
    ParameterError
        It lies in the future.
    ConflictError
        A visit with that number is there already.
    """
    require(actor, Action.DO_TASKS)
    _check_own(actor, visit.agency)
    if visit.at > now:
        raise ParameterError(
            f"A visit was given that begins {visit.at.astimezone(LONDON):%Y-%m-%d %H:%M}, which is"
            " to come; log it when it is over."
        )
    logged = changed(visit, logged=now)
    with store.transaction() as change:
        kept = change.add_task(key(), logged, TaskEvent(EventKind.ADDED), actor=actor.id)
        change.record(
            audit_entry(
                actor,
                Action.DO_TASKS,
                visit=kept.key,
                minutes=visit.minutes,
                source=visit.source,
                restricted=visit.is_restricted or None,
            )
        )
    return kept


def take_back_visit(
    store: Store, actor: Actor, key: str, *, now: datetime, why: str = ""
) -> Kept[Visit]:
    """Let a visit count no more: at once without a word, later with a reason; it stays on record.

    Raises
    ------
    NotFoundError
        There is none, or the actor may not know of it.
    NotAllowedError
        It is another's, and the actor may not plan.
    ActionStateError
        It was taken back before, or more than a minute has passed and no reason is given.
    """
    require(actor, Action.DO_TASKS)
    kept = store.task(Visit, key, task_reach_of(actor))
    if kept.made_by != actor.id and not is_allowed(actor, Action.PLAN_TASKS):
        raise NotAllowedError(
            f"{actor.id} may not take back a visit that {kept.made_by} logged. Ask them."
        )
    if not kept.what.counts:
        raise ActionStateError("The visit was to be taken back; it was already.")
    told = clean(why, "told")
    if not told and not may_undo(kept, actor, now):
        raise ActionStateError(
            "The visit was to be taken back; more than a minute has passed, so say why."
        )
    visit = changed(kept.what, taken_back=told or UNDONE)
    event = TaskEvent(EventKind.CHANGED, told or UNDONE)
    with store.transaction() as change:
        found = change.change_task(key, visit, event, version=kept.version, actor=actor.id)
        change.record(audit_entry(actor, Action.DO_TASKS, visit=key, what="taken-back"))
    return found


def may_undo(kept: Kept[Visit], actor: Actor, now: datetime) -> bool:
    """Tell whether somebody logged a visit so lately that it may go without a word."""
    logged = kept.what.logged
    return kept.made_by == actor.id and logged is not None and now - logged <= UNDO_WITHIN


def visit_list(store: Store, actor: Actor) -> list[Kept[Visit]]:
    """Return the visits the actor may know of that count, newest first."""
    require(actor, Action.VIEW_TASKS)
    visits = [one for one in store.tasks(Visit, task_reach_of(actor)) if one.what.counts]
    return sorted(visits, key=lambda one: (one.what.at, one.key), reverse=True)


def import_visits(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    now: datetime,
    agency: str = "",
    dry_run: bool = False,
    table: OfficeTable | None = None,
) -> Imported:
    """Keep the visits of a table; the same table again adds nothing.

    Parameters
    ----------
    path
        As ``aim.feeds.read_visits`` takes it. A place is one of ``aim site list``, by its name or
        number, or a hotspot of the newest saved run.
    now
        This moment, UTC.
    agency
        Of rows that name none; the actor's own if missing.
    dry_run
        Say what would become of the rows, and keep nothing.

    Raises
    ------
    NotAllowedError
        The actor may not log visits.
    FeedFormatError
        The file is no table of visits.
    """
    require(actor, Action.DO_TASKS)
    asked = _Asked(clean(agency, "agency"), now, table or read_office_table())
    found = read_visits(path)
    places = _places_by_name(store, actor)
    told: list[tuple[str, int, str]] = list(found.rejected)
    visits: list[Visit] = []
    for row in found.rows:
        try:
            visits.append(_visit_of_row(actor, row, places, asked))
        except AimError as error:
            told.append((row.file, row.row, str(error).rstrip(".")))
    added, known = _keep_new(store, actor, visits, dry_run=dry_run)
    return Imported(added, known, tuple(sorted(told)), found.notes, tuple(visits))


def import_track(
    store: Store,
    actor: Actor,
    path: Path,
    *,
    now: datetime,
    agency: str = "",
    margin_m: float = MARGIN_M,
    dry_run: bool = False,
) -> Imported:
    """Keep as visits the stays of a GPS track at the places people work at.

    The track itself is kept nowhere. Places are the kept ones and the hotspots of the newest saved
    run, as far as the actor may know of them; a dwelling has no outline and is none.

    Parameters
    ----------
    path
        A GPX file.
    now
        This moment, UTC.
    margin_m
        Metres around a place's outline that count as inside.

    Raises
    ------
    NotAllowedError
        The actor may not log visits, or not that agency's.
    FeedFormatError
        The file is no track.
    ParameterError
        The margin is out of range, or the track lies in the future.
    """
    require(actor, Action.DO_TASKS)
    whose = clean(agency, "agency") or actor.agency
    _check_own(actor, whose)
    track = read_track(path)
    if track.at[-1] > now:
        raise ParameterError(
            f"{path.name} ends on {track.at[-1]:%Y-%m-%d %H:%M} UTC, which is to come; check the"
            " clock of the receiver."
        )
    sites = [site for site in _places_of(store, actor).values() if site.outline]
    shapes = [shapely.from_wkt(site.outline) for site in sites]
    visits = [
        Visit(whose, sites[at], stay.at, stay.minutes, source="track")
        for at, stay in share_stays(track, shapes, margin_m=margin_m)
    ]
    added, known = _keep_new(store, actor, visits, dry_run=dry_run)
    notes = (f"{margin_m:g} m around each place counted as inside.",)
    return Imported(added, known, notes=notes, visits=tuple(visits))


def visit_template(actor: Actor) -> bytes:
    """Return an empty table of visits to fill in."""
    require(actor, Action.VIEW_TASKS)
    return write_visit_template()


def _read_visit(
    store: Store, actor: Actor, words: Mapping[str, str], site: Site, now: datetime
) -> Visit:
    minutes = read_number(words.get("minutes", ""), "minutes")
    minutes = STOP_MINUTES if minutes is None else minutes
    readers = frozenset(read_list(words.get("readers", "")))
    check_accounts(store, readers - {actor.id})
    return Visit(
        agency=clean(words.get("agency", ""), "agency") or actor.agency,
        site=site,
        at=_read_start(words, now, minutes),
        minutes=minutes,
        done=clean(words.get("done", ""), "told"),
        readers=readers | {actor.id} if readers else readers,
    )


def _read_start(words: Mapping[str, str], now: datetime, minutes: int) -> datetime:
    """Return when a visit began: as written, or so long before now."""
    day, clock = words.get("day", "").strip(), words.get("time", "").strip()
    if not day and not clock:
        return now - timedelta(minutes=minutes)
    on = read_day(day, "day") if day else now.astimezone(LONDON).date()
    try:
        local = datetime.fromisoformat(f"{on.isoformat()}T{clock or '12:00'}")
    except ValueError as error:
        raise ParameterError(
            f"`time` is a time of the clock such as 21:30, found {clock!r}."
        ) from error
    return local.replace(tzinfo=LONDON).astimezone(UTC)


def _check_own(actor: Actor, agency: str) -> None:
    if agency != actor.agency and not is_allowed(actor, Action.PLAN_TASKS):
        raise NotAllowedError(
            f"{actor.id} may not log visits of {agency}; that is for its own people, analysts and"
            " coordinators."
        )


def _places_of(store: Store, actor: Actor) -> dict[str, Site]:
    """Return every place the actor may choose, by the word that forms have for it."""
    kept = {f"{KEPT}:{one.key}": one.what for one in site_list(store, actor)}
    return newest_sites(store, actor) | kept


def _places_by_name(store: Store, actor: Actor) -> dict[str, list[Site]]:
    named: dict[str, list[Site]] = {}
    for word, site in _places_of(store, actor).items():
        for name in {site.name.casefold(), word}:
            named.setdefault(name, []).append(site)
    return named


def _visit_of_row(
    actor: Actor, row: VisitRow, places: Mapping[str, list[Site]], asked: _Asked
) -> Visit:
    found = places.get(row.place.casefold(), [])
    if len(found) != 1:
        many = f"{len(found)} places are" if found else "No place is"
        raise ParameterError(
            f"{many} called {row.place!r}; name a kept place or a hotspot of the newest saved list"
        )
    whose = clean(row.agency, "agency") or asked.agency or actor.agency
    _check_own(actor, whose)
    if row.at > asked.now:
        raise ParameterError(f"{row.at:%Y-%m-%d} is to come")
    powers = read_powers(asked.table, row.powers)
    done = clean(row.done, "told")
    return Visit(whose, found[0], row.at, row.minutes, done, powers, source="file")


def _keep_new(
    store: Store, actor: Actor, visits: Iterable[Visit], *, dry_run: bool
) -> tuple[int, int]:
    """Keep the visits that are not there yet, all or none; equal ones of one file are several."""
    added, known, seen = 0, 0, dict[str, int]()
    with contextlib.suppress(_DryRunError), store.transaction() as change:
        for visit in visits:
            said = _said(visit)
            seen[said] = seen.get(said, 0) + 1
            key = _key_of(store, f"{said}|{seen[said]}")
            try:
                change.add_task(key, visit, TaskEvent(EventKind.ADDED), actor=actor.id)
            except ConflictError:
                known += 1
            else:
                added += 1
        change.record(audit_entry(actor, Action.DO_TASKS, visits=added, known=known))
        _leave_if(dry_run)
    return added, known


def _leave_if(dry_run: bool) -> None:  # noqa: FBT001 - the only thing it is asked
    if dry_run:
        raise _DryRunError


class _DryRunError(Exception):
    """Leaves a transaction without keeping anything."""


def _said(visit: Visit) -> str:
    moment = visit.at.astimezone(UTC).isoformat()
    return "|".join((visit.agency, visit.site.name, moment, str(visit.minutes), visit.done))


def _key_of(store: Store, said: str) -> str:
    """Return a number that the same visit has again and that nobody else can guess."""
    return hmac.new(store.key, said.encode("utf-8"), hashlib.sha256).hexdigest()[:10]
