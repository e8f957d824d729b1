"""The same answers for programs: JSON, or a file by the address's ending.

Answers are bytes made once by the exporters; nothing goes through a JSON encoder twice.
"""

from enum import StrEnum

from fastapi import APIRouter, Request, Response

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import (
    Hub,
    HubDep,
    IncidentQuestionDep,
    PlainQuestionDep,
    Question,
    QuestionDep,
    TrendQuestionDep,
)
from aim.service.problems import RESPONSES
from aim.service.words import PARAMETER_WORDS, REASON_WORDS, TREND_WORDS, WORDS, openapi_parameters
from aim.workflows.views import ExportedFile

router = APIRouter(prefix="/api", tags=["data"], responses=RESPONSES)

ASKS_HOTSPOTS = openapi_parameters(WORDS, PARAMETER_WORDS)
ASKS_INCIDENTS = openapi_parameters(WORDS, REASON_WORDS)
ASKS_WARDS = openapi_parameters(WORDS)
ASKS_TRENDS = openapi_parameters(WORDS, TREND_WORDS)


class ListFormat(StrEnum):
    """Endings of lists of hotspots and incidents."""

    CSV = "csv"
    JSON = "json"
    GEOJSON = "geojson"
    XLSX = "xlsx"
    GPKG = "gpkg"
    KML = "kml"


class TableFormat(StrEnum):
    """Endings of tables without places."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


@router.get("/hotspots", openapi_extra=ASKS_HOTSPOTS)
def hotspots(request: Request, hub: HubDep, question: QuestionDep) -> Response:
    """Rank the places where incidents concentrate, as JSON."""
    return send_file(request, _hotspots(hub, question, "json"), shown=True)


@router.get("/hotspots.{ending}", openapi_extra=ASKS_HOTSPOTS)
def hotspots_file(
    request: Request, hub: HubDep, question: QuestionDep, ending: ListFormat
) -> Response:
    """Rank the places where incidents concentrate, as a file to keep."""
    return send_file(request, _hotspots(hub, question, ending))


@router.get("/incidents", openapi_extra=ASKS_INCIDENTS)
def incidents(request: Request, hub: HubDep, question: IncidentQuestionDep) -> Response:
    """List the incidents that match, without free text, as JSON."""
    return send_file(request, _incidents(hub, question, "json"), shown=True)


@router.get("/incidents.{ending}", openapi_extra=ASKS_INCIDENTS)
def incidents_file(
    request: Request, hub: HubDep, question: IncidentQuestionDep, ending: ListFormat
) -> Response:
    """List the incidents that match, without free text, as a file to keep."""
    return send_file(request, _incidents(hub, question, ending))


@router.get("/trends", openapi_extra=ASKS_TRENDS)
def trends(request: Request, hub: HubDep, question: TrendQuestionDep) -> Response:
    """Count the incidents that match by month, ward, type or source, as JSON."""
    return send_file(request, _trends(hub, question, "json"), shown=True)


@router.get("/trends.{ending}", openapi_extra=ASKS_TRENDS)
def trends_file(
    request: Request, hub: HubDep, question: TrendQuestionDep, ending: TableFormat
) -> Response:
    """Count the incidents that match by month, ward, type or source, as a file to keep."""
    return send_file(request, _trends(hub, question, ending))


@router.get("/times", openapi_extra=ASKS_WARDS)
def times(request: Request, hub: HubDep, question: PlainQuestionDep) -> Response:
    """Spread the incidents that match over the hours of the week, as JSON."""
    return send_file(request, _times(hub, question, "json"), shown=True)


@router.get("/times.{ending}", openapi_extra=ASKS_WARDS)
def times_file(
    request: Request, hub: HubDep, question: PlainQuestionDep, ending: TableFormat
) -> Response:
    """Spread the incidents that match over the hours of the week, as a file to keep."""
    return send_file(request, _times(hub, question, ending))


@router.get("/wards", openapi_extra=ASKS_WARDS)
def wards(request: Request, hub: HubDep, question: PlainQuestionDep) -> Response:
    """Count the incidents that match in each ward, as JSON."""
    return send_file(request, _wards(hub, question, "json"), shown=True)


@router.get("/wards.{ending}", openapi_extra=ASKS_WARDS)
def wards_file(
    request: Request, hub: HubDep, question: PlainQuestionDep, ending: ListFormat
) -> Response:
    """Count the incidents that match in each ward, as a file to keep."""
    return send_file(request, _wards(hub, question, ending))


@router.get("/quality")
def quality(request: Request, hub: HubDep) -> Response:
    """Measure what each source sent for each month, as JSON."""
    return send_file(request, _quality(hub, "json"), shown=True)


@router.get("/quality.{ending}")
def quality_file(request: Request, hub: HubDep, ending: TableFormat) -> Response:
    """Measure what each source sent for each month, as a file to keep."""
    return send_file(request, _quality(hub, ending))


def _hotspots(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_hotspots(
        hub.store,
        hub.actor,
        question.wanted,
        question.parameters,
        hub.settings,
        file_format=ending,
        made=hub.today(),
    )


def _incidents(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_incidents(
        hub.store,
        hub.actor,
        question.wanted,
        hub.settings,
        file_format=ending,
        made=hub.today(),
        reason=question.reason,
    )


def _trends(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_trends(
        hub.store,
        hub.actor,
        question.wanted,
        hub.settings,
        by=question.by,
        file_format=ending,
        made=hub.today(),
    )


def _times(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_times(
        hub.store, hub.actor, question.wanted, hub.settings, file_format=ending, made=hub.today()
    )


def _wards(hub: Hub, question: Question, ending: str) -> ExportedFile:
    return workflows.export_wards(
        hub.store, hub.actor, question.wanted, hub.settings, file_format=ending, made=hub.today()
    )


def _quality(hub: Hub, ending: str) -> ExportedFile:
    return workflows.export_quality(
        hub.store, hub.actor, hub.settings, file_format=ending, made=hub.today()
    )
