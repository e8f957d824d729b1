"""The page of indicators, the same for terminal and file, and a published share set beside one."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from aim.access import reach_of, require, sees_statistics
from aim.analysis import repeat_share
from aim.config import Settings
from aim.errors import ParameterError
from aim.exports import Listing, text_table
from aim.model.filters import IncidentFilter
from aim.model.people import Action, Actor
from aim.model.words import say_p
from aim.store import Store
from aim.tasking.indicators import read_indicators
from aim.workflows.audit import count_view
from aim.workflows.files import hand_out
from aim.workflows.filter_form import filter_form
from aim.workflows.indicators import IndicatorTable, indicator_table, years_held
from aim.workflows.milestones import milestone_table
from aim.workflows.stamps import stamp_of
from aim.workflows.tables import Column, TableView, decimal, table_view
from aim.workflows.views import Choice, ExportedFile
from aim.workflows.words import say_filter

SHOWN = {"annual": "Two years side by side", "milestones": "Targets by quarter"}
_STATISTICS = (
    Column("indicator", "Indicator"),
    decimal("Ratio", "ratio", 3),
    decimal("At least", "low", 3),
    decimal("At most", "high", 3),
    decimal("Poisson z", "z", 2),
    Column("p", "p (e-test)", say_p, number=True),
)
_SURE = 0.05


@dataclass(frozen=True, slots=True)
class IndicatorQuestion:
    """Which table of indicators, of which year; ``year`` is empty for the newest whole one."""

    show: str = "annual"
    year: str = ""

    def __post_init__(self) -> None:
        """Refuse a table there is none of."""
        if self.show not in SHOWN:
            raise ParameterError(f"`show` takes {' or '.join(SHOWN)}; found {self.show!r}.")


@dataclass(frozen=True, slots=True)
class ShareQuestion:
    """A published share as its two counts, and another in per cent; texts as somebody typed them.

    Examples
    --------
    >>> ShareQuestion("12", "715", "6.8").is_asked
    True
    """

    part: str = ""
    whole: str = ""
    against: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether anything was typed."""
        return bool(self.part or self.whole or self.against)


@dataclass(frozen=True, slots=True)
class ShareAnswer:
    """What two counts say of a share: sentences, warnings, and the statistic for who is shown it.

    Attributes
    ----------
    words, warnings, statistic
        The last is empty for others.
    """

    words: str
    warnings: tuple[str, ...] = ()
    statistic: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorsView:
    """Everything on the page of indicators."""

    asked: IndicatorQuestion
    share: ShareQuestion
    shown: tuple[tuple[str, str], ...]
    years: tuple[Choice, ...]
    wards: tuple[Choice, ...]
    query: str
    summary: str
    table: TableView | None
    statistics: TableView | None
    answer: ShareAnswer | None
    fault: str
    share_fault: str
    warnings: tuple[str, ...]
    complete_line: str
    stamp_lines: tuple[str, ...]


def find_indicators(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: IndicatorQuestion,
    settings: Settings,
) -> IndicatorTable:
    """Make the table asked for, of the partnership's own indicators.

    Raises
    ------
    ParameterError
        As for ``indicator_table`` and ``milestone_table``.
    ConfigError
        The file of indicators cannot be used.
    """
    require(actor, Action.VIEW)
    rows, starts = read_indicators(settings.indicators), settings.year_starts
    if question.show == "milestones":
        return milestone_table(store, actor, wanted, rows, year_starts=starts)
    return indicator_table(store, actor, wanted, rows, year=question.year, year_starts=starts)


def export_indicators(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: IndicatorQuestion,
    settings: Settings,
    *,
    file_format: str,
    made: date,
) -> ExportedFile:
    """Write one table of indicators to a file: what the page shows, intervals and no p."""
    require(actor, Action.EXPORT)
    found = find_indicators(store, actor, wanted, question, settings)
    stamp = stamp_of(store, actor, wanted, settings, made=made)
    listing = Listing(
        found.title, found.rows, stamp, notes=found.warnings, name="indicators", facts=found.facts
    )
    return hand_out(store, actor, listing, wanted, f"indicators-{question.show}", file_format)


def indicators_text(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: IndicatorQuestion,
    settings: Settings,
) -> str:
    """Return one table of indicators for a terminal, with what it counts above it."""
    found = find_indicators(store, actor, wanted, question, settings)
    head = "\n".join((found.title, say_filter(wanted, {}), *found.warnings))
    shown = table_view(found.rows, found.title, found.columns)
    names = [label for label, _ in shown.columns]
    return f"{head}\n\n{text_table(pd.DataFrame(shown.rows, columns=names))}"


