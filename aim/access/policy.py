"""The policy as one table: a row a role, read by three functions.

A row says which actions a role may do, whose rows it sees, how much of each row, and whose
figures. Rows and figures are apart: a councillor is shown no incident at all, only figures that
passed disclosure control. The table is applied in the store's query through ``Reach``, so a page
or a file cannot show what the query did not return.
"""

from dataclasses import dataclass
from enum import StrEnum

from aim.errors import NotAllowedError
from aim.model.people import NOTHING, Action, Actor, Reach, Role
from aim.model.tasks import TaskReach


class Rows(StrEnum):
    """Whose incidents a role sees one by one."""

    NONE = "none"
    OWN_AGENCY = "those of the own agency"
    ALL = "all"


class Text(StrEnum):
    """Whose free text a role reads in the rows it sees."""

    NONE = "none"
    OWN_AGENCY = "that of the own agency"
    ALL = "all"


class Figures(StrEnum):
    """Of which wards a role sees disclosure-controlled figures."""

    NONE = "none"
    OWN_WARDS = "the own wards"
    ALL = "all wards"


class Tasks(StrEnum):
    """Whose actions and groups a role sees; restricted ones are for those they name alone."""

    NONE = "none"
    OWN = "the own, those of the own agency and of the own groups"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Grant:
    """What one role is given.

    Examples
    --------
    >>> POLICY[Role.COUNCILLOR].figures.value
    'the own wards'
    """

    actions: frozenset[Action]
    rows: Rows = Rows.NONE
    text: Text = Text.NONE
    figures: Figures = Figures.NONE
    tasks: Tasks = Tasks.NONE


_SEES_ROWS = frozenset({Action.VIEW, Action.EXPORT, Action.VIEW_QUALITY})
_SEES_FIGURES = frozenset({Action.VIEW_FIGURES, Action.EXPORT_FIGURES})
_DOES_TASKS = frozenset({Action.VIEW_TASKS, Action.DO_TASKS})
_PLANS_TASKS = _DOES_TASKS | {Action.PLAN_TASKS, Action.KEEP_GROUPS}
_PREPARES = frozenset(
    {
        Action.LOAD_WARDS,
        Action.INGEST,
        Action.UNDO,
        Action.REMOVE_ORIGINAL,
        Action.LINK,
        Action.REGISTER,
        Action.SAVE_RUN,
        Action.DRAFT_RESULT,
        Action.REVIEW_CASES,
    }
)

POLICY: dict[Role, Grant] = {
    Role.ADMINISTRATOR: Grant(
        frozenset(
            {
                Action.ADMINISTER,
                Action.LOAD_WARDS,
                Action.BACK_UP,
                Action.MANAGE_PEOPLE,
                Action.MANAGE_AGREEMENTS,
                Action.READ_AUDIT,
                Action.RETAIN,
                Action.ANSWER_SUBJECT,
                Action.VIEW_QUALITY,
            }
        )
        | _SEES_FIGURES,
        figures=Figures.ALL,
    ),
    Role.ANALYST: Grant(
        _SEES_ROWS | _SEES_FIGURES | _PREPARES | _PLANS_TASKS,
        rows=Rows.ALL,
        text=Text.ALL,
        figures=Figures.ALL,
        tasks=Tasks.ALL,
    ),
    Role.COORDINATOR: Grant(
        _SEES_ROWS
        | _SEES_FIGURES
        | _PLANS_TASKS
        | {Action.SAVE_RUN, Action.DRAFT_RESULT, Action.APPROVE_RESULT, Action.REVIEW_CASES},
        rows=Rows.ALL,
        text=Text.NONE,
        figures=Figures.ALL,
        tasks=Tasks.ALL,
    ),
    Role.OFFICER: Grant(
        _SEES_ROWS | _DOES_TASKS, rows=Rows.OWN_AGENCY, text=Text.OWN_AGENCY, tasks=Tasks.OWN
    ),
    Role.POLICE_PARTNER: Grant(
        _SEES_ROWS | _DOES_TASKS, rows=Rows.ALL, text=Text.OWN_AGENCY, tasks=Tasks.OWN
    ),
    Role.COUNCILLOR: Grant(_SEES_FIGURES, figures=Figures.OWN_WARDS),
    Role.SCRUTINY: Grant(_SEES_FIGURES, figures=Figures.ALL),
    Role.AUDITOR: Grant(frozenset({Action.READ_AUDIT, Action.VIEW_QUALITY})),
}

