"""What every page and file says of itself: marking, owner, attributions, complete-to dates."""

from collections.abc import Iterable
from datetime import date

from aim.access import reach_of
from aim.config import Settings
from aim.model.filters import IncidentFilter
from aim.model.handling import Stamp, attributions_of
from aim.model.people import EVERYTHING, Actor, Reach
from aim.model.records import Coverage
from aim.store import Store
from aim.workflows.periods import chosen


def stamp_of(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    settings: Settings,
    *,
    made: date | None = None,
    feeds: Iterable[str] | None = None,
    reach: Reach | None = None,
) -> Stamp:
    """Return the stamp of what a filter shows to an actor.

    Parameters
    ----------
    made
        The day a file leaves the hub; None for pages.
    feeds
        The feeds shown, where known; else those of every source the filter takes in.
    reach
        What is shown, where it is other than the actor's rows, as measures of sources are.
    """
    reach = reach_of(actor) if reach is None else reach
    coverage = chosen(store.coverage(reach), wanted)
    sets = store.ward_sets(reach)
    shown = [one for one in sets if (wanted.ward_set or "") == one.name]
    current = shown or [one for one in sets if one.current]
    return Stamp(
        partnership=settings.partnership,
        handling=settings.handling,
        attributions=attributions_of(
            feeds if feeds is not None else (one.feed for one in coverage),
            current[0].attribution if current else "",
        ),
        complete_to={one.source: one.complete_to for one in coverage},
        who=actor.id if made else "",
        made=made,
    )


def figures_stamp(
    store: Store,
    settings: Settings,
    coverage: Iterable[Coverage],
    *,
    who: str = "",
    made: date | None = None,
) -> Stamp:
    """Return the stamp of figures, whose sources are the same for every reader.

    Parameters
    ----------
    coverage
        What each source behind the figures holds.
    who, made
        The reader and the day, for files that leave the hub; empty for pages.
    """
    held = list(coverage)
    current = [one.attribution for one in store.ward_sets(EVERYTHING) if one.current]
    return Stamp(
        partnership=settings.partnership,
        handling=settings.handling,
        attributions=attributions_of((one.feed for one in held), "".join(current[:1])),
        complete_to={one.source: one.complete_to for one in held},
        who=who,
        made=made,
    )
