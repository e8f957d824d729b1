"""The tally of case reviews that the law has published: entered by hand, by year, numbers alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from aim.access import audit_entry, is_allowed, require, task_reach_of
from aim.analysis.indices import year_interval
from aim.config import Settings
from aim.errors import ConflictError, ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.handling import Stamp
from aim.model.indicators import CaseReviews
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept, TaskEvent, say_changed
from aim.store import Store
from aim.workflows.audit import count_view
from aim.workflows.files import hand_out
from aim.workflows.plans import changes_between, read_number
from aim.workflows.results import PUBLIC_MARKING
from aim.workflows.sites import new_key
from aim.workflows.tables import Column, TableView, table_view, whole
from aim.workflows.task_views import FormField
from aim.workflows.views import ExportedFile

TITLE = "Case reviews of anti-social behaviour"
CASE_WORDS = {
    "year": "Year",
    "applications": "Applications",
    "not_met": "Threshold not met",
    "reviews": "Reviews carried out",
    "recommendations": "Reviews that ended in recommendations",
}
_COLUMNS = (
    Column("year", CASE_WORDS["year"]),
    *(whole(label, name) for name, label in CASE_WORDS.items() if name != "year"),
)
LATER = "Some reviews or refusals may be of applications of the year before."


@dataclass(frozen=True, slots=True)
class CaseTallyView:
    """Everything on the page of the tally."""

    table: TableView
    notes: tuple[str, ...]
    form: tuple[FormField, ...]  # empty for those who may not keep it
    version: int


def keep_case_reviews(
    store: Store,
    actor: Actor,
    words: Mapping[str, str],
    *,
    year_starts: int = 4,
    version: int | None = None,
    key: Callable[[], str] = new_key,
) -> Kept[CaseReviews]:
    """Keep the tally of a year; a later one of the same year takes its place, the history stays.

    Parameters
    ----------
    words
        By the names of ``CASE_WORDS``.
    version
        The version of that year's tally the actor saw, 0 for none; None by somebody who was shown
        none.

    Raises
    ------
    NotAllowedError
        The actor may not keep it.
    ParameterError
        A number is absent or contradicts another, or the year is none.
    ConflictError
        Somebody kept that year's tally since.
    """
    require(actor, Action.KEEP_GROUPS)
    tally = _read(words, year_starts)
    kept = next((one for one in _all(store, actor) if one.what.year == tally.year), None)
    seen = kept.version if kept else 0
    if version is not None and version != seen:
        raise ConflictError(say_changed("tally", version, seen, kept.changed_by if kept else "?"))
    entry = {"year": tally.year.replace("/", "-"), "applications": tally.applications}
    with store.transaction() as change:
        if kept is None:
            event = TaskEvent(EventKind.ADDED)
            changed = change.add_task(key(), tally, event, actor=actor.id)
        else:
            event = TaskEvent(EventKind.CHANGED, changes=changes_between(kept.what, tally))
            changed = change.change_task(
                kept.key, tally, event, version=kept.version, actor=actor.id
            )
        change.record(audit_entry(actor, Action.KEEP_GROUPS, tally=changed.key, **entry))
    return changed


def case_tally_view(
    store: Store,
    actor: Actor,
    *,
    year: str = "",
    written: Mapping[str, str] | None = None,
) -> CaseTallyView:
    """Build the page of the tally.

    Parameters
    ----------
    year
        The year whose numbers stand in the form.
    written
        What somebody wrote and could not keep.
    """
    require(actor, Action.VIEW_TASKS)
    count_view(store, actor, "case-reviews")
    chosen = next((one for one in _all(store, actor) if one.what.year == year), None)
    rows = _rows(store, actor)
    return CaseTallyView(
        table=table_view(rows, TITLE, _COLUMNS),
        notes=_notes(rows),
        form=_form(chosen, written or {}) if is_allowed(actor, Action.KEEP_GROUPS) else (),
        version=chosen.version if chosen else 0,
    )


def case_tally_text(store: Store, actor: Actor) -> str:
    """Return the tally as a plain table."""
    require(actor, Action.VIEW_TASKS)
    rows = _rows(store, actor)
    if rows.empty:
        return "No year of case reviews has been kept yet.\n"
    return "\n".join((TITLE, *_notes(rows), "", text_table(rows.rename(columns=CASE_WORDS))))


def export_case_tally(
    store: Store, actor: Actor, settings: Settings, *, file_format: str, made: date
) -> ExportedFile:
    """Write the tally to a file made to be published: it names no reader, place or person."""
    require(actor, Action.VIEW_TASKS)
    rows = _rows(store, actor)
    years = [year_interval(year, settings.year_starts)[1] for year in rows["year"]]
    told = {"case reviews": max(years) - timedelta(days=1)} if years else {}
    stamp = Stamp(settings.partnership, PUBLIC_MARKING, (), told, made=made)
    listing = Listing(
        TITLE, rows.rename(columns=CASE_WORDS), stamp, notes=_notes(rows), name="case_reviews"
    )
    return hand_out(store, actor, listing, IncidentFilter(), "case-reviews", file_format)


def _all(store: Store, actor: Actor) -> list[Kept[CaseReviews]]:
    return store.tasks(CaseReviews, task_reach_of(actor))


def _rows(store: Store, actor: Actor) -> pd.DataFrame:
    found = sorted((one.what for one in _all(store, actor)), key=lambda one: one.year, reverse=True)
    lines = [{name: getattr(one, name) for name in CASE_WORDS} for one in found]
    return pd.DataFrame(lines, columns=list(CASE_WORDS))


def _notes(rows: pd.DataFrame) -> tuple[str, ...]:
    crossed = (rows["not_met"] + rows["reviews"] > rows["applications"]).any()
    return (LATER,) if crossed else ()


def _read(words: Mapping[str, str], year_starts: int) -> CaseReviews:
    numbers = {
        name: read_number(words.get(name, ""), name) for name in CASE_WORDS if name != "year"
    }
    missing = [CASE_WORDS[name] for name, number in numbers.items() if number is None]
    if missing:
        raise ParameterError(
            f"The case reviews of a year were given without {', '.join(missing)}; write 0 where"
            " there were none."
        )
    year = words.get("year", "").strip()
    year_interval(year, year_starts)
    return CaseReviews(year, **{name: number or 0 for name, number in numbers.items()})


def _form(chosen: Kept[CaseReviews] | None, written: Mapping[str, str]) -> tuple[FormField, ...]:
    def value(name: str) -> str:
        return written.get(name, str(getattr(chosen.what, name)) if chosen else "")

    fields = [
        FormField(name, label, "number", value(name), needed=True)
        for name, label in CASE_WORDS.items()
    ]
    hint = "Such as 2025/26."
    fields[0] = replace(fields[0], kind="text", hint=hint, longest=7)
    return tuple(fields)
