"""What a meeting may decide, and what still holds of it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from aim.errors import ParameterError
from aim.model.groups import Choice, Decision, Meeting


def check_decisions(decisions: Sequence[Decision]) -> None:
    """Refuse two decisions of one place, and decisions that say too little; all at once.

    Raises
    ------
    ParameterError
        A place has two decisions, one taken up has no group, or no action has no reason.

    Examples
    --------
    >>> check_decisions([Decision("h1", "Quay Street", "watch")])
    """
    counts = Counter(one.hotspot_id for one in decisions)
    names = {one.hotspot_id: one.place for one in decisions}
    faults = [f"{names[key]} has {count} decisions" for key, count in counts.items() if count > 1]
    faults += [
        f"{one.place} is taken up by no group"
        for one in decisions
        if one.choice is Choice.TAKE_UP and not one.group
    ]
    faults += [
        f"{one.place} has no action and no reason"
        for one in decisions
        if one.choice is Choice.NO_ACTION and not one.reason
    ]
    if faults:
        raise ParameterError(f"Decisions were given; {'; '.join(faults)}.")


def latest_choices(meetings: Iterable[Meeting]) -> dict[str, tuple[Meeting, Decision]]:
    """Return the newest decision of each place, with its meeting.

    Parameters
    ----------
    meetings
        In any order; of two on one day the later in the order counts.

    Examples
    --------
    >>> latest_choices([])
    {}
    """
    newest: dict[str, tuple[Meeting, Decision]] = {}
    for meeting in sorted(meetings, key=lambda one: one.day):
        newest |= {one.hotspot_id: (meeting, one) for one in meeting.decisions}
    return newest
