"""The plain forms of actions, groups and places: which fields, with what in them."""

from collections.abc import Mapping

from aim.access import task_reach_of
from aim.model.actions import LONGEST_PERIOD, ActionPlan, ActionRecord, Origin, Site
from aim.model.groups import Group
from aim.model.people import EVERYTHING, Actor
from aim.model.types import read_taxonomy
from aim.store import Store
from aim.tasking import read_responses
from aim.workflows.groups import GROUP_WORDS, group_names
from aim.workflows.plans import LONGEST_TEXT, PLAN_WORDS
from aim.workflows.sites import site_choices
from aim.workflows.task_views import FormField
from aim.workflows.views import Choice

_HINTS = {
    "details": "Name no person and no address; contact details are masked.",
    "partners": "Agencies, with commas between.",
    "months": f"Whole months, 1 to {LONGEST_PERIOD}: as many are counted before and after.",
    "target": "Reports in as many months, at most.",
    "plausibility": "What makes it likely to work here: evidence, or what worked elsewhere.",
    "funding": "The budget or fund.",
    "owner": "An account.",
    "resource": "People, hours, things.",
    "cost": "Whole pounds; 0 where it costs nothing.",
    "priority": "The priority of the partnership it serves.",
    "case_reference": "The number a case system gave it. Never a person's name.",
    "readers": "Accounts, with commas between: nobody else will know of it. Empty for everybody.",
}
_GROUP_HINTS = {
    "chair": "An account.",
    "partners": "Agencies, with commas between.",
    "members": "Accounts, with commas between; they see what the group does.",
    "wards": "Names or codes, with commas between.",
    "reviews": "Days such as 2026-09-07, with commas between.",
}
SITE_WORDS = {
    "name": "What it is called",
    "origin": "How it came",
    "owner": "Whose it is",
    "purpose": "What it is for",
    "since": "Holds from",
    "until": "Holds until, that day out",
    "wards": "Wards",
    "readers": "Who may know of it",
    "corners": "Corners of the place",
}
_SITE_HINTS = {
    "name": "A street, a park, a building. Name no person.",
    "origin": "One with an outline is designated, such as the area of an order; one without is"
    " raised by people.",
    "owner": "Of a designated one: who designated it.",
    "wards": "With commas between; those of the outline if empty.",
    "readers": "Accounts, with commas between: nobody else will know of it. Empty for everybody.",
    "corners": "Where no file is at hand: west,south,east,north in degrees on one line, or three"
    " corners and more, one a line, as easting and northing or longitude and latitude.",
}
_DAYS = frozenset({"start", "due", "review", "finish", "since", "until"})
_NUMBERS = frozenset({"months", "target", "cost"})
_LONG = frozenset({"details", "purpose", "plausibility", "corners"})
_CHOSEN = frozenset({"site", "types", "group", "response", "origin"})


def plan_values(plan: ActionPlan) -> dict[str, str]:
    """Return each field of a plan as a form holds it.

    Examples
    --------
    >>> plan_values(ActionPlan("Mend", partners=("fire", "police")))["partners"]
    'fire, police'
    """
    return {name: "" if name == "site" else as_typed(getattr(plan, name)) for name in PLAN_WORDS}


def plan_form(
    store: Store,
    actor: Actor,
    *,
    plan: ActionPlan | None = None,
    written: Mapping[str, str] | None = None,
) -> tuple[FormField, ...]:
    """Return the form of an action.

    Parameters
    ----------
    plan
        What it holds; nothing for a new one.
    written
        What somebody wrote, in place of what the plan says.
    """
    values = {**(plan_values(plan) if plan else {"months": "3"}), **(written or {})}
    people, agencies = known_names(store, actor)
    offered = {"owner": people, "agency": agencies}
    choices = {
        "site": _site_field(store, actor, plan.site if plan else None, values.get("site", "")),
        "types": _type_field(values.get("types", "")),
        "response": (
            Choice("", "Not chosen yet"),
            *(
                Choice(key, one.name, key == values.get("response"))
                for key, one in read_responses().items()
            ),
        ),
        "group": (
            Choice("", "None"),
            *(
                Choice(key, name, key == values.get("group"))
                for key, name in group_names(store, actor).items()
            ),
        ),
    }
    return tuple(
        FormField(
            name=name,
            label=label,
            kind=_kind_of(name),
            value=values.get(name, ""),
            hint=_HINTS.get(name, ""),
            choices=choices.get(name, ()),
            needed=name == "title",
            longest=LONGEST_TEXT if name in _LONG else 200,
            offered=offered.get(name, ()),
        )
        for name, label in PLAN_WORDS.items()
    )


