"""Red, amber or green: how an action stands against its own dates."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from aim.model.actions import OPEN_STAGES, WHOLE, ActionRecord, Stage
from aim.model.times import say_day

# Percentage points behind an even pace at which an action is called so.
AMBER_BEHIND, RED_BEHIND = 25, 50
UNRATED = {
    Stage.DRAFT: "not agreed yet",
    Stage.REVIEWED: "reviewed",
    Stage.DROPPED: "dropped",
}


class Colour(StrEnum):
    """The three colours; a page always writes the word too."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Rating:
    """A colour and why; no colour where there is nothing to rate."""

    colour: Colour | None
    words: str


def rate_action(action: ActionRecord, *, today: date) -> Rating:
    """Rate an action by its dates and its progress.

    Parameters
    ----------
    action
        Its stage, progress and dates.
    today
        London day.

    Returns
    -------
    Rating
        Red: overdue, or half of its time behind. Amber: not started on its day, or a quarter of
        its time behind. Green: otherwise. Drafts, dropped and reviewed actions have no colour.

    Examples
    --------
    >>> from aim.model.actions import ActionPlan
    >>> plan = ActionPlan("Mend the lights", start=date(2026, 5, 1), due=date(2026, 5, 31))
    >>> rate_action(ActionRecord(plan, Stage.UNDER_WAY), today=date(2026, 6, 2)).words
    'overdue since 31 May 2026'
    """
    if action.stage is Stage.DONE:
        return Rating(Colour.GREEN, "done")
    if action.stage not in OPEN_STAGES:
        return Rating(None, UNRATED[action.stage])
    start, due = action.plan.start, action.plan.due
    if due is not None and due < today:
        return Rating(Colour.RED, f"overdue since {say_day(due)}")
    if action.stage is Stage.AGREED and start is not None and start < today:
        return Rating(Colour.AMBER, f"was to start on {say_day(start)}")
    behind = _points_behind(action, today)
    if behind > AMBER_BEHIND:
        words = f"{action.progress} % done, {behind} points behind an even pace"
        return Rating(Colour.RED if behind > RED_BEHIND else Colour.AMBER, words)
    return Rating(Colour.GREEN, "on time")


def _points_behind(action: ActionRecord, today: date) -> int:
    """Return how many percentage points an action lacks to an even pace; 0 or less is none."""
    start, due = action.plan.start, action.plan.due
    if start is None or due is None or today <= start or due <= start:
        return 0
    return round(WHOLE * (today - start).days / (due - start).days) - action.progress
