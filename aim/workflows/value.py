"""The value of the process: what became of the places found, and whether it was worth it.

Every figure says what it counts. The summed effect adds what was measured beside a place like each;
of actions that overlap in ground and months only the first counts, or incidents would count twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import shapely

from aim import __version__
from aim.access import reach_of, require, task_reach_of
from aim.analysis import DisplacementDifference
from aim.model.actions import FIXED_STAGES, ActionRecord, Origin, Site, Stage
from aim.model.groups import Choice, Meeting
from aim.model.people import Action, Actor
from aim.model.tasks import EventKind, Kept
from aim.model.times import LONDON, say_day
from aim.store import Store
from aim.tasking import find_gaps, months_after
from aim.workflows.actions import action_list, gaps_of
from aim.workflows.audit import count_view
from aim.workflows.effect import RING_M, Effect
from aim.workflows.memory import Memory
from aim.workflows.place_work import is_at
from aim.workflows.reviews import effect_of
from aim.workflows.words import say_number

_EFFECTS: Memory[Effect | None] = Memory(200)
_TO_MEASURE = frozenset({Stage.DONE, Stage.REVIEWED})
_Z_95 = 1.959964
JOINT_FROM = 2
PEAKED = ("was picked because it stood out", "The period before was a peak")


@dataclass(frozen=True, slots=True)
class ValueLine:
    """One figure: its name, what it is, and what it counts."""

    name: str
    said: str
    counts: str


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What one action did, as measured."""

    key: str
    title: str
    place: str
    against: str
    said: str
    left_out: str  # why it is not in the sum; empty where it is


@dataclass(frozen=True, slots=True)
class ValueView:
    """Everything on the page of the value of the process."""

    lines: tuple[ValueLine, ...]
    effects: tuple[EffectLine, ...]
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """One place of the register: when it was first found, and as it was found last."""

    first: date
    site: Site


@dataclass(frozen=True, slots=True)
class _Measured:
    """One action with its effect; ``overlaps`` names the action it would count twice with."""

    kept: Kept[ActionRecord]
    effect: Effect
    difference: DisplacementDifference
    overlaps: str = ""


def value_view(store: Store, actor: Actor, *, today: date) -> ValueView:
    """Build the page of the value of the process, from what the actor may see.

    Parameters
    ----------
    today
        London day.

    Raises
    ------
    NotAllowedError
        The actor sees no actions.
    """
    require(actor, Action.VIEW_TASKS)
    count_view(store, actor, "value")
    actions = [one for one in action_list(store, actor) if one.what.stage is not Stage.DROPPED]
    agreed = [one for one in actions if one.what.stage in FIXED_STAGES]
    found = _register(store, actor)
    measured = _measured(store, actor, agreed)
    return ValueView(
        lines=(
            *_place_lines(store, actor, found, agreed),
            _in_time(store, actor, agreed, today),
            _time_to_action(store, actor, found, agreed),
            _smart(store, actor, actions, today),
            _joint(agreed),
            _summed(measured),
        ),
        effects=tuple(_effect_line(one) for one in measured),
        warnings=_warnings(measured),
        facts=(
            ("Seen as", "what this account may see; restricted actions of others are not in it"),
            ("On", say_day(today)),
            ("Data version", str(store.data_version())),
            ("Program version", __version__),
            ("Interval", "95 %, errors of the actions taken as independent"),
        ),
    )


def value_text(store: Store, actor: Actor, *, today: date) -> str:
    """Return the value of the process as lines."""
    view = value_view(store, actor, today=today)
    lines = [f"{one.name}: {one.said} ({one.counts})" for one in view.lines]
    lines += [
        f"  {one.title}, {one.place}: {one.said}{f' [{one.left_out}]' if one.left_out else ''}"
        for one in view.effects
    ]
    lines += [f"Beware: {words}" for words in view.warnings]
    lines += [f"{label}: {text}" for label, text in view.facts]
    return "\n".join(lines) + "\n"


def _register(store: Store, actor: Actor) -> dict[str, _Found]:
    """Return the places of the saved runs by lasting number."""
    reach, found = reach_of(actor), dict[str, _Found]()
    for head in store.runs(reach):
        day = head.made_at.astimezone(LONDON).date()
        hotspots = store.run(head.run_id, reach).hotspots
        for key, name, shape in zip(
            hotspots["hotspot_id"], hotspots["name"], hotspots.geometry, strict=True
        ):
            first = found[str(key)].first if str(key) in found else day
            site = Site(str(name), Origin.FOUND, str(key), outline=shapely.to_wkt(shape))
            found[str(key)] = _Found(first, site)
    return found


