"""The paper of a meeting: packs and decision logs, holding exactly what their maker may see."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date

import geopandas as gpd

from aim.access import audit_entry, reach_of, require, sees_statistics, task_reach_of
from aim.config import Settings
from aim.errors import AimError, ConfigError, NotFoundError
from aim.exports import pack_exporter_for, write_log, write_pack
from aim.model.actions import ActionRecord, Site, Stage
from aim.model.filters import IncidentFilter, read_filter
from aim.model.groups import Group, Meeting
from aim.model.handling import Stamp
from aim.model.hotspots import HotspotRun
from aim.model.packs import (
    DecisionLog,
    Look,
    Pack,
    PackAction,
    PackDecision,
    PackPlace,
    PackResult,
)
from aim.model.people import Action, Actor
from aim.model.tasks import Kept
from aim.model.times import say_day
from aim.store import Store
from aim.tasking import Colour, rate_action
from aim.workflows.actions import action_list
from aim.workflows.being_done import ranks_at, with_doing
from aim.workflows.groups import find_group, group_names
from aim.workflows.meetings import find_meeting, meeting_view, run_of
from aim.workflows.pack_pictures import draw_list, draw_place, ground_of
from aim.workflows.pages import hotspot_rows
from aim.workflows.past_words import warn_of_past
from aim.workflows.sites import ward_names
from aim.workflows.stamps import stamp_of
from aim.workflows.task_views import ActionCard, DecisionLine
from aim.workflows.views import ExportedFile, HotspotRow
from aim.workflows.words import say_filter, say_left_out, say_number, say_parameters

# More than these would make a book; those beyond stand in the list alone.
MOST_DRAWN = 12
_MOST_RESULTS = 12
_ORDER = (Colour.RED, Colour.AMBER, Colour.GREEN)
_IN_PACK = frozenset({Stage.DRAFT, Stage.AGREED, Stage.UNDER_WAY, Stage.DONE})
# What of the facts behind a row is its doubt, in plain words.
_DOUBTS = frozenset(
    {
        *("Change with its doubt", "More than chance?"),
        *("Does it stand firm?", "Limited by its points"),
    }
)
NEWEST = "newest"
NO_LIST = "There is no saved list of hotspots that you may see."
WORD = "docx"


def group_pack(store: Store, actor: Actor, key: str, settings: Settings, *, today: date) -> Pack:
    """Build the pack of a group: its places on the newest saved list, its actions and results.

    Parameters
    ----------
    key
        The group's number.
    today
        London day.

    Returns
    -------
    Pack
        Places of the list that lie in the group's wards, at its places or at those of its actions;
        the whole list where it has none of them.

    Raises
    ------
    NotAllowedError
        The actor may not take files away, or sees no groups.
    NotFoundError
        There is no such group, or the actor does not see it.
    """
    require(actor, Action.EXPORT)
    group = find_group(store, actor, key).what
    heads = store.runs(reach_of(actor))
    run = store.run(heads[-1].run_id, reach_of(actor)) if heads else None
    actions = [one for one in action_list(store, actor) if one.what.plan.group == key]
    shown = _ranks_of_group(store, actor, group, run, actions)
    pack = _pack(store, actor, settings, run, shown=shown, actions=actions, today=today)
    return replace(pack, title=f"{group.name}: pack of {say_day(today)}", lead=group.purpose)


def meeting_pack(store: Store, actor: Actor, key: str, settings: Settings, *, today: date) -> Pack:
    """Build the pack of a meeting: what was decided last, what is late, its list, all actions.

    Parameters
    ----------
    key
        The meeting's number.
    today
        London day.

    Raises
    ------
    NotAllowedError
        The actor may not take files away, or sees no meetings.
    NotFoundError
        There is no such meeting, or the actor does not see it.
    """
    require(actor, Action.EXPORT)
    meeting = find_meeting(store, actor, key).what
    view = meeting_view(store, actor, key, today=today)
    actions = [
        one
        for one in action_list(store, actor)
        if not meeting.group or one.what.plan.group == meeting.group
    ]
    run = run_of(store, actor, meeting)
    shown = {one.rank for one in view.places}
    pack = _pack(store, actor, settings, run, shown=shown, actions=actions, today=today)
    return replace(
        pack,
        title=f"Pack of the meeting of {view.line.day}",
        lead=_say_meeting(view.line.group, view.agencies),
        before=_decisions(view.before),
        before_day=view.before_day,
        hidden=_say_hidden(view.hidden),
    )


def export_pack(
    store: Store,
    actor: Actor,
    settings: Settings,
    *,
    group: str = "",
    meeting: str = "",
    file_format: str,
    today: date,
) -> ExportedFile:
    """Write a pack to a file; the record keeps its hash.

    Parameters
    ----------
    group, meeting
        The number of one of them; ``newest`` is the newest meeting the actor sees.
    file_format
        ``pdf``, ``docx``, ``xlsx`` or ``pptx``.
    today
        London day.

    Raises
    ------
    NotAllowedError, NotFoundError
        As for ``group_pack``.
    ExportError
        No pack is written in that format.
    """
    require(actor, Action.EXPORT)
    exporter = pack_exporter_for(file_format)
    if meeting:
        meeting = _key_of(store, actor, meeting)
        pack = meeting_pack(store, actor, meeting, settings, today=today)
    else:
        pack = group_pack(store, actor, group, settings, today=today)
    content = write_pack(pack, file_format)
    told = {"meeting": meeting} if meeting else {"group": group}
    _record(store, actor, "pack", content, format=file_format, rows=len(pack.places), **told)
    name = f"pack-{meeting or group}-{today.isoformat()}{exporter.suffix}"
    return ExportedFile(name, exporter.media_type, content)


def export_log(
    store: Store, actor: Actor, key: str, settings: Settings, *, today: date
) -> ExportedFile:
    """Write what a meeting decided as a Word file; the record keeps its hash.

    Parameters
    ----------
    key
        As ``export_pack`` takes a meeting.

    Raises
    ------
    NotAllowedError, NotFoundError
        As for ``meeting_pack``.
    """
    require(actor, Action.EXPORT)
    key = _key_of(store, actor, key)
    log = decision_log(store, actor, key, settings, today=today)
    content = write_log(log)
    rows = len(log.decisions)
    _record(store, actor, "decisions", content, format=WORD, rows=rows, meeting=key)
    exporter = pack_exporter_for(WORD)
    return ExportedFile(f"decisions-{key}{exporter.suffix}", exporter.media_type, content)


def decision_log(
    store: Store, actor: Actor, key: str, settings: Settings, *, today: date
) -> DecisionLog:
    """Build the log of a meeting's decisions.

    Parameters
    ----------
    key
        The meeting's number.
    today
        London day; the actions late on it are told.
    """
    meeting = find_meeting(store, actor, key).what
    view = meeting_view(store, actor, key, today=today)
    run = run_of(store, actor, meeting)
    facts = (
        ("Day", view.line.day),
        ("Who met", view.line.group or "The whole partnership"),
        ("Present", view.agencies),
        ("List", f"Run {view.line.run_id}: {view.run_said}" if view.run_said else ""),
    )
    return DecisionLog(
        title=f"Decisions of the meeting of {view.line.day}",
        lead=_say_hidden(view.hidden),
        stamp=_stamp(store, actor, run, settings, today),
        look=look_of(settings),
        facts=tuple((name, value) for name, value in facts if value),
        decisions=_decisions(view.decisions),
        undecided=tuple(f"{one.rank}. {one.place}" for one in view.places if one.decision is None),
        late=tuple(_late(one) for one in view.late),
    )


def look_of(settings: Settings) -> Look:
    """Return crest and colour as the settings have them.

    Raises
    ------
    ConfigError
        The crest cannot be read, or one of the two cannot be printed.
    """
    try:
        crest = settings.crest.read_bytes() if settings.crest else b""
        return Look(crest, settings.accent_colour)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"The crest {settings.crest} cannot be read: {reason}. Mend AIM_CREST."
        ) from error
    except AimError as error:
        raise ConfigError(f"{error} Mend AIM_CREST or AIM_ACCENT_COLOUR.") from error


def _key_of(store: Store, actor: Actor, word: str) -> str:
    """Return the number of a meeting, the newest for that word."""
    if word != NEWEST:
        return word
    require(actor, Action.VIEW_TASKS)
    held = store.tasks(Meeting, task_reach_of(actor))
    if not held:
        raise NotFoundError("The newest meeting was asked for; there is none: aim meeting add.")
    return max(held, key=lambda one: (one.what.day, one.made_at, one.key)).key


def _pack(
    store: Store,
    actor: Actor,
    settings: Settings,
    run: HotspotRun | None,
    *,
    shown: Collection[int],
    actions: Iterable[Kept[ActionRecord]],
    today: date,
) -> Pack:
    listed = list(actions)
    open_now = _actions(store, actor, listed, today)
    late = [one for one in open_now if one.rating == _say_colour(Colour.RED)]
    rows = _rows(store, actor, run, shown)
    reports = sum(one.incidents for one in rows)
    hotspots = run.hotspots if run else gpd.GeoDataFrame({"rank": []}, geometry=[])
    ground = ground_of(store)
    picture, alt = draw_list(ground, hotspots, [one.rank for one in rows])
    drawn = {one.rank: draw_place(ground, hotspots, one.rank) for one in rows[:MOST_DRAWN]}
    return Pack(
        title="",
        lead="",
        stamp=_stamp(store, actor, run, settings, today),
        look=look_of(settings),
        facts=(
            ("Places listed", f"{len(rows):,}"),
            ("Reports there", f"{reports:,}"),
            ("Actions open", f"{len(open_now):,}"),
            ("Of them late", f"{len(late):,}"),
        ),
        list_said=_say_list(store, run),
        picture=picture,
        alt=alt,
        places=tuple(_place(one, drawn.get(one.rank, ("", ""))) for one in rows),
        actions=tuple(open_now),
        late=tuple(late),
        results=_results(listed),
        notes=(*_notes(run, rows), *_say_restricted(store, actor)),
        made_with=_made_with(actor, run),
    )


# --- places --------------------------------------------------------------------------------------


def _rows(
    store: Store, actor: Actor, run: HotspotRun | None, shown: Collection[int]
) -> list[HotspotRow]:
    if run is None:
        return []
    rows = with_doing(store, actor, run, hotspot_rows(run, statistics=False))
    return [one for one in rows if one.rank in shown]


def _place(row: HotspotRow, drawn: tuple[str, str]) -> PackPlace:
    return PackPlace(
        rank=row.rank,
        place=row.place,
        wards=row.wards,
        reports=row.incidents,
        change=": ".join(filter(None, (row.change_word, row.change_counts))),
        past=row.past,
        doubt=" ".join(_sentence(words) for name, words in row.why if name in _DOUBTS),
        sources="; ".join(filter(None, (row.sources, row.corroborated))),
        being_done=row.being_done,
        hotspot_id=row.hotspot_id or "",
        picture=drawn[0],
        alt=drawn[1],
    )


def _sentence(words: str) -> str:
    begun = words[:1].upper() + words[1:]
    return begun if begun.endswith((".", "!", "?")) else f"{begun}."


def _ranks_of_group(
    store: Store,
    actor: Actor,
    group: Group,
    run: HotspotRun | None,
    actions: Iterable[Kept[ActionRecord]],
) -> set[int]:
    if run is None:
        return set()
    kept = store.tasks(Site, task_reach_of(actor))
    sites = [one.what for one in kept if one.key in group.sites]
    sites += [one.what.plan.site for one in actions if one.what.plan.site]
    if not group.wards and not any(one.outline for one in sites):
        return set(run.hotspots["rank"])
    return ranks_at(run, group.wards, sites)


# --- actions -------------------------------------------------------------------------------------


def _actions(
    store: Store, actor: Actor, actions: Iterable[Kept[ActionRecord]], today: date
) -> list[PackAction]:
    """Return the actions that are not over, the late first, each group by due day."""
    names = group_names(store, actor)
    told = [_action(one.what, names, today) for one in actions if one.what.stage in _IN_PACK]
    order = {_say_colour(colour): at for at, colour in enumerate(_ORDER)}
    return sorted(told, key=lambda one: order.get(one.rating, len(order)))


def _action(record: ActionRecord, names: Mapping[str, str], today: date) -> PackAction:
    plan, rating = record.plan, rate_action(record, today=today)
    return PackAction(
        title=plan.title,
        place=plan.site.name if plan.site else "",
        group=names.get(plan.group, ""),
        owner=plan.owner,
        agency=plan.agency,
        stage=str(record.stage),
        rating=_say_colour(rating.colour),
        standing=rating.words,
        due=plan.due,
        progress=record.progress,
        readers=", ".join(sorted(_readers(record))),
    )


def _readers(record: ActionRecord) -> frozenset[str]:
    plan = record.plan
    return plan.readers or (plan.site.readers if plan.site else frozenset())


def _say_colour(colour: Colour | None) -> str:
    return str(colour).capitalize() if colour else ""


def _late(card: ActionCard) -> PackAction:
    return PackAction(card.title, card.place, owner=card.owner, standing=card.standing)


def _results(actions: Iterable[Kept[ActionRecord]]) -> tuple[PackResult, ...]:
    """Return what the newest reviews found."""
    reviewed = [one for one in actions if one.what.stage is Stage.REVIEWED]
    newest = sorted(reviewed, key=lambda one: (one.changed_at, one.key), reverse=True)
    return tuple(
        PackResult(
            title=one.what.plan.title,
            place=one.what.plan.site.name if one.what.plan.site else "",
            result=one.what.result,
            measured=" ".join(one.what.measured),
            doubt=" ".join(one.what.doubts),
        )
        for one in newest[:_MOST_RESULTS]
    )


def _decisions(lines: Iterable[DecisionLine]) -> tuple[PackDecision, ...]:
    return tuple(PackDecision(one.place, one.said, one.reason, one.noted) for one in lines)


# --- words ---------------------------------------------------------------------------------------


def _say_meeting(group: str, agencies: str) -> str:
    present = f"; present: {agencies}" if agencies else ""
    return f"{group or 'The whole partnership'}{present}."


def _say_hidden(hidden: int) -> str:
    if not hidden:
        return ""
    be = "is" if hidden == 1 else "are"
    places = say_number(hidden, "place", "places")
    return f"{places} {be} in hand and unchanged beyond chance, and not listed."


def _say_restricted(store: Store, actor: Actor) -> tuple[str, ...]:
    """Warn who may know of restricted actions; they may stand in lists and results too."""
    held = sum(bool(_readers(one.what)) for one in action_list(store, actor))
    if not held:
        return ()
    told = say_number(held, "restricted action", "restricted actions")
    return (f"This pack may tell of {told}, for the people named alone. Do not hand it round.",)


def _say_list(store: Store, run: HotspotRun | None) -> str:
    if run is None:
        return NO_LIST
    return f"{say_filter(_asked(run), ward_names(store))}. {run.facts['compared']}"


def _notes(run: HotspotRun | None, rows: list[HotspotRow]) -> tuple[str, ...]:
    """Return what limits the list, each sentence once."""
    if run is None:
        return ()
    told = [*run.warnings, *say_left_out(run.facts["left_out"])]
    told += [words for one in rows for words in warn_of_past(run, one.rank)]
    if len(rows) > MOST_DRAWN:
        told.append(f"The first {MOST_DRAWN} of {len(rows)} places are drawn; all are listed.")
    return tuple(dict.fromkeys(told))


def _made_with(actor: Actor, run: HotspotRun | None) -> tuple[str, ...]:
    if run is None or not sees_statistics(actor):
        return ()
    facts = run.facts
    version = facts.get("data_version", "")
    return (
        f"How the list was made: {say_parameters(run)}.",
        *((f"Data version {version}.",) if version else ()),
    )


def _asked(run: HotspotRun) -> IncidentFilter:
    return read_filter(run.facts["filter"])


def _stamp(
    store: Store, actor: Actor, run: HotspotRun | None, settings: Settings, today: date
) -> Stamp:
    asked = _asked(run) if run else IncidentFilter()
    feeds = run.facts.get("feeds") if run else None
    return stamp_of(store, actor, asked, settings, made=today, feeds=feeds)


def _record(store: Store, actor: Actor, what: str, content: bytes, **told: object) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.EXPORT, list=what, **told, sha256=sha256))
