"""Charts as inline SVG: readable on a phone, by a screen reader, and with nothing to download."""

import math
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from aim.errors import ParameterError
from aim.maps.page import ENVIRONMENT
from aim.model.breaks import ChartMark
from aim.model.times import read_month

HEIGHT, TOP, BOTTOM = 250, 56, 218
LEFT, RIGHT = 11.0, 94.5  # per cent of the width; the last label needs room on a phone
MOST_LABELS = 6
MOST_VALUES = 12


@dataclass(frozen=True, slots=True)
class _Mark:
    """One month of one series: where it is drawn, in per cent across and pixels down."""

    month: str
    value: int
    x: float
    y: float
    incomplete: bool


def trend_svg(
    series: Mapping[str, Mapping[str, int | None]],
    *,
    title: str,
    incomplete: Collection[str] = (),
    marks: Collection[ChartMark] = (),
    unit: str = "incidents",
    width: int | None = None,
) -> Markup:
    """Draw counts by month: the first series as bars, each other one as a line of dots.

    Parameters
    ----------
    series
        Name of the series to its counts by month (``2026-04``), oldest first. Months of a later
        series must be among those of the first: hand last year's counts over under this year's
        months. None stands for a month without data: it is a gap, not a nought.
    title
        The chart's name, read first by a screen reader.
    incomplete
        Months that are not wholly covered; hatched, starred and explained.
    marks
        What happened in the months drawn; those of other months are passed over.
    unit
        What is counted.
    width
        Pixels, for a picture that stands alone in a paper.

    Returns
    -------
    markupsafe.Markup
        One ``svg`` element, of that width or as wide as its place, and 250 px high; letters keep
        their size at 390 px. With no month at all a short text in place of a chart.

    Raises
    ------
    ParameterError
        A month cannot be read, or a later series has a month the first has not.

    Examples
    --------
    >>> chart = trend_svg({"This year": {"2026-04": 12, "2026-05": 9}}, title="Burglary by month")
    >>> "April 2026: 12" in chart, 'role="img"' in chart
    (True, True)
    """
    names = list(series)
    months = list(series[names[0]]) if names else []
    _check_months(series, months)
    top = max((value or 0 for counts in series.values() for value in counts.values()), default=0)
    ceiling, ticks = _scale(top)
    drawn = {name: _marks(series[name], months, ceiling, incomplete) for name in names}
    gaps = _gaps(series[names[0]], months) if names else []
    template = ENVIRONMENT.get_template("trend.svg")
    return Markup(  # noqa: S704 - rendered by an environment that escapes
        template.render(
            key=f"trend-{zlib.crc32(repr((title, series)).encode('utf-8')):08x}",
            title=title,
            told=_told(series, incomplete, marks, unit),
            marks=_mark_lines(months, marks),
            town=_mark_lines(months, marks, calendar=True),
            mark_top=TOP - 2,
            height=HEIGHT,
            width=width,
            bottom=BOTTOM,
            ticks=[(_height(tick, ceiling), f"{tick:,}") for tick in ticks],
            months=_month_labels(months, incomplete),
            bar=_bar_width(len(months)),
            drawable=any(drawn.values()),
            bars=drawn[names[0]] if names else [],
            lines=[(name, _joined(drawn[name]), drawn[name]) for name in names[1:]],
            names=names,
            values=len(months) <= MOST_VALUES,
            gaps=gaps,
            remarks=_remarks(months, incomplete, gaps),
            left=LEFT,
            right=RIGHT,
        )
    )


def _check_months(series: Mapping[str, Mapping[str, int | None]], months: list[str]) -> None:
    for month in months:
        read_month(month)
    for name, counts in series.items():
        strange = [month for month in counts if month not in months]
        if strange:
            raise ParameterError(
                f"Series {name!r} has {', '.join(strange)}, which the first series has not;"
                " hand counts of another year over under the months of the first."
            )


def _scale(top: int) -> tuple[int, list[int]]:
    """Return a round number no smaller than the highest count, and about four ticks to it."""
    rough = max(1, math.ceil(top / 4))
    power = 10 ** (len(str(rough)) - 1)
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    ceiling = max(step, math.ceil(top / step) * step)
    return ceiling, list(range(0, ceiling + 1, step))


def _height(value: int, ceiling: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * value / ceiling, 1)


def _middle(position: int, months: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (position + 0.5) / months, 2)


def _bar_width(months: int) -> float:
    return round((RIGHT - LEFT) / max(months, 1) * 0.7, 2)


def _marks(
    counts: Mapping[str, int | None], months: list[str], ceiling: int, incomplete: Collection[str]
) -> list[_Mark]:
    marks = []
    for position, month in enumerate(months):
        value = counts.get(month)
        if value is not None:
            x, y = _middle(position, len(months)), _height(int(value), ceiling)
            marks.append(_Mark(month, int(value), x, y, month in incomplete))
    return marks


def _joined(marks: list[_Mark]) -> list[tuple[_Mark, _Mark]]:
    """Return neighbours to be joined; a month without data breaks the line."""
    return [
        (one, other)
        for one, other in pairwise(marks)
        if _months_between(one.month, other.month) == 1
    ]


def _months_between(one: str, other: str) -> int:
    first, last = read_month(one), read_month(other)
    return (last.year - first.year) * 12 + last.month - first.month


def _gaps(counts: Mapping[str, int | None], months: list[str]) -> list[float]:
    return [
        _middle(position, len(months))
        for position, month in enumerate(months)
        if counts[month] is None
    ]


def _remarks(months: list[str], incomplete: Collection[str], gaps: list[float]) -> list[str]:
    starred = any(month in incomplete for month in months)
    return ["* not complete"] * starred + ["\u2013 no data"] * bool(gaps)


def _month_labels(months: list[str], incomplete: Collection[str]) -> list[tuple[float, str]]:
    # Counted back from the last month, which is the one people ask about.
    every = math.ceil(len(months) / MOST_LABELS)
    return [
        (_middle(position, len(months)), f"{read_month(month):%b %y}" + "*" * (month in incomplete))
        for position, month in enumerate(months)
        if (len(months) - 1 - position) % every == 0
    ]


def _mark_lines(
    months: list[str], marks: Collection[ChartMark], *, calendar: bool = False
) -> list[tuple[float, str]]:
    """Return where lines stand, in per cent across, and the labels of those that share a place."""
    lines: dict[float, list[str]] = {}
    for mark in marks:
        if mark.month in months and not mark.starred and mark.calendar == calendar:
            across = (months.index(mark.month) + mark.share) / len(months)
            lines.setdefault(round(LEFT + (RIGHT - LEFT) * across, 2), []).append(mark.label)
    return [(x, ",".join(labels)) for x, labels in sorted(lines.items())]


def _told(
    series: Mapping[str, Mapping[str, int | None]],
    incomplete: Collection[str],
    marks: Collection[ChartMark],
    unit: str,
) -> str:
    """Say every number, for those who do not see the chart."""
    parts = []
    for name, counts in series.items():
        said = (
            f"{read_month(month):%B %Y}: {'no data' if value is None else f'{value:,}'}"
            + (" so far" if month in incomplete else "")
            for month, value in counts.items()
        )
        parts.append(f"{name}, {unit}: {'; '.join(said)}.")
    return " ".join([*parts, *(f"{mark.label}: {mark.words}" for mark in marks)])