def _place_lines(
    store: Store, actor: Actor, found: dict[str, _Found], agreed: Sequence[Kept[ActionRecord]]
) -> tuple[ValueLine, ValueLine]:
    taken = {
        decision.hotspot_id
        for meeting in store.tasks(Meeting, task_reach_of(actor))
        for decision in meeting.what.decisions
        if decision.choice is Choice.TAKE_UP
    }
    acted = {key for key, one in found.items() if _first_agreed(one.site, agreed)}
    up = len((taken | acted) & set(found))
    return (
        ValueLine("Places found", f"{len(found):,}", "different places of all saved runs"),
        ValueLine(
            "Places taken up",
            _share(up, len(found)),
            "places a meeting took up, or that have an agreed action",
        ),
    )


def _first_agreed(site: Site, agreed: Sequence[Kept[ActionRecord]]) -> list[Kept[ActionRecord]]:
    return [one for one in agreed if one.what.plan.site and is_at(one.what.plan.site, site)]


def _moved_on(store: Store, actor: Actor, kept: Kept[ActionRecord], to: Stage) -> date | None:
    """Return the London day an action last came to a stage."""
    days = [
        event.at.astimezone(LONDON).date()
        for event in store.task_history(ActionRecord, kept.key, task_reach_of(actor))
        if event.kind is EventKind.MOVED
        and event.at
        and event.changes
        and event.changes[-1][2] == to
    ]
    return days[-1] if days else None


def _in_time(
    store: Store, actor: Actor, agreed: Sequence[Kept[ActionRecord]], today: date
) -> ValueLine:
    done = {one.key: _moved_on(store, actor, one, Stage.DONE) for one in agreed}
    due = [
        one
        for one in agreed
        if one.what.plan.due and (done[one.key] is not None or one.what.plan.due < today)
    ]
    on_time = [one for one in due if (done[one.key] or date.max) <= (one.what.plan.due or date.min)]
    return ValueLine(
        "Acted on in time",
        _share(len(on_time), len(due)),
        "agreed actions that are done or were due, and were done by their day",
    )


def _time_to_action(
    store: Store, actor: Actor, found: dict[str, _Found], agreed: Sequence[Kept[ActionRecord]]
) -> ValueLine:
    days = []
    for one in found.values():
        moved = [
            _moved_on(store, actor, kept, Stage.AGREED) for kept in _first_agreed(one.site, agreed)
        ]
        later = [day for day in moved if day is not None and day >= one.first]
        days += [(min(later) - one.first).days] if later else []
    counted = "from the run that first found a place to its first agreed action; " + say_number(
        len(days), "place", "places"
    )
    if not days:
        return ValueLine("From found to agreed", "Nothing to say yet", counted)
    return ValueLine("From found to agreed", _say_waited(days), counted)


def _say_waited(days: Sequence[int]) -> str:
    """Say how long the middle half waited; where all waited alike, that alone."""
    low, middle, high = (round(float(one)) for one in np.percentile(days, [25, 50, 75]))
    if low == high:
        return say_number(middle, "day", "days")
    return f"half took {low:,} to {high:,} days, {middle:,} in the middle"


def _smart(
    store: Store, actor: Actor, actions: Sequence[Kept[ActionRecord]], today: date
) -> ValueLine:
    smart = sum(_is_smart(store, actor, one, today) for one in actions)
    return ValueLine(
        "SMART actions",
        _share(smart, len(actions)),
        "actions that were not dropped, drafts too, and lack nothing of the check",
    )


def _is_smart(store: Store, actor: Actor, kept: Kept[ActionRecord], today: date) -> bool:
    record = kept.what
    if record.stage not in FIXED_STAGES:
        return not gaps_of(store, actor, record.plan, today=today)
    # A due day that was to come when it was agreed is no gap now that it has passed.
    on = _moved_on(store, actor, kept, Stage.AGREED) or kept.made_at.astimezone(LONDON).date()
    return not find_gaps(record.plan, record.baseline, today=on)


def _joint(agreed: Sequence[Kept[ActionRecord]]) -> ValueLine:
    joint = sum(
        len({one.what.plan.agency, *one.what.plan.partners} - {""}) >= JOINT_FROM for one in agreed
    )
    return ValueLine(
        "Joint actions", _share(joint, len(agreed)), "agreed actions of two agencies or more"
    )


