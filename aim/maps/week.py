"""A week in hours as inline SVG: seven rows of twenty-four cells, darker for more."""

import zlib
from collections.abc import Sequence

from markupsafe import Markup

from aim.errors import ParameterError
from aim.maps.page import ENVIRONMENT

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24
# White to blue in five steps; each cell has an outline of its own beside its colour.
SHADES = ("#ffffff", "#c6dcef", "#83b3da", "#3f7fb8", "#12436d")
TOP, ROW, FOOT = 24, 24, 72
LEFT, RIGHT = 12.0, 99.5  # per cent of the width
LABELLED = (0, 6, 12, 18)


def week_svg(weights: Sequence[Sequence[float]], *, title: str, unit: str = "incidents") -> Markup:
    """Draw how much happened in each hour of the week.

    Parameters
    ----------
    weights
        Seven days from Monday, of twenty-four hours each; amounts from 0.
    title
        The picture's name, read first by a screen reader.
    unit
        What is counted.

    Returns
    -------
    markupsafe.Markup
        One ``svg`` element as wide as its place; letters keep their size at 390 px. Five shades
        from none to most, named below. Where all is nought, a short text in place of a picture.

    Raises
    ------
    ParameterError
        There are other than seven days of twenty-four hours.

    Examples
    --------
    >>> picture = week_svg([[0] * 23 + [4]] + [[0] * 24] * 6, title="ASB by hour")
    >>> "Monday: most at 23:00" in picture, 'role="img"' in picture
    (True, True)
    """
    rows = [[float(value) for value in row] for row in weights]
    if [len(row) for row in rows] != [HOURS] * len(DAYS):
        raise ParameterError(
            "`weights` must be 7 days of 24 hours, found rows of"
            f" {', '.join(str(len(row)) for row in rows) or 'nothing'}."
        )
    most = max(max(row) for row in rows)
    width = (RIGHT - LEFT) / HOURS
    return Markup(  # noqa: S704 - rendered by an environment that escapes
        ENVIRONMENT.get_template("week.svg").render(
            key=f"week-{zlib.crc32(repr((title, rows)).encode('utf-8')):08x}",
            title=title,
            told=_told(rows, unit),
            drawable=most > 0,
            cells=[
                (round(LEFT + hour * width, 3), TOP + day * ROW, SHADES[_shade(value, most)])
                for day, row in enumerate(rows)
                for hour, value in enumerate(row)
            ],
            cell_width=round(width, 3),
            cell_height=ROW,
            days=[(TOP + day * ROW + 16, name[:3]) for day, name in enumerate(DAYS)],
            hours=[(round(LEFT + hour * width, 3), f"{hour:02d}:00") for hour in LABELLED],
            height=TOP + ROW * len(DAYS) + FOOT,
            foot=TOP + ROW * len(DAYS) + 34,
            keys=[
                (round(LEFT + place * 17.0, 2), shade, _said(place, most))
                for place, shade in enumerate(SHADES)
            ],
            unit=f"{unit[:1].upper()}{unit[1:]} in one hour of the week:",
        )
    )


def _shade(value: float, most: float) -> int:
    """Return the step of a value: none, then four equal steps up to the most."""
    if value <= 0 or most <= 0:
        return 0
    steps = len(SHADES) - 1
    return min(steps, 1 + int(value / most * steps * (1 - 1e-9)))


def _said(place: int, most: float) -> str:
    return "none" if place == 0 else f"to {most * place / (len(SHADES) - 1):.3g}"


def _told(rows: Sequence[Sequence[float]], unit: str) -> str:
    """Say each day's sum and fullest hour, for those who do not see the picture."""
    parts = []
    for name, row in zip(DAYS, rows, strict=True):
        fullest = max(range(HOURS), key=lambda hour: row[hour])
        peak = f"most at {fullest:02d}:00 ({row[fullest]:.3g})" if sum(row) else "none"
        parts.append(f"{name}: {peak}, {sum(row):.3g} {unit} in all.")
    return " ".join(parts)
