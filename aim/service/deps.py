"""Query text becomes values here, at the edge; the routes hand them on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from aim import workflows
from aim.config import Settings
from aim.model.filters import IncidentFilter
from aim.model.hotspots import HotspotParameters
from aim.model.people import Actor
from aim.model.times import LONDON
from aim.service.answers import AnswerCache
from aim.service.parked import Parked
from aim.service.sessions import Door
from aim.service.words import (
    AREA_WORDS,
    BURST_WORDS,
    CASE_WORDS,
    CELL_WORDS,
    EFFECT_WORDS,
    EVALUATION_WORDS,
    HISTORY_WORDS,
    INDICATOR_WORDS,
    PARAMETER_WORDS,
    REASON_WORDS,
    REPEAT_WORDS,
    SETTINGS_WORDS,
    SOURCE_WORDS,
    TREND_WORDS,
    Word,
    parameter_words,
    read_min_samples,
    read_parameters,
    split_words,
)

if TYPE_CHECKING:
    from aim.store import Store


# Whom the policy sees until somebody is known: no role, so nothing is allowed.
NOBODY = Actor(id="nobody", agency="none")


def utc_now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


def london_today() -> date:
    """Return the day it is in London."""
    return datetime.now(LONDON).date()


@dataclass(frozen=True, slots=True)
class Hub:
    """What every answer needs: the store, who asks, the settings, the clocks and kept answers."""

    store: "Store"
    settings: Settings
    actor: Actor = NOBODY
    today: Callable[[], date] = london_today
    now: Callable[[], datetime] = utc_now
    answers: AnswerCache = field(default_factory=AnswerCache)
    door: Door = field(default_factory=Door)
    parked: Parked = field(default_factory=Parked)

    @property
    def defaults(self) -> HotspotParameters:
        """How hotspots are clustered when nobody says otherwise."""
        return HotspotParameters(
            eps_m=self.settings.eps_m, min_samples=read_min_samples(self.settings.min_samples)
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One address read: the filter, how to cluster, and the same written as a query again.

    ``asked`` is False where the address carried no word at all, which on the hub page means the
    first preset.
    """

    wanted: IncidentFilter
    parameters: HotspotParameters
    defaults: HotspotParameters
    asked: bool = True
    by: str = "month"
    reason: str = ""
    others: Mapping[str, str] = field(default_factory=dict)  # the address's other words

    def query_of(self, wanted: IncidentFilter) -> str:
        """Write a filter with this question's parameters as the query of an address."""
        words: dict[str, list[str] | str] = {
            **wanted.words(),
            **parameter_words(self.parameters, self.defaults),
        }
        return urlencode(words, doseq=True)

    @property
    def query(self) -> str:
        """The question as the query of an address: equal questions give equal text."""
        return self.query_of(self.wanted)


def get_hub(request: Request) -> Hub:
    """Return what the application was assembled with, for whoever asks.

    What sharing agreements keep back today is kept back from here on.
    """
    hub: Hub = request.app.state.hub
    actor: Actor = getattr(request.state, "actor", NOBODY)
    if actor.roles:
        actor = workflows.with_agreements(hub.store, actor, hub.today())
    return replace(hub, actor=actor)


def get_question(request: Request) -> Question:
    """Read the query of an address that shows hotspots."""
    return _read(request, PARAMETER_WORDS)


def get_trend_question(request: Request) -> Question:
    """Read the query of the address that shows counts over time."""
    return _read(request, TREND_WORDS)


def get_incident_question(request: Request) -> Question:
    """Read the query of an address that lists incidents: the filter, and why they are asked for."""
    return _read(request, REASON_WORDS)


def get_history_question(request: Request) -> Question:
    """Read the query of an address that tells what became of places or counts."""
    return _read(request, (*PARAMETER_WORDS, *HISTORY_WORDS))


def get_plain_question(request: Request) -> Question:
    """Read the query of an address that takes the filter alone."""
    return _read(request, ())


def get_area_question(request: Request) -> Question:
    """Read the query of an address that shows a table by area."""
    return _read(request, AREA_WORDS)


def get_repeat_question(request: Request) -> Question:
    """Read the query of an address that tells whether incidents are followed by others."""
    return _read(request, REPEAT_WORDS)


def get_cell_question(request: Request) -> Question:
    """Read the query of an address that cuts the ground into cells."""
    return _read(request, CELL_WORDS)


def get_burst_question(request: Request) -> Question:
    """Read the query of an address that shows bursts."""
    return _read(request, (*PARAMETER_WORDS, *BURST_WORDS))


def get_settings_question(request: Request) -> Question:
    """Read the query of an address that tries settings."""
    return _read(request, (*PARAMETER_WORDS, *SETTINGS_WORDS))


def get_evaluation_question(request: Request) -> Question:
    """Read the query of an address that judges past hotspots."""
    return _read(request, (*PARAMETER_WORDS, *EVALUATION_WORDS))


def get_case_question(request: Request) -> Question:
    """Read the query of the page of early signs."""
    return _read(request, CASE_WORDS)


def get_indicator_question(request: Request) -> Question:
    """Read the query of an address that shows indicators."""
    return _read(request, INDICATOR_WORDS)


def get_effect_question(request: Request) -> Question:
    """Read the query of an address that compares a place before and after."""
    return _read(request, EFFECT_WORDS)


def get_source_question(request: Request) -> Question:
    """Read the query of an address that compares sources."""
    return _read(request, (*PARAMETER_WORDS, *SOURCE_WORDS))


def _read(request: Request, known: tuple[Word, ...]) -> Question:
    hub = get_hub(request)
    filters, others = split_words(query_words(request), known)
    return Question(
        wanted=workflows.read_words(hub.store, hub.actor, filters),
        parameters=read_parameters(others, hub.defaults),
        defaults=hub.defaults,
        asked=bool(request.query_params),
        by=others.get("by", "month"),
        reason=others.get("reason", ""),
        others=others,
    )


def query_words(request: Request) -> Mapping[str, list[str]]:
    """Return every value of every query word, in order."""
    return {name: request.query_params.getlist(name) for name in request.query_params}


HubDep = Annotated[Hub, Depends(get_hub)]
QuestionDep = Annotated[Question, Depends(get_question)]
TrendQuestionDep = Annotated[Question, Depends(get_trend_question)]
IncidentQuestionDep = Annotated[Question, Depends(get_incident_question)]
HistoryQuestionDep = Annotated[Question, Depends(get_history_question)]
PlainQuestionDep = Annotated[Question, Depends(get_plain_question)]
AreaQuestionDep = Annotated[Question, Depends(get_area_question)]
IndicatorQuestionDep = Annotated[Question, Depends(get_indicator_question)]
EffectQuestionDep = Annotated[Question, Depends(get_effect_question)]
SourceQuestionDep = Annotated[Question, Depends(get_source_question)]
RepeatQuestionDep = Annotated[Question, Depends(get_repeat_question)]
BurstQuestionDep = Annotated[Question, Depends(get_burst_question)]
SettingsQuestionDep = Annotated[Question, Depends(get_settings_question)]
EvaluationQuestionDep = Annotated[Question, Depends(get_evaluation_question)]
CellQuestionDep = Annotated[Question, Depends(get_cell_question)]
CaseQuestionDep = Annotated[Question, Depends(get_case_question)]
