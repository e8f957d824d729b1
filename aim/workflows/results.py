"""Results for residents: one page, drafted by one person, approved by another, then public.

The numbers are those anybody may see, and they are kept with the draft: what the coordinator
looked at is what goes out, whatever is delivered later.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from aim.access import audit_entry, is_allowed, require
from aim.access.disclosure import ALL_THEMES, BOROUGH, Audience
from aim.access.policy import POLICY
from aim.config import Settings
from aim.errors import ConflictError, NotAllowedError, NotFoundError, ParameterError
from aim.exports import Paper, Part, write_pdf
from aim.feeds import mask_text
from aim.maps import trend_svg
from aim.model.handling import Stamp
from aim.model.people import EVERYTHING, Action, Actor
from aim.model.releases import PublicResult
from aim.model.times import LONDON, read_month, say_day
from aim.model.types import slug_of
from aim.store import Store
from aim.workflows.elections import election_holds
from aim.workflows.figure_lines import (
    CHART_MONTHS,
    YEAR,
    BandLine,
    ThemeLine,
    chosen_period,
    count_months,
    months_of,
    quarter_bands,
    say_compared,
    say_months,
    say_total,
    theme_lines,
)
from aim.workflows.figures import FigureGrid, grid_for
from aim.workflows.stamps import figures_stamp
from aim.workflows.views import Choice, ExportedFile

PUBLIC_MARKING = "PUBLIC"
LONGEST_TITLE, LONGEST_TOLD = 100, 1500
# What still fits one page beside the longest text.
MOST_THEMES = 6
BUSIEST_SAID = "The themes with the most reports."
AS_REPORTED_SAID = (
    "Numbers are reports as they came in, not crimes proved; one event may be reported twice, and"
    " much is never reported. A report may stand under two themes."
)
BOROUGH_SAID = "Sensitive reports are given for the whole borough alone, by quarter and in bands."


@dataclass(frozen=True, slots=True)
class ResultFigures:
    """The numbers of a result, as they stood when it was drafted.

    Attributes
    ----------
    ward, period
        In words.
    lead, compared
        Sentences of all reports, and of what they are compared with.
    themes
        A line for each theme that had reports.
    months
        Month in words and reports of the last twelve months at most, for the chart.
    quarter, bands
        Sensitive reports of the whole borough.
    complete_to
        Source and ISO day.
    attributions
        Whose data it is.
    """

    ward: str
    period: str
    lead: str
    compared: str
    themes: tuple[ThemeLine, ...]
    months: tuple[tuple[str, int], ...]
    quarter: str
    bands: tuple[BandLine, ...]
    complete_to: tuple[tuple[str, str], ...]
    attributions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result on the page."""

    number: int
    title: str
    told: tuple[str, ...]
    figures: ResultFigures
    state: str
    approved: bool
    may_approve: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class ResultsView:
    """The page of results; drafts are shown to those who draft and approve."""

    results: tuple[ResultView, ...]
    may_draft: bool
    wards: tuple[Choice, ...]
    periods: tuple[Choice, ...]


def draft_result(
    store: Store,
    actor: Actor,
    settings: Settings,
    *,
    ward: str,
    period: str = "",
    title: str,
    told: str,
) -> tuple[PublicResult, int]:
    """Draft a result for residents: what was reported in a ward, and what was done.

    Parameters
    ----------
    store, actor, settings
        Where, who, and what the paper says of its data.
    ward
        Code.
    period
        A complete month, ``2026-04``, or ``last-12``; the latest complete month if empty.
    title, told
        The heading, and what the partnership says was done; contact details are masked.

    Returns
    -------
    drafted, masked
        The draft, which nobody can take out of the hub yet, and how many details were masked.

    Raises
    ------
    NotAllowedError
        The actor may not draft results.
    NotFoundError, ParameterError
        No such ward or period, or a text is empty or too long.
    """
    require(actor, Action.DRAFT_RESULT)
    clean, masked = _clean({"title": " ".join(title.split()), "told": told})
    figures = _figures_now(store, settings, ward, period)
    said = {
        **clean,
        "ward_code": ward,
        "period": chosen_period(grid_for(store, Audience.PUBLIC), period),
        "figures": json.dumps(asdict(figures), ensure_ascii=False),
    }
    with store.transaction() as changes:
        drafted = changes.draft_result(said, actor=actor.id)
        changes.record(
            audit_entry(
                actor,
                Action.DRAFT_RESULT,
                result=drafted.number,
                ward=ward,
                period=drafted.period,
                sha256=_hash_of(drafted),
            )
        )
    return drafted, masked