def indicators_view(
    store: Store,
    actor: Actor,
    wanted: IncidentFilter,
    question: IndicatorQuestion,
    settings: Settings,
    *,
    share: ShareQuestion,
    fault: str = "",
) -> IndicatorsView:
    """Build the page of indicators.

    Parameters
    ----------
    share
        What was typed into the form of a published share.
    fault
        Why there is no table, shown in its place.
    """
    require(actor, Action.VIEW)
    count_view(store, actor, "indicators")
    reach = reach_of(actor)
    found = None if fault else find_indicators(store, actor, wanted, question, settings)
    answer, share_fault = _answer(actor, share)
    stamp = stamp_of(store, actor, wanted, settings)
    form = filter_form(store, reach, wanted)
    return IndicatorsView(
        asked=question,
        share=share,
        shown=tuple(SHOWN.items()),
        years=tuple(
            Choice(year, year, year == question.year)
            for year in years_held(store, reach, settings.year_starts)
        ),
        wards=form.wards,
        query=wanted.query(),
        summary=say_filter(wanted, {one.value: one.label for one in form.wards}),
        table=table_view(found.rows, found.title, found.columns) if found else None,
        statistics=_statistics(found),
        answer=answer,
        fault=fault,
        share_fault=share_fault,
        warnings=found.warnings if found else (),
        complete_line=stamp.complete_line(),
        stamp_lines=stamp.lines(),
    )


def _statistics(found: IndicatorTable | None) -> TableView | None:
    if found is None or found.statistics.empty:
        return None
    return table_view(found.statistics, f"{found.title}: the statistics", _STATISTICS)


def _answer(actor: Actor, share: ShareQuestion) -> tuple[ShareAnswer | None, str]:
    if not share.is_asked:
        return None, ""
    try:
        return compare_share(actor, share), ""
    except ParameterError as error:
        return None, str(error)


def compare_share(actor: Actor, asked: ShareQuestion) -> ShareAnswer:
    """Put an interval around a published share, and set it beside another.

    Nothing is read from the store: the two counts are those somebody published, such as 12 repeat
    burglaries among 715 homes that were given locks.

    Raises
    ------
    ParameterError
        The counts are no whole numbers, or the share is none.

    Examples
    --------
    >>> from aim.access import LOCAL_ANALYST
    >>> print(compare_share(LOCAL_ANALYST, ShareQuestion("12", "715", "6.8")).words)
    12 of 715: 1.7 %, likely between 0.9 % and 2.9 %. At 6.8 % it would be 48.6; a difference this
    large is more than chance brings.
    """
    require(actor, Action.VIEW)
    part, whole = _whole(asked.part, "part"), _whole(asked.whole, "whole")
    if not whole:
        raise ParameterError("A share was asked for of 0; say of how many there were.")
    against = _share(asked.against) if asked.against.strip() else None
    found = repeat_share(part, whole, against=against)
    told = (
        f"{found.repeats:,} of {found.incidents:,}: {100 * found.share:.1f} %, likely between"
        f" {100 * found.low:.1f} % and {100 * found.high:.1f} %."
    )
    if against is None:
        return ShareAnswer(told)
    sure = "more than chance brings" if found.p < _SURE else "what chance alone may bring"
    beside = (
        f" At {100 * against:.3g} % it would be {found.expected:.1f}; a difference this large is"
        f" {sure}."
    )
    statistic = f"p {say_p(found.p)} (exact binomial, two-sided)" if sees_statistics(actor) else ""
    return ShareAnswer(told + beside, found.warnings, statistic)


def _whole(text: str, name: str) -> int:
    plain = text.strip().replace(",", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 6:  # noqa: PLR2004 - a published share is of less than a million
        raise ParameterError(
            f"`{name}` is a whole number from 0 to 999,999, found {text!r}; such as 12 of 715."
        )
    return int(plain)


def _share(text: str) -> float:
    try:
        percent = float(text.strip().removesuffix("%"))
    except ValueError:
        percent = math.nan
    if not 0 < percent < 100:  # noqa: PLR2004 - per cent
        raise ParameterError(
            f"`against` is a share in per cent between 0 and 100, found {text!r}; such as 6.8."
        )
    return percent / 100
