"""What may be told of the work in a ward to people who see figures only.

Told is what everybody in the partnership may know, in words that place nobody: never a restricted
action or place, none about sensitive reports, no place by name, no count. A title is free text: it
is shown inside the hub alone and only where it names no place; what leaves the hub says the kind
of response from its table, and texts that two people let out as results.
"""

import re
from dataclasses import dataclass

from aim.access import figure_wards_of, require
from aim.errors import NotAllowedError
from aim.model.actions import ActionPlan, ActionRecord, Stage
from aim.model.incidents import Sensitivity
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.tasks import TaskReach
from aim.model.times import LONDON, say_day
from aim.model.types import read_taxonomy, slug_of
from aim.store import Store
from aim.tasking import name_of_response, plain_outcome

# Nobody's account: what it may know is what nobody keeps from anybody.
_EVERYBODY = TaskReach(who="(everybody)", every=True)
AN_ACTION = "An action"
STAGE_WORDS = {
    Stage.UNDER_WAY: "Under way",
    Stage.AGREED: "Agreed, not begun yet",
    Stage.DONE: "Done; its effect is looked at later",
}
DOING_SAID = (
    "Told are the partnership's actions in this ward that everybody may know of, without their"
    " places. Whether an action was the reason for a change cannot be told from counts alone."
)
_ADDRESS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class DoingLine:
    """One action that is agreed, under way or done."""

    what: str
    agency: str
    stage: str
    since: str


@dataclass(frozen=True, slots=True)
class DidLine:
    """One result: what was done, and what came of it."""

    what: str
    came: str
    when: str
    number: int | None = None  # of a result two people let out


@dataclass(frozen=True, slots=True)
class WardDoings:
    """What is being done in a ward, and what came of what was done."""

    doing: tuple[DoingLine, ...] = ()
    did: tuple[DidLine, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to tell."""
        return bool(self.doing or self.did)


def ward_doings(
    store: Store, actor: Actor, code: str, *, to_keep: bool = False, public_only: bool = False
) -> WardDoings:
    """Return what is being done in a ward, and what came of it, in words safe to tell.

    Parameters
    ----------
    code
        Of the ward.
    to_keep
        For a file or a letter: no free text but what two people let out.
    public_only
        Nothing but that, as in a pre-election period.

    Raises
    ------
    NotAllowedError
        The actor may not see this ward's figures.
    """
    require(actor, Action.VIEW_FIGURES)
    own = figure_wards_of(actor)
    if own is not None and code not in own:
        raise NotAllowedError(f"{actor.id} may not view what is done in ward {code}.")
    released = _released(store, code)
    if public_only:
        return WardDoings(did=released)
    records = [
        one.what
        for one in store.tasks(ActionRecord, _EVERYBODY)
        if may_be_told(one.what.plan) and one.what.plan.site and code in one.what.plan.site.wards
    ]
    doing = [one for stage in STAGE_WORDS for one in records if one.stage is stage]
    reviewed = [one for one in records if one.stage is Stage.REVIEWED]
    return WardDoings(
        doing=tuple(_doing(one, to_keep=to_keep) for one in doing),
        did=(*released, *(_did(one, to_keep=to_keep) for one in reviewed)),
    )


def say_doings(doings: WardDoings) -> tuple[str, ...]:
    """Say in lines what is being done and what came of it.

    Examples
    --------
    >>> say_doings(WardDoings((DoingLine("Patrol", "council", "Under way", "4 May 2026"),)))
    ('Being done: Patrol, council: Under way, since 4 May 2026.',)
    """
    doing = [
        f"Being done: {', '.join(filter(None, (one.what, one.agency)))}: {one.stage}"
        f"{f', since {one.since}' if one.since else ''}."
        for one in doings.doing
    ]
    did = [f"You said, we did: {one.what}: {' '.join(one.came.split())}" for one in doings.did]
    return (*doing, *did)


def may_be_told(plan: ActionPlan) -> bool:
    """Tell whether people who see figures only may know that there is an action.

    Examples
    --------
    >>> may_be_told(ActionPlan("Mend the lights", types=("asb",)))
    True
    >>> may_be_told(ActionPlan("Mend the lights", readers=frozenset({"lead"})))
    False
    """
    if plan.is_restricted or (plan.site and plan.site.readers):
        return False
    text = f"{plan.title} {plan.details}"
    return not (_names_sensitive(text) or any(_is_sensitive(slug) for slug in plan.types))


def _names_sensitive(text: str) -> bool:
    """Tell whether a text has a word for sensitive reports, a sender's or one of the table."""
    taxonomy, plain = read_taxonomy(), f"-{slug_of(text)}-"
    return taxonomy.sensitive_words.search(text.casefold()) is not None or any(
        f"-{word}-" in plain for word, slug in taxonomy.type_by_word.items() if _is_sensitive(slug)
    )


def _is_sensitive(slug: str) -> bool:
    """Tell whether a type is sensitive, or every type of a theme."""
    taxonomy = read_taxonomy()
    levels = {taxonomy.types[one].sensitivity for one in taxonomy.opened(slug)}
    return levels == {Sensitivity.SENSITIVE}


def safe_title(plan: ActionPlan, *, to_keep: bool) -> str:
    """Return what an action may be called: its title, or only its kind.

    Examples
    --------
    >>> safe_title(ActionPlan("Joint walks"), to_keep=False)
    'Joint walks'
    >>> safe_title(ActionPlan("Joint walks"), to_keep=True)
    'An action'
    """
    named = plan.site.name.casefold() if plan.site else ""
    title = plan.title.casefold()
    places = bool(_ADDRESS.search(title)) or any(
        word in title for word in re.findall(r"[^\W\d_]{4,}", named)
    )
    if to_keep or places:
        return name_of_response(plan.response) if plan.response else AN_ACTION
    return plan.title


def _doing(record: ActionRecord, *, to_keep: bool) -> DoingLine:
    plan = record.plan
    return DoingLine(
        what=safe_title(plan, to_keep=to_keep),
        agency=plan.agency,
        stage=STAGE_WORDS[record.stage],
        since=say_day(plan.start) if plan.start else "",
    )


def _did(record: ActionRecord, *, to_keep: bool) -> DidLine:
    plan = record.plan
    return DidLine(
        what=safe_title(plan, to_keep=to_keep),
        came=plain_outcome(record.measured),
        when=say_day(plan.review) if plan.review else "",
    )


def _released(store: Store, code: str) -> tuple[DidLine, ...]:
    """Return the results of a ward that two people let out, the newest first."""
    results = [
        one for one in store.results(EVERYTHING) if one.is_approved and one.ward_code == code
    ]
    return tuple(
        DidLine(one.title, one.told, say_day(at.astimezone(LONDON).date()), one.number)
        for one in reversed(results)
        for at in (one.approved_at or one.drafted_at,)
    )