def known_names(store: Store, actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the accounts and the agencies named in actions and groups the actor may know of.

    Nobody is offered a name that stands in nothing they may read.
    """
    groups = [one.what for one in store.tasks(Group, task_reach_of(actor))]
    plans = [one.what.plan for one in store.tasks(ActionRecord, task_reach_of(actor))]
    people = {actor.id, *(one.owner for one in plans)}.union(*(one.everybody for one in groups))
    agencies = {actor.agency, *(one.agency for one in plans)}
    agencies |= {one.lead_agency for one in groups}
    partners = [one.partners for one in plans] + [one.partners for one in groups]
    agencies = agencies.union(*partners)
    return tuple(sorted(people - {""})), tuple(sorted(agencies - {""}))


def group_form(
    store: Store,
    actor: Actor,
    group: Group | None = None,
    *,
    written: Mapping[str, str] | None = None,
) -> tuple[FormField, ...]:
    """Return the form of a group, with what somebody wrote in place of what it says."""
    own = written or {}
    people, agencies = known_names(store, actor)
    offered = {"chair": people, "lead_agency": agencies}
    return tuple(
        FormField(
            name=name,
            label=label,
            kind=_kind_of(name),
            value=own.get(name, "" if group is None else as_typed(getattr(group, name))),
            hint=_GROUP_HINTS.get(name, ""),
            needed=name in {"name", "purpose"},
            longest=LONGEST_TEXT if name in _LONG else 200,
            offered=offered.get(name, ()),
        )
        for name, label in GROUP_WORDS.items()
    )


def site_form(store: Store, written: Mapping[str, str]) -> tuple[FormField, ...]:
    """Return the form of a place that is designated or raised, with what somebody wrote.

    The file of an outline is asked for beside it: a file cannot come back with the form.
    """
    chosen = written.get("origin", "")
    choices = (
        Choice("", "As its outline says"),
        Choice(Origin.DESIGNATED, "Designated"),
        Choice(Origin.RAISED, "Raised by people"),
    )
    wards = ", ".join(sorted(store.wards(EVERYTHING)["ward_name"])[:2])
    hints = {**_SITE_HINTS, "wards": f"{_SITE_HINTS['wards']} Such as {wards}." if wards else ""}
    return tuple(
        FormField(
            name=name,
            label=label,
            kind=_kind_of(name),
            value=written.get(name, ""),
            hint=hints.get(name, ""),
            choices=tuple(Choice(one.value, one.label, one.value == chosen) for one in choices)
            if name == "origin"
            else (),
            needed=name == "name",
            longest=LONGEST_TEXT if name in _LONG else 200,
        )
        for name, label in SITE_WORDS.items()
    )


def update_form(progress: int) -> tuple[FormField, ...]:
    """Return the form that tells how far an action is."""
    return (
        FormField("progress", "How much is done, per cent", "number", str(progress), longest=3),
        FormField("told", "What was done", "textarea", longest=LONGEST_TEXT),
    )


def _kind_of(name: str) -> str:
    if name in _CHOSEN:
        return "select"
    if name in _LONG:
        return "textarea"
    return "date" if name in _DAYS else "number" if name in _NUMBERS else "text"


def _site_field(
    store: Store, actor: Actor, chosen: Site | None, written: str
) -> tuple[Choice, ...]:
    """Return the places to choose from; one chosen before that is no longer listed stays."""
    choices = site_choices(store, actor, chosen)
    if written:
        choices = tuple(Choice(one.value, one.label, one.value == written) for one in choices)
    kept = Choice("", chosen.name if chosen else "Not chosen yet", not written)
    listed = chosen is not None and any(one.chosen for one in choices)
    return choices if listed else (kept, *choices)


def _type_field(written: str) -> tuple[Choice, ...]:
    """Return themes and types; several together stay as they were written."""
    taxonomy = read_taxonomy()
    known = [*taxonomy.themes, *taxonomy.types]
    several = [written] if written and written not in known else []
    return (
        Choice("", "Not chosen yet", not written),
        *(Choice(slug, _say_types(slug), slug == written) for slug in (*several, *known)),
    )


def _say_types(slugs: str) -> str:
    taxonomy = read_taxonomy()
    return ", ".join(taxonomy.name(slug.strip()) for slug in slugs.split(","))


def as_typed(value: object) -> str:
    """Write a value of a record as a form holds it: lists with commas, nothing for nothing.

    Examples
    --------
    >>> as_typed(("fire", "police")), as_typed(None)
    ('fire, police', '')
    """
    if isinstance(value, (tuple, frozenset)):
        listed = value if isinstance(value, tuple) else sorted(value)
        return ", ".join(as_typed(one) for one in listed)
    return "" if value is None else str(value)
