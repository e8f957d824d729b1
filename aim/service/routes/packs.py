"""Packs and decision logs, as files to keep."""

from enum import StrEnum

from fastapi import APIRouter, Request, Response

from aim import workflows
from aim.service.answers import send_file
from aim.service.deps import HubDep

router = APIRouter(include_in_schema=False)


class PackFormat(StrEnum):
    """Endings of a pack."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"


@router.get("/groups/{key}/pack.{ending}")
def group_pack(request: Request, hub: HubDep, key: str, ending: PackFormat) -> Response:
    """Give out the pack of a group."""
    made = workflows.export_pack(
        hub.store,
        hub.actor,
        hub.settings,
        group=key,
        file_format=ending.value,
        today=hub.today(),
    )
    return send_file(request, made)


@router.get("/meetings/{key}/pack.{ending}")
def meeting_pack(request: Request, hub: HubDep, key: str, ending: PackFormat) -> Response:
    """Give out the pack of a meeting."""
    made = workflows.export_pack(
        hub.store,
        hub.actor,
        hub.settings,
        meeting=key,
        file_format=ending.value,
        today=hub.today(),
    )
    return send_file(request, made)


@router.get("/meetings/{key}/log.docx")
def decision_log(request: Request, hub: HubDep, key: str) -> Response:
    """Give out what a meeting decided, as Word."""
    made = workflows.export_log(hub.store, hub.actor, key, hub.settings, today=hub.today())
    return send_file(request, made)