def approve_result(store: Store, actor: Actor, number: int, *, today: date) -> PublicResult:
    """Let a draft out to the public.

    Four eyes: who drafted it may approve it only where nobody else with an account could, and the
    record says so.

    Raises
    ------
    NotAllowedError
        The actor may not approve results, or drafted this one and somebody else can approve it.
    NotFoundError
        There is no such result.
    ConflictError
        It is approved already, or a pre-election period holds.
    """
    require(actor, Action.APPROVE_RESULT)
    found = _find(store, number)
    reason = _why_not(store, actor, found)
    if reason:
        raise NotAllowedError(f"Result {number} was to be approved by {actor.id}; {reason}")
    if election_holds(store, today):
        raise ConflictError(
            f"Result {number} was to be approved; a pre-election period holds. Approve it after"
            " the period, which `aim election show` names."
        )
    with store.transaction() as changes:
        approved = changes.approve_result(number, actor=actor.id)
        changes.record(
            audit_entry(
                actor,
                Action.APPROVE_RESULT,
                result=number,
                drafted_by=found.drafted_by,
                alone=found.drafted_by == actor.id,
                sha256=_hash_of(found),
            )
        )
    return approved


def result_list(store: Store, actor: Actor) -> list[PublicResult]:
    """Return the results, drafts only to those who draft or approve.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    require(actor, Action.VIEW_FIGURES)
    works = is_allowed(actor, Action.DRAFT_RESULT) or is_allowed(actor, Action.APPROVE_RESULT)
    return [one for one in store.results(EVERYTHING) if one.is_approved or works]


def result_file(store: Store, actor: Actor, settings: Settings, number: int) -> ExportedFile:
    """Write an approved result as one page for a residents' meeting.

    It names no reader, and the same result gives the same bytes.

    Raises
    ------
    NotAllowedError
        The actor may not take figures out of the hub.
    NotFoundError
        There is no such result, or the actor may not see it.
    ConflictError
        It is not approved.
    """
    require(actor, Action.EXPORT_FIGURES)
    result = next((one for one in result_list(store, actor) if one.number == number), None)
    if result is None:
        raise _unknown(number)
    if not result.is_approved:
        raise ConflictError(
            f"Result {number} was to be written; it is a draft. A coordinator approves it first:"
            f" aim result approve {number}."
        )
    content = write_pdf(_paper(result, settings))
    with store.transaction() as changes:
        changes.record(
            audit_entry(
                actor,
                Action.EXPORT_FIGURES,
                what="result",
                result=number,
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
    return ExportedFile(f"result-{number}-{slug_of(result.title)}.pdf", "application/pdf", content)


def results_view(store: Store, actor: Actor) -> ResultsView:
    """Build the page of results, the newest first.

    Raises
    ------
    NotAllowedError
        The actor may not see figures.
    """
    results = result_list(store, actor)
    may_draft = is_allowed(actor, Action.DRAFT_RESULT)
    wards = store.wards(EVERYTHING).sort_values("ward_name")
    return ResultsView(
        results=tuple(_view(store, actor, one) for one in reversed(results)),
        may_draft=may_draft,
        wards=tuple(map(Choice, wards["ward_code"], wards["ward_name"])) if may_draft else (),
        periods=_periods(grid_for(store, Audience.PUBLIC)) if may_draft else (),
    )


def say_result(result: PublicResult) -> str:
    """Say a result in one line."""
    return f"{result.number}  {_state_of(result)}  {result.ward_code}  {result.title}"


def _clean(texts: dict[str, str]) -> tuple[dict[str, str], int]:
    """Return the texts with contact details masked, and how many there were."""
    longest = {"title": LONGEST_TITLE, "told": LONGEST_TOLD}
    found = {name: mask_text(text.replace("\r\n", "\n").strip()) for name, text in texts.items()}
    faults = [
        f"`{name}` has {len(text)} characters"
        for name, (text, _) in found.items()
        if not 0 < len(text) <= longest[name]
    ]
    if faults:
        raise ParameterError(
            f"A result was to be drafted; {' and '.join(faults)}. A title has 1 to {LONGEST_TITLE},"
            f" what was done 1 to {LONGEST_TOLD:,}."
        )
    masked = sum(sum(kinds.values()) for _, kinds in found.values())
    return {name: text for name, (text, _) in found.items()}, masked


def _figures_now(store: Store, settings: Settings, code: str, period: str) -> ResultFigures:
    wards = store.wards(EVERYTHING).set_index("ward_code")["ward_name"]
    if code not in wards.index:
        raise NotFoundError(f"There is no ward {code} in the current set; see the list of wards.")
    grid = grid_for(store, Audience.PUBLIC)
    chosen = chosen_period(grid, period)
    by_month = count_months(grid, code, public_only=False)
    months, before = months_of(grid, chosen)
    *themes, total = theme_lines(by_month, months, before)
    quarter, bands = quarter_bands(grid, BOROUGH)
    stamp = figures_stamp(store, settings, grid.coverage)
    shown = list(grid.months[-CHART_MONTHS:])
    by_month_all = by_month.loc[shown, ALL_THEMES].astype("int64").tolist()
    return ResultFigures(
        ward=str(wards[code]),
        period=say_months(grid, chosen),
        lead=say_total(total, say_months(grid, chosen)),
        compared=say_compared(before),
        themes=tuple(line for line in themes if line.reports),
        months=tuple(zip(shown, by_month_all, strict=True)),
        quarter=quarter,
        bands=bands,
        complete_to=tuple((name, day.isoformat()) for name, day in stamp.complete_to.items()),
        attributions=stamp.attributions,
    )


def _figures_of(result: PublicResult) -> ResultFigures:
    kept = json.loads(result.figures)
    return ResultFigures(
        **{
            **kept,
            "themes": tuple(ThemeLine(**line) for line in kept["themes"]),
            "bands": tuple(BandLine(**line) for line in kept["bands"]),
            "months": tuple((str(month), int(count)) for month, count in kept["months"]),
            "complete_to": tuple((str(name), str(day)) for name, day in kept["complete_to"]),
            "attributions": tuple(kept["attributions"]),
        }
    )


def _find(store: Store, number: int) -> PublicResult:
    found = next((one for one in store.results(EVERYTHING) if one.number == number), None)
    if found is None:
        raise _unknown(number)
    return found


def _unknown(number: int) -> NotFoundError:
    return NotFoundError(f"There is no result {number}; `aim result list` shows what there is.")


def _why_not(store: Store, actor: Actor, result: PublicResult) -> str:
    if result.drafted_by != actor.id:
        return ""
    others = [
        one.id
        for one in store.accounts()
        if one.is_active
        and one.id != actor.id
        and any(Action.APPROVE_RESULT in POLICY[role].actions for role in one.roles)
    ]
    if not others:
        return ""
    return f"who drafted a result does not approve it. Ask {' or '.join(others[:3])}."


def _hash_of(result: PublicResult) -> str:
    """Return a hash of what is approved: the words and the numbers."""
    told = f"{result.title}\n{result.told}\n{result.figures}"
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def _london_day(result: PublicResult) -> str:
    at = result.approved_at or result.drafted_at
    return say_day(at.astimezone(LONDON).date())


def _state_of(result: PublicResult) -> str:
    if result.is_approved:
        return f"approved on {_london_day(result)} by {result.approved_by}"
    return f"draft of {_london_day(result)} by {result.drafted_by}"


def _view(store: Store, actor: Actor, result: PublicResult) -> ResultView:
    waits = not result.is_approved and is_allowed(actor, Action.APPROVE_RESULT)
    why_not = _why_not(store, actor, result) if waits else ""
    return ResultView(
        number=result.number,
        title=result.title,
        told=_paragraphs(result.told),
        figures=_figures_of(result),
        state=_state_of(result) if is_allowed(actor, Action.DRAFT_RESULT) else _approved(result),
        approved=result.is_approved,
        may_approve=waits and not why_not,
        why_not=why_not[:1].upper() + why_not[1:],
    )


def _approved(result: PublicResult) -> str:
    return f"Approved by the partnership on {_london_day(result)}"


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _periods(grid: FigureGrid) -> tuple[Choice, ...]:
    months = [Choice(month, f"{read_month(month):%B %Y}") for month in reversed(grid.months)]
    if len(months) < CHART_MONTHS:
        return tuple(months)
    return (*months[:1], Choice(YEAR, say_months(grid, YEAR)), *months[1:])


def _paper(result: PublicResult, settings: Settings) -> Paper:
    figures = _figures_of(result)
    return Paper(
        result.title,
        Stamp(
            partnership=settings.partnership,
            handling=PUBLIC_MARKING,
            attributions=figures.attributions,
            complete_to={name: date.fromisoformat(day) for name, day in figures.complete_to},
        ),
        lead=f"{figures.ward}: {figures.lead}",
        parts=(Part("What was done", text=_paragraphs(result.told)), *_parts(figures)),
        notes=(AS_REPORTED_SAID, *([BOROUGH_SAID] if figures.bands else [])),
        purpose=f"{_approved(result)}, with the figures known when it was written",
    )


def _parts(figures: ResultFigures) -> list[Part]:
    title = f"Reports in {figures.ward} by month"
    counts = dict(figures.months)
    said = "; ".join(f"{read_month(month):%B %Y} {count:,}" for month, count in figures.months)
    shown = figures.themes[:MOST_THEMES]
    parts = [
        Part(
            "What was reported",
            text=(figures.compared, *([BUSIEST_SAID] if shown != figures.themes else [])),
            columns=("Theme", "Reports", "Change"),
            rows=tuple((one.name, f"{one.reports:,}", one.change) for one in shown),
            numbers=(1,),
            half=True,
        ),
        Part(
            title,
            picture=str(trend_svg({"Reports": counts}, title=title, unit="reports", width=340)),
            alt=f"Bars: {said}.",
            half=True,
        ),
    ]
    if figures.bands:
        words = "; ".join(f"{one.name}: {one.words}" for one in figures.bands)
        parts.append(Part(f"Sensitive reports in the borough, {figures.quarter}", text=(words,)))
    return parts
