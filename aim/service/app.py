"""The application, put together: every part is made elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from aim import __version__, workflows
from aim.access.passwords import STANDARD, HashCost
from aim.config import Settings
from aim.model.accounts import SessionLimits
from aim.service import problems
from aim.service.deps import Hub, london_today, utc_now
from aim.service.guard import Guard
from aim.service.intake import FileIntake, Intake
from aim.service.pages import STATIC
from aim.service.routes import (
    analysis,
    api,
    areas,
    asking,
    audit,
    calendar,
    campaigns,
    cells,
    effect,
    equipment,
    evidence,
    figures,
    health,
    history,
    indicators,
    meetings,
    packs,
    pages,
    places,
    plans,
    repeats,
    results,
    sign_in,
    sources,
    tasking,
    times,
    value,
    visits,
)
from aim.service.sessions import Door
from aim.service.sign_in import Doorway
from aim.store import open_store

if TYPE_CHECKING:
    from aim.store import Store

DESCRIPTION = (
    "The same answers as the pages, for programs. Filter words mean the same here as on the page"
    " and on the command line; an address without words takes everything."
)

ROUTES = (
    pages,
    audit,
    api,
    health,
    sign_in,
    figures,
    asking,
    results,
    analysis,
    times,
    repeats,
    history,
    areas,
    effect,
    sources,
    cells,
    evidence,
    indicators,
    campaigns,
    meetings,
    packs,
    calendar,
    value,
    tasking,
    plans,
    places,
    equipment,
    visits,
)


def create_app(
    settings: Settings,
    store: "Store | None" = None,
    *,
    today: Callable[[], date] = london_today,
    now: Callable[[], datetime] = utc_now,
    beyond: bool = False,
    cost: HashCost = STANDARD,
) -> FastAPI:
    """Assemble the hub.

    Parameters
    ----------
    settings
        The settings that hold.
    store
        An open store, which stays the caller's to close; the one of the settings if missing.
    today
        Gives the day it is, for files that carry it and wards that are somebody's own.
    now
        Gives the moment, for sessions and waits.
    beyond
        Whether the hub listens beyond this computer: then nobody passes without signing in, also
        where no account exists.
    cost
        What a guess at a password costs.

    Returns
    -------
    fastapi.FastAPI
        Without a store of the caller's, it opens one when it starts and closes it when it stops.
    """
    door = _door(settings, beyond=beyond, cost=cost)

    def hub_of(opened: "Store") -> Hub:
        return Hub(opened, settings, today=today, now=now, door=door)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if store is not None:
            yield
            return
        opened = open_store(settings.store_url, key_file=settings.key_file)
        app.state.hub = hub_of(opened)
        try:
            yield
        finally:
            opened.close()

    app = FastAPI(
        title="Active Intelligence Mapping",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.hub = hub_of(store) if store is not None else None
    problems.install(app)
    for routes in ROUTES:
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for name, folder in workflows.asset_folders().items():
        app.mount(f"/vendor/{name}", StaticFiles(directory=folder), name=f"vendor-{name}")
    _add_layers(app, settings, secure=door.secure)
    return app


def _door(settings: Settings, *, beyond: bool, cost: HashCost) -> Door:
    secure = bool(settings.tls_cert or settings.trusted_proxy)
    return Door(
        local=not (beyond or secure or settings.hosts),
        secure=secure,
        limits=SessionLimits(
            idle=timedelta(minutes=settings.session_idle_minutes),
            whole=timedelta(hours=settings.session_hours),
        ),
        cost=cost,
        provider=workflows.single_sign_on(settings) if settings.oidc_issuer else None,
    )


def _add_layers(app: FastAPI, settings: Settings, *, secure: bool) -> None:
    """Put the layers around the routes; the last added is the outermost.

    The guard sees every answer, compressed or not; who asks is settled before a route is chosen.
    """
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(FileIntake, most_file_bytes=settings.attachment_mb << 20)
    app.add_middleware(Doorway)
    app.add_middleware(Intake)
    app.add_middleware(Guard, hosts=frozenset(settings.hosts), secure=secure)
    if settings.trusted_proxy:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxy))
