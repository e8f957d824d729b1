"""The policy as a table: one row a role, read by two functions."""

from aim.errors import NotAllowedError
from aim.model.people import EVERYTHING, NOTHING, Action, Actor, Reach, Role

# Until sign-in exists the one person at the keyboard is the hub analyst.
LOCAL_ANALYST = Actor(id="local-analyst", agency="hub", roles=frozenset({Role.ANALYST}))

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.ANALYST: frozenset(Action),
}
REACH: dict[Role, Reach] = {
    Role.ANALYST: EVERYTHING,
}


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
    if not any(action in ALLOWED.get(role, frozenset()) for role in actor.roles):
        held = ", ".join(sorted(actor.roles)) or "no role"
        raise NotAllowedError(
            f"{actor.id} may not {action}: {held} does not allow it. Ask the hub's administrator."
        )


def reach_of(actor: Actor) -> Reach:
    """Return what the actor may see; the widest of the actor's roles, nothing without one.

    Examples
    --------
    >>> reach_of(Actor(id="stranger", agency="none")) == NOTHING
    True
    """
    reaches = [REACH[role] for role in sorted(actor.roles) if role in REACH]
    widest = NOTHING
    for reach in reaches:
        if widest.narrows(reach):
            widest = reach
    return widest
