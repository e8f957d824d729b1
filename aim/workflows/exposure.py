"""What a place was given: minutes of patrol and days of equipment, beside what was counted there.

Restricted visits and deployments are never among them: the figures stand on pages and in results
that others read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import shapely

from aim.access import is_allowed, reach_of, task_reach_of
from aim.maps import trend_svg
from aim.model.actions import Site
from aim.model.equipment import Deployment
from aim.model.people import Action, Actor
from aim.model.tasks import TaskReach
from aim.model.times import LONDON, read_month, say_month
from aim.model.visits import Visit
from aim.store import Store
from aim.tasking import minutes_by_month
from aim.workflows.being_done import same_place
from aim.workflows.periods import Period
from aim.workflows.views import Chart
from aim.workflows.words import say_number

# A visit to an area so many times larger was hardly one to the place in it.
MOST_TIMES_LARGER = 4


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a place was given in a period.

    Attributes
    ----------
    visits, minutes
        Visits that count, and their minutes.
    unit_days
        Days on which a unit stood there, added up over units.
    """

    visits: int = 0
    minutes: int = 0
    unit_days: int = 0

    def say(self) -> str:
        """Write it as people say it.

        Examples
        --------
        >>> Exposure(2, 30, 14).say()
        '30 patrol minutes in 2 visits and 14 equipment days'
        >>> Exposure().say()
        'nothing'
        """
        said = []
        if self.visits:
            minutes = say_number(self.minutes, "patrol minute", "patrol minutes")
            said.append(f"{minutes} in {say_number(self.visits, 'visit', 'visits')}")
        if self.unit_days:
            said.append(say_number(self.unit_days, "equipment day", "equipment days"))
        return " and ".join(said) or "nothing"


@dataclass(frozen=True, slots=True)
class Given:
    """All visits and deployments at one place that may be told of."""

    visits: tuple[Visit, ...] = ()
    deployments: tuple[Deployment, ...] = ()

    def within(self, period: Period, *, today: date) -> Exposure:
        """Add up what was given in a period, until today."""
        visits = [one for one in self.visits if _is_within(one, period)]
        days = (
            one.days_within(period.since, period.until, today=today) for one in self.deployments
        )
        return Exposure(len(visits), sum(one.minutes for one in visits), sum(days))


def given_at(store: Store, reach: TaskReach, shape: shapely.Geometry) -> Given:
    """Return the visits and deployments at a place that a reach shows and all may be told of."""
    visits = [one.what for one in store.tasks(Visit, reach)]
    deployments = [one.what for one in store.tasks(Deployment, reach)]
    return Given(
        tuple(
            one for one in visits if one.counts and not one.is_restricted and is_at(one.site, shape)
        ),
        tuple(
            one
            for one in deployments
            if not (one.is_restricted or one.site.readers) and is_at(one.site, shape)
        ),
    )


def say_exposure(store: Store, actor: Actor, site: Site, *, before: Period, after: Period) -> str:
    """Say what an action's place was given before and after; nothing where nothing was logged.

    All agencies' visits count, whoever asks: the sentence is kept as the action's result.
    """
    if not site.outline:
        return ""
    every = TaskReach(actor.id, every=True)
    given = given_at(store, every, shapely.from_wkt(site.outline))
    if not given.visits and not given.deployments:
        return ""
    earlier, later = (given.within(one, today=one.until) for one in (before, after))
    return (
        f"What the place was given: {later.say()} in {after.say()}; {earlier.say()} in"
        f" {before.say()}. Only what was logged counts."
    )


def exposure_chart(
    store: Store,
    actor: Actor,
    shape: shapely.Geometry,
    months: tuple[str, ...],
    periods: Mapping[str, Period],
) -> tuple[Chart | None, str]:
    """Draw the minutes of patrol by month beside an effect, and say what was given.

    Parameters
    ----------
    shape
        The place, EPSG:27700.
    months
        Those drawn, oldest first.
    periods
        What is compared, by its name.

    Returns
    -------
    chart, words
        Of the visits and deployments the actor may know of; None and no words where the actor sees
        none, or nothing was logged.
    """
    if not months or not is_allowed(actor, Action.VIEW_TASKS):
        return None, ""
    given = given_at(store, task_reach_of(actor), shape)
    if not given.visits and not given.deployments:
        return None, ""
    latest = max((one.complete_to for one in store.coverage(reach_of(actor))), default=date.min)
    said = "; ".join(
        f"{name}: {given.within(one, today=latest + timedelta(days=1)).say()}"
        for name, one in periods.items()
    )
    until = max(one.until for one in periods.values())
    counts = minutes_by_month(given.visits, read_month(months[0]), until)
    drawn = {month: counts.get(month, 0) for month in months}
    title = "Patrol minutes a month"
    chart = Chart(
        title=title,
        svg=trend_svg({"Patrol minutes": drawn}, title=title, unit="minutes"),
        columns=("Month", "Patrol minutes"),
        rows=tuple((say_month(month), f"{minutes:,}") for month, minutes in drawn.items()),
    )
    return chart, f"What the place was given {said}. Only what was logged, and you may see, counts."


def _is_within(visit: Visit, period: Period) -> bool:
    return period.since <= visit.at.astimezone(LONDON).date() < period.until


def is_at(site: Site, shape: shapely.Geometry) -> bool:
    """Tell whether somebody at a site was at a place: not where the site is far larger.

    Examples
    --------
    >>> steps = Site("Steps", "raised by people", outline="POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0))")
    >>> is_at(steps, shapely.box(0, 0, 9, 9)), is_at(steps, shapely.box(1, 1, 2, 2))
    (True, False)
    """
    if not site.outline:
        return False
    own = shapely.from_wkt(site.outline)
    return same_place(own, shape) and own.area <= MOST_TIMES_LARGER * shape.area