# Who holds the store's file and its key is past every door: the keyboard's own roles.
LOCAL_ANALYST = Actor(
    id="local-analyst",
    agency="hub",
    roles=frozenset({Role.ADMINISTRATOR, Role.ANALYST, Role.COORDINATOR}),
)


def is_allowed(actor: Actor, action: Action) -> bool:
    """Tell whether one of the actor's roles allows the action, and a token's limits too.

    Examples
    --------
    >>> is_allowed(Actor("c1", "council", frozenset({Role.COUNCILLOR})), Action.VIEW)
    False
    """
    if actor.limits is not None and action not in actor.limits:
        return False
    return any(action in POLICY[role].actions for role in actor.roles)


def require(actor: Actor, action: Action) -> None:
    """Let the actor pass, or say why not.

    Raises
    ------
    NotAllowedError
        None of the actor's roles allows the action.

    Examples
    --------
    >>> require(LOCAL_ANALYST, Action.VIEW)
    """
    if not is_allowed(actor, action):
        limited = actor.limits is not None and action not in actor.limits
        held = "this token" if limited else ", ".join(sorted(actor.roles)) or "no role"
        raise NotAllowedError(
            f"{actor.id} may not {action}: {held} does not allow it. Ask the hub's administrator."
        )


def reach_of(actor: Actor) -> Reach:
    """Return which rows the actor may see: the widest of the actor's roles, none without one.

    Rows of a role that sees only its own agency, and text of a role that reads only its own, are
    limited by ``Actor.agency``; what agreements withhold is left out for every role.

    Examples
    --------
    >>> reach_of(Actor(id="stranger", agency="none")) == NOTHING
    True
    >>> warden = Actor("w7", "wardens", frozenset({Role.OFFICER}))
    >>> reach_of(warden).agencies, reach_of(warden).free_text
    (frozenset({'wardens'}), False)
    """
    grants = [POLICY[role] for role in actor.roles]
    rows = {grant.rows for grant in grants}
    if not rows & {Rows.ALL, Rows.OWN_AGENCY}:
        return NOTHING
    texts = {grant.text for grant in grants}
    own = frozenset({actor.agency})
    return Reach(
        agencies=None if Rows.ALL in rows else own,
        free_text=Text.ALL in texts,
        text_agencies=own if Text.OWN_AGENCY in texts else frozenset(),
        withheld=actor.withheld,
    )


def task_reach_of(actor: Actor) -> TaskReach:
    """Return how far the actor sees groups, places and actions; nobody's reach without the right.

    Examples
    --------
    >>> task_reach_of(Actor("c1", "council", frozenset({Role.COUNCILLOR}))) == TaskReach()
    True
    >>> task_reach_of(Actor("w7", "wardens", frozenset({Role.OFFICER}))).every
    False
    """
    if not is_allowed(actor, Action.VIEW_TASKS):
        return TaskReach()
    every = any(POLICY[role].tasks is Tasks.ALL for role in actor.roles)
    return TaskReach(who=actor.id, agency=actor.agency, groups=actor.groups, every=every)


def figure_wards_of(actor: Actor) -> frozenset[str] | None:
    """Return the wards whose figures the actor may see; None for all of them.

    Examples
    --------
    >>> councillor = Actor("c1", "council", frozenset({Role.COUNCILLOR}), frozenset({"E05099001"}))
    >>> sorted(figure_wards_of(councillor))
    ['E05099001']
    """
    figures = {POLICY[role].figures for role in actor.roles}
    if Figures.ALL in figures:
        return None
    return actor.wards if Figures.OWN_WARDS in figures else frozenset()


def sees_figures_only(actor: Actor) -> bool:
    """Tell whether the actor is shown figures and no row at all.

    Examples
    --------
    >>> sees_figures_only(Actor("s1", "council", frozenset({Role.SCRUTINY})))
    True
    """
    return is_allowed(actor, Action.VIEW_FIGURES) and not is_allowed(actor, Action.VIEW)


def sees_statistics(actor: Actor) -> bool:
    """Tell whether the actor is shown what stands behind the words, such as p values.

    Whoever keeps hotspots for the hub answers for them; others read the words alone.

    Examples
    --------
    >>> sees_statistics(Actor("o1", "wardens", frozenset({Role.OFFICER})))
    False
    """
    return is_allowed(actor, Action.SAVE_RUN)
