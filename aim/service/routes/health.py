"""Whether the hub is alive, and whether it can answer."""

from typing import Any

from fastapi import APIRouter

from aim.service.deps import HubDep

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the program runs."""
    return {"status": "running"}


@router.get("/readyz")
def readyz(hub: HubDep) -> dict[str, Any]:
    """Say that the store answers, and which version of the data it holds."""
    return {"status": "ready", "data_version": hub.store.data_version()}
