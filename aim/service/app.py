"""The application, put together: every part is made elsewhere."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from aim import __version__, workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.service import problems
from aim.service.answers import AnswerCache
from aim.service.deps import Hub, london_today
from aim.service.guard import Guard
from aim.service.pages import STATIC
from aim.service.routes import api, health, pages
from aim.store import open_store

if TYPE_CHECKING:
    from aim.store import Store

DESCRIPTION = (
    "The same answers as the pages, for programs. Filter words mean the same here as on the page"
    " and on the command line; an address without words takes everything."
)


def create_app(
    settings: Settings, store: "Store | None" = None, *, today: Callable[[], date] = london_today
) -> FastAPI:
    """Assemble the hub.

    Parameters
    ----------
    settings
        The settings that hold.
    store
        An open store, which stays the caller's to close; the one of the settings if missing.
    today
        Gives the day it is, for files that carry it.

    Returns
    -------
    fastapi.FastAPI
        Without a store of the caller's, it opens one when it starts and closes it when it stops.
    """

    def hub_of(opened: "Store") -> Hub:
        return Hub(opened, LOCAL_ANALYST, settings, today, AnswerCache())

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
    for routes in (pages, api, health):
        app.include_router(routes.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for name, folder in workflows.asset_folders().items():
        app.mount(f"/vendor/{name}", StaticFiles(directory=folder), name=f"vendor-{name}")
    # The last added is the outermost: the guard sees every answer, compressed or not.
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Guard)
    return app
