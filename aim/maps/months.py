"""A small picture of the months of one place, for a row of a table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from aim.maps.page import ENVIRONMENT
from aim.model.times import say_month

WIDE, HIGH = 7, 34
_GAP = 1


@dataclass(frozen=True, slots=True)
class _Bar:
    x: int
    y: float
    width: int
    height: float
    marked: bool


def months_svg(
    counts: Mapping[str, int],
    *,
    title: str,
    marked: Collection[str] = (),
    unobserved: Collection[str] = (),
) -> Markup:
    """Draw one place's counts by month as small bars.

    Parameters
    ----------
    counts
        Incidents by month such as ``2026-04``, oldest first.
    title
        What is drawn; a screen reader says it with the first and last month and the highest one.
    marked
        Months drawn dark: those in which the place stood out.
    unobserved
        Months that are no evidence; a dash in place of a bar.

    Returns
    -------
    markupsafe.Markup
        One ``svg`` element, 7 px a month wide and 34 px high; empty where there is no month.

    Examples
    --------
    >>> drawn = months_svg({"2026-04": 3, "2026-05": 0}, title="Quay", marked=["2026-04"])
    >>> drawn.count("<rect"), "most 3 in April 2026" in drawn
    (1, True)
    """
    months = list(counts)
    if not months:
        return Markup("")
    top = max(1, *counts.values())
    bars = [
        _bar(at, counts[month], top, marked=month in marked)
        for at, month in enumerate(months)
        if counts[month] and month not in unobserved
    ]
    template = ENVIRONMENT.get_template("months.svg")
    return Markup(  # noqa: S704 - rendered by an environment that escapes
        template.render(
            width=WIDE * len(months),
            height=HIGH,
            told=_told(counts, title),
            bars=bars,
            gaps=[WIDE * at + WIDE / 2 for at, month in enumerate(months) if month in unobserved],
        )
    )


def _bar(at: int, count: int, top: int, *, marked: bool) -> _Bar:
    height = round((HIGH - 2) * count / top, 1)
    return _Bar(WIDE * at, round(HIGH - 1 - height, 1), WIDE - _GAP, height, marked)


def _told(counts: Mapping[str, int], title: str) -> str:
    months = list(counts)
    most = max(months, key=lambda month: counts[month])
    span = f"{say_month(months[0])} to {say_month(months[-1])}"
    return f"{title}, {span}, most {counts[most]:,} in {say_month(most)}"