def _measured(store: Store, actor: Actor, agreed: Sequence[Kept[ActionRecord]]) -> list[_Measured]:
    """Return the actions whose effect could be measured, oldest first, overlaps marked."""
    reach, found = reach_of(actor), list[_Measured]()
    done = [one for one in agreed if one.what.stage in _TO_MEASURE and one.what.plan.start]
    for kept in sorted(done, key=lambda one: (one.what.plan.start or date.max, one.key)):
        effect = _EFFECTS.recall(
            store,
            (reach, kept.key, kept.version),
            lambda kept=kept: effect_of(store, actor, kept.what),  # type: ignore[misc]  # bound now
        )
        if effect is None or effect.assessment is None:
            continue
        earlier = [one for one in found if not one.overlaps and _overlap(one.kept, kept)]
        overlaps = earlier[0].kept.what.plan.title if earlier else ""
        found.append(_Measured(kept, effect, effect.assessment.difference, overlaps))
    return found


def _overlap(one: Kept[ActionRecord], other: Kept[ActionRecord]) -> bool:
    """Tell whether two actions share months after them and ground, their rings included."""
    periods = sorted(
        months_after(each.what.plan.start, each.what.plan.months)
        for each in (one, other)
        if each.what.plan.start
    )
    if any(later[0] >= earlier[1] for earlier, later in pairwise(periods)):
        return False
    sites = [each.what.plan.site for each in (one, other)]
    shapes = [
        shapely.buffer(shapely.from_wkt(site.outline), RING_M)
        for site in sites
        if site and site.outline
    ]
    if len(shapes) == len(sites):
        return bool(shapes[0].intersects(shapes[1]))
    wards = [set(site.wards) for site in sites if site]
    return bool(wards[0] & wards[1])


def _summed(measured: Sequence[_Measured]) -> ValueLine:
    apart = [one for one in measured if not one.overlaps]
    counted = (
        f"incidents of {say_number(len(apart), 'action', 'actions')} done and measured beside a"
        " place like theirs, surroundings included"
    )
    if not apart:
        return ValueLine("Summed effect", "Nothing measured yet", counted)
    total = sum(one.difference.estimate for one in apart)
    error = float(np.sqrt(sum(one.difference.standard_error**2 for one in apart)))
    return ValueLine("Summed effect", say_effect(total, error), counted)


def say_effect(estimate: float, standard_error: float) -> str:
    """Say a sum of differences with its interval; one that holds nought says nothing for sure.

    Examples
    --------
    >>> say_effect(-18.0, 5.0)
    'about 18 incidents fewer than places like them (8 to 28 fewer)'
    >>> say_effect(-3.0, 5.0)
    'no clear effect: about 3 incidents fewer (between 13 fewer and 7 more)'
    """
    low, high = estimate - _Z_95 * standard_error, estimate + _Z_95 * standard_error
    word = "fewer" if estimate < 0 else "more"
    about = f"about {abs(estimate):.0f} incidents {word}"
    if low <= 0 <= high:
        return f"no clear effect: {about} (between {abs(low):.0f} fewer and {high:.0f} more)"
    near, far = sorted((abs(low), abs(high)))
    return f"{about} than places like them ({near:.0f} to {far:.0f} {word})"


def _effect_line(one: _Measured) -> EffectLine:
    plan = one.kept.what.plan
    return EffectLine(
        key=one.kept.key,
        title=plan.title,
        place=plan.site.name if plan.site else "",
        against=one.effect.against,
        said=say_effect(one.difference.estimate, one.difference.standard_error),
        left_out=f"not in the sum: overlaps with {one.overlaps}" if one.overlaps else "",
    )


def _warnings(measured: Sequence[_Measured]) -> tuple[str, ...]:
    apart = [one for one in measured if not one.overlaps]
    twice = len(measured) - len(apart)
    peaked = sum(_was_peaked(one.effect) for one in apart)
    against = [one.effect.against for one in apart]
    shared = len(against) - len(set(against))
    told = (
        (twice, "Not in the sum, for it would count twice with one before it"),
        (peaked, "At a place picked at its peak, where some of a fall would have come by itself"),
        (shared, "Compared with the same place as another, so that the interval is too narrow"),
    )
    return tuple(
        f"{words}: {say_number(count, 'action', 'actions')}." for count, words in told if count
    )


def _was_peaked(effect: Effect) -> bool:
    return any(phrase in words for words in effect.warnings for phrase in PEAKED)


def _share(part: int, whole: int) -> str:
    if not whole:
        return "Nothing to count yet"
    return f"{part:,} of {whole:,} ({part / whole:.0%})"
