"""What an action is measured by when it is reviewed: equal months after, beside those before."""

from collections.abc import Iterable
from datetime import date

from aim.model.actions import Baseline

_MONTHS_A_YEAR = 12
FALL, RISE = "a fall beyond chance", "a rise beyond chance"
NO_CHANGE = "no more of a change than chance brings"
# The same without a number, for people who are told no count of a place.
_PLAINLY = {
    FALL: "Fewer reports than before, more of a fall than chance would bring.",
    RISE: "More reports than before, more of a rise than chance would bring.",
    NO_CHANGE: "No clear change in reports.",
}
NOT_SAID = "What came of it is not known yet."


def months_after(start: date, months: int) -> tuple[date, date]:
    """Return the first whole months after an action starts.

    Parameters
    ----------
    start
        London day it starts.
    months
        How many.

    Returns
    -------
    since, until
        The second out.

    Examples
    --------
    >>> months_after(date(2026, 11, 10), 2)
    (datetime.date(2026, 12, 1), datetime.date(2027, 2, 1))
    >>> months_after(date(2026, 11, 1), 1)[0]
    datetime.date(2026, 11, 1)
    """
    since = start if start.day == 1 else _month_on(start, 1)
    return since, _month_on(since, months)


def _month_on(day: date, months: int) -> date:
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    return date(year, month + 1, 1)


def say_outcome(baseline: Baseline, target: int | None, count: int, period: str) -> str:
    """Say what was counted after an action, beside what was counted when it was agreed.

    Parameters
    ----------
    baseline
        With the counts chance would hardly give.
    target
        What was aimed at, at most.
    count, period
        Reports, and the months they were counted in, in words.

    Examples
    --------
    >>> before = Baseline(20, date(2026, 2, 1), date(2026, 5, 1), 8, 36)
    >>> say_outcome(before, 8, 7, "June to August 2026")  # doctest: +ELLIPSIS
    '7 reports in June to August 2026, 20 when it was agreed: a fall beyond chance. The target...'
    """
    if count <= baseline.falls_to:
        change = FALL
    elif count >= baseline.rises_to:
        change = RISE
    else:
        change = NO_CHANGE
    reports = "1 report" if count == 1 else f"{count:,} reports"
    told = f"{reports} in {period}, {baseline.count:,} when it was agreed: {change}."
    if target is None:
        return told
    return f"{told} The target of {target:,} was {'met' if count <= target else 'not met'}."


def plain_outcome(measured: Iterable[str]) -> str:
    """Say what came of an action without any count, from what its review kept.

    Parameters
    ----------
    measured
        Sentences; that of ``say_outcome`` decides.

    Examples
    --------
    >>> plain_outcome(["7 reports in May 2026, 20 when it was agreed: a fall beyond chance."])
    'Fewer reports than before, more of a fall than chance would bring.'
    >>> plain_outcome([])
    'What came of it is not known yet.'
    """
    for sentence in measured:
        for change, words in _PLAINLY.items():
            if f"when it was agreed: {change}." in sentence:
                return words
    return NOT_SAID
