"""Whether the hub is alive, and whether it can answer."""

from fastapi import APIRouter

from aim.service.deps import HubDep
from aim.service.problems import RESPONSES

router = APIRouter(tags=["health"], responses=RESPONSES)


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the program runs."""
    return {"status": "running"}


@router.get("/readyz")
def readyz(hub: HubDep) -> dict[str, str]:
    """Say that the store answers, and nothing of what it holds: strangers may ask."""
    hub.store.data_version()
    return {"status": "ready"}
