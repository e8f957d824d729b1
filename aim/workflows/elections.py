"""Pre-election days: figures leave the hub only where they are public already."""

from datetime import date

from aim.access import audit_entry, require
from aim.errors import ParameterError
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.releases import PreElection
from aim.store import Store


def set_election(store: Store, actor: Actor, *, since: date, until: date) -> PreElection:
    """Set the days on which only public figures are downloaded, in place of those set before.

    Parameters
    ----------
    store, actor
        Where to keep them, and who decides.
    since, until
        London days, the first in, the second out.

    Raises
    ------
    NotAllowedError
        The actor does not administer the hub.
    ParameterError
        The days end before they begin.
    """
    require(actor, Action.ADMINISTER)
    if since >= until:
        raise ParameterError(
            f"Pre-election days from {since} to before {until} were to be set; the second day must"
            " come after the first."
        )
    with store.transaction() as changes:
        changes.set_pre_election(since, until, actor=actor.id)
        changes.record(
            audit_entry(actor, Action.ADMINISTER, what="pre-election", since=since, until=until)
        )
    return PreElection(since, until, actor.id)


def election_days(store: Store, actor: Actor) -> PreElection | None:
    """Return the days set last; None if none ever were.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    require(actor, Action.VIEW_FIGURES)
    return store.pre_election(EVERYTHING)


def election_holds(store: Store, today: date) -> bool:
    """Tell whether a London day is one of them; every reader of figures may know."""
    days = store.pre_election(EVERYTHING)
    return bool(days and days.holds_on(today))
