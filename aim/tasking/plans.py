"""Pure rules of plans: the years they span, what is missing, and lines of figures as people type.

A row of a plan's lists is one line with upright strokes between its cells, such as
``Joint walks | Community fund | Reports fell``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from aim.errors import ParameterError
from aim.model.plans import (
    OSARA_PARTS,
    QUARTERS,
    YEARS,
    About,
    DeliveryPlan,
    Head,
    Milestones,
    Osara,
    PlaceRecord,
    ProfileLine,
    Proposal,
    RiskLine,
    WorkLine,
)
from aim.model.tasks import word_of

STROKE = "|"
REST = "other or not supplied"
Row = TypeVar("Row")


def plan_years(first_year: int | None, year_starts: int = 4) -> tuple[str, ...]:
    """Return the baseline's year and the three of the targets, as they are written.

    Parameters
    ----------
    first_year
        The calendar year the first target's year starts in; None gives none.
    year_starts
        The month years start in.

    Examples
    --------
    >>> plan_years(2026)
    ('2025/26', '2026/27', '2027/28', '2028/29')
    >>> plan_years(2026, 1)[0]
    '2025'
    """
    if first_year is None:
        return ()
    years = range(first_year - 1, first_year + YEARS)
    if year_starts == 1:
        return tuple(map(str, years))
    return tuple(f"{year}/{(year + 1) % 100:02d}" for year in years)


def tidy_lines(text: str) -> str:
    """Return a text as a document gives it back: no spaces at its ends, no empty lines.

    Examples
    --------
    >>> tidy_lines("  Lights  out" + 2 * chr(10) + "at ten ").splitlines()
    ['Lights out', 'at ten']
    """
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def rate_per_1000(count: int | None, population: float | None) -> str:
    """Write a count per 1,000 residents; nothing where one of the two is not known.

    Examples
    --------
    >>> rate_per_1000(120, 8000), rate_per_1000(120, None)
    ('15.0', '')
    """
    if count is None or not population:
        return ""
    return f"{1000 * count / population:,.1f}"


def safe_bands(counts: Mapping[str, int], total: int, least: int) -> tuple[tuple[str, int], ...]:
    """Return bands of people that nobody can be picked from, largest first.

    Parameters
    ----------
    counts
        Reports by band, such as of age.
    total
        All reports, those without a band among them.
    least
        The smallest number shown: smaller bands go into the rest, and the rest is never smaller
        itself, so that no small number can be had by subtraction.

    Returns
    -------
    tuple of (str, int)
        The bands shown and what is left as ``other or not supplied``; empty where nothing can be
        shown, or no band is known.

    Examples
    --------
    >>> safe_bands({"18-24": 12, "25-34": 3}, 20, 5)
    (('18-24', 12), ('other or not supplied', 8))
    >>> safe_bands({"18-24": 12, "25-34": 3}, 15, 5)
    ()
    """
    largest = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown = [one for one in largest if one[1] >= least]
    rest = total - sum(count for _, count in shown)
    while shown and 0 < rest < least:
        rest += shown.pop()[1]
    if not shown:
        return ()
    return (*shown, (REST, rest)) if rest else tuple(shown)


def plan_gaps(head: Head, plan: DeliveryPlan, proposals: Iterable[Proposal]) -> tuple[str, ...]:
    """Name everything a delivery plan lacks, at once, part by part.

    Parameters
    ----------
    head
        Who it is of.
    plan, proposals
        What it says, and its actions.

    Examples
    --------
    >>> full = Head("Harbour", "Less noise", "council", "lead", ("police",), wards=("Harbour",))
    >>> plan_gaps(full, DeliveryPlan("g1"), ())[0]
    'A: say what the plan is judged by.'
    """
    listed = list(proposals)
    return (
        *_head_gaps(head),
        *(f"A: {words}" for words in _summary_gaps(plan)),
        *(f"B: {words}" for words in _profile_gaps(plan)),
        *(f"C: {words}" for words in _existing_gaps(plan)),
        *(f"D: {words}" for words in _proposal_gaps(plan, listed)),
    )


def record_gaps(place: str, record: Osara | PlaceRecord) -> tuple[str, ...]:
    """Name the parts of a problem-solving record that say nothing yet.

    Examples
    --------
    >>> record_gaps("Quay", PlaceRecord("Quay", *["said"] * 4))
    ('Quay: nothing under assessment yet.',)
    """
    return tuple(
        f"{place}: nothing under {label.casefold()} yet."
        for name, label in OSARA_PARTS.items()
        if not getattr(record, name)
    )


def _head_gaps(head: Head) -> Iterator[str]:
    for name, words in (
        ("purpose", "what the group is for"),
        ("lead_agency", "which agency leads"),
        ("chair", "who chairs it"),
        ("partners", "which partners join in"),
        ("wards", "which wards it is for"),
    ):
        if not getattr(head, name):
            yield f"Group: say {words}."


def _summary_gaps(plan: DeliveryPlan) -> Iterator[str]:
    if not plan.indicator:
        yield "say what the plan is judged by."
    if not plan.types:
        yield "say which reports are counted."
    if plan.first_year is None:
        yield "say which year the first target is for."
    if plan.baseline is None:
        yield "say the baseline."
    missing = [str(at) for at, target in enumerate(plan.targets, 1) if target is None]
    if missing:
        yield f"say the target of year {', '.join(missing)}."


def _profile_gaps(plan: DeliveryPlan) -> Iterator[str]:
    for one in plan.profile:
        if not one.source:
            yield f"say where {one.what!r} is from."


def _existing_gaps(plan: DeliveryPlan) -> Iterator[str]:
    if not plan.existing:
        yield "say what is done already."
    for one in plan.existing:
        missing = [
            words
            for words, text in (("pays for", one.funding), ("shows the effect of", one.evidence))
            if not text
        ]
        if missing:
            yield f"say what {' and what '.join(missing)} {one.what!r}."
    if not plan.barriers:
        yield "say what stands in the way."
    if not plan.gaps:
        yield "say what is missing."


def _proposal_gaps(plan: DeliveryPlan, proposals: list[Proposal]) -> Iterator[str]:
    if not proposals:
        yield "propose an action."
    for one in proposals:
        missing = [
            words
            for words, text in (
                ("why it should work", one.plausibility),
                ("who leads", one.lead),
                ("what pays for it", one.funding),
            )
            if not text
        ]
        if missing:
            yield f"of {one.title!r} say {', '.join(missing)}."
    if not plan.milestones:
        yield "set a local indicator by quarter."
    for row in plan.milestones:
        missing = [str(at) for at, aim in enumerate(row.quarters, 1) if aim is None]
        if missing:
            yield f"{row.indicator!r} has no milestone for quarter {', '.join(missing)}."
    if not plan.risks:
        yield "say what may go wrong."
    for risk in plan.risks:
        if not risk.answer:
            yield f"say what is done about {risk.risk!r}."


def _cells(line: str, most: int, name: str) -> list[str]:
    cells = [" ".join(one.split()) for one in line.split(STROKE)]
    if len(cells) > most:
        raise ParameterError(
            f"`{name}` takes {most} cells a line with {STROKE} between; found {len(cells)} in"
            f" {line!r}."
        )
    if not cells[0]:
        raise ParameterError(f"`{name}` takes lines that begin with words; found {line!r}.")
    return cells


def _rows(text: str, make: Callable[[list[str]], Row], most: int, name: str) -> tuple[Row, ...]:
    lines = [line for line in text.splitlines() if line.strip()]
    return tuple(make(_cells(line, most, name)) for line in lines)


def read_profile(text: str) -> tuple[ProfileLine, ...]:
    """Read figures about people: about whom, what, how many, from where.

    Examples
    --------
    >>> read_profile("victims | aged 18 to 24 | 31 % | Police, 2025/26")[0].number
    '31 %'
    """

    def line(cells: list[str]) -> ProfileLine:
        about, *rest = cells
        if not rest or not rest[0]:
            raise ParameterError(f"`profile` says of {about} what is counted; found nothing.")
        return ProfileLine(word_of(About, about.casefold(), "profile"), *rest)

    return _rows(text, line, 4, "profile")


def read_existing(text: str) -> tuple[WorkLine, ...]:
    """Read work that goes on: what, what pays for it, what shows its effect.

    Examples
    --------
    >>> read_existing("Walks | Council")[0].funding
    'Council'
    """
    return _rows(text, lambda cells: WorkLine(*cells), 3, "existing")


def read_risks(text: str) -> tuple[RiskLine, ...]:
    """Read risks: what may go wrong, what is done about it, who answers for that.

    Examples
    --------
    >>> read_risks("Funds end | Ask early | lead")[0].answer
    'Ask early'
    """
    return _rows(text, lambda cells: RiskLine(*cells), 3, "risks")


def read_words(text: str, name: str) -> tuple[str, ...]:
    """Read one text a line.

    Examples
    --------
    >>> read_words("No budget" + chr(10) + " No lead ", "gaps")
    ('No budget', 'No lead')
    """
    return _rows(text, lambda cells: cells[0], 1, name)


def read_milestones(text: str) -> tuple[Milestones, ...]:
    """Read local indicators: what, then up to twelve quarters' numbers, empty where none is set.

    Raises
    ------
    ParameterError
        A number is none, or there are more than twelve.

    Examples
    --------
    >>> read_milestones("Fly-tips | 40 | | 36")[0].quarters[:3]
    (40, None, 36)
    """
    most = 1 + YEARS * QUARTERS

    def row(cells: list[str]) -> Milestones:
        return Milestones(cells[0], tuple(_number(one) for one in cells[1:]))

    return _rows(text, row, most, "milestones")


def _number(text: str) -> int | None:
    plain = text.replace(",", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:  # noqa: PLR2004 - a billion is no milestone here
        raise ParameterError(f"`milestones` are whole numbers from 0, found {text!r}.")
    return int(plain)


def as_lines(rows: Iterable[object]) -> str:
    r"""Write rows of a plan as the lines they are read from.

    Examples
    --------
    >>> as_lines([WorkLine("Walks", "Council"), "No budget"])
    'Walks | Council | \nNo budget'
    """
    return "\n".join(f" {STROKE} ".join(_as_cells(one)) for one in rows)


def _as_cells(row: object) -> list[str]:
    if isinstance(row, Milestones):
        numbers = ["" if one is None else str(one) for one in row.quarters]
        return [row.indicator, *numbers]
    if isinstance(row, ProfileLine):
        return [str(row.about), row.what, row.number, row.source]
    if isinstance(row, WorkLine):
        return [row.what, row.funding, row.evidence]
    if isinstance(row, RiskLine):
        return [row.risk, row.answer, row.owner]
    return [str(row)]
