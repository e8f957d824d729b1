"""The walk: every address the hub has, asked as everybody there is."""

import inspect
import re
import runpy
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import marked
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.access.passwords import hash_password
from aim.config import Settings
from aim.model.accounts import Credentials, Scope, WardTerm, new_account
from aim.model.people import Role
from aim.model.types import slug_of
from aim.service import create_app

HOUSE = runpy.run_path(str(Path(__file__).parents[1] / "service" / "house.py"))
OWN = HOUSE["OWN"]
HTML = {"accept": "text/html"}
WARD = "E05099001"
# Files that are pictures to us: their twins are compared instead.
PICTURES = ("application/pdf", "image/png")


class Town:
    """A hub over a marked store, with somebody of every role."""

    def __init__(self, store: Any, marks: list[Any], client_of: Any) -> None:
        self.store, self.marks, self.client_of = store, marks, client_of
        self.clock = HOUSE["Clock"]()
        self.app = create_app(
            Settings(), store, today=lambda: marked.DAY, now=self.clock, cost=HOUSE["CHEAP"]
        )
        self._settle()
        self.clients = {slug_of(role): self.enter(slug_of(role)) for role in Role}
        self.clients |= {"token": self._machine(), "stranger": client_of(self.app)}

    def _settle(self) -> None:
        for role in Role:
            agency = "hub" if role is Role.ANALYST else marked.OWN
            given = {"wards": (WardTerm(WARD),), "notice_at": self.clock()}
            account = new_account(slug_of(role), agency, {role}, **given)
            with self.store.transaction() as change:
                change.add_account(account)
                change.save_credentials(
                    Credentials(account.id, hash_password(HOUSE["CHOSEN"], HOUSE["CHEAP"]))
                )

    def enter(self, name: str) -> Any:
        client = self.client_of(self.app)
        form = {"name": name, "password": HOUSE["CHOSEN"]}
        answer = client.post("/sign-in", data=form, headers=OWN, follow_redirects=False)
        assert answer.status_code == 303
        return client

    def _machine(self) -> Any:
        scopes = frozenset({Scope.READ})
        _, token = workflows.add_token(
            self.store, LOCAL_ANALYST, "analyst", scopes, days=2, now=self.clock()
        )
        client = self.client_of(self.app)
        client.headers["authorization"] = f"Bearer {token}"
        return client

    def found(self, answer: Any) -> list[Any]:
        """Return the marks an answer holds, in its head or its body."""
        head = " ".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
        return self.found_in(head + marked.opened(answer.content))

    def found_in(self, content: bytes) -> list[Any]:
        """Return the marks some bytes hold."""
        return [one for one in self.marks if one.is_in(content)]


def routes_of(app: FastAPI) -> dict[str, Any]:
    """Return every route by method and path, and what is mounted."""
    found: dict[str, Any] = {}
    for route in iter_route_contexts(app.routes):
        for method in (route.methods or set()) - {"HEAD"}:
            found[f"{method} {route.path}"] = getattr(route, "endpoint", None)
        if not route.methods:
            found[f"MOUNT {route.path}"] = None
    return found


# What an address is asked with where without words it has nothing to answer, or little to show.
_PLACE = f"area=squares:{WARD}&control=squares:E05099002&since=2026-04-01&until=2026-05-01"
QUERIES = {
    "/analysis/bursts": "?min-samples=5",
    "/analysis/cells": "?statistic=density",
    "/api/bursts": "?min-samples=5",
    "/api/evaluation": "?train=1",
    "/analysis/areas": "?show=top&each=yes&most=50",
    "/analysis/effect": f"?{_PLACE}",
    "/analysis/sources": "?min-samples=5",
    "/api/areas": "?show=top&each=yes&most=50",
    "/api/effect": f"?{_PLACE}",
    "/api/sources": "?min-samples=5",
    "/tonight": "?shift=00-23",
    "/tonight.pdf": "?shift=00-23",
}


def paths_of(name: str, endpoint: Any, hotspots: list[str]) -> Iterator[str]:
    """Return the addresses of one route, every ending among them."""
    path = (
        name.partition(" ")[2]
        .replace("{code}", WARD)
        .replace("{number}", "7")
        .replace("{key}", "no-such-key")
        .replace("{token}", "aim_no-such-calendar")
    )
    if "{hotspot_id}" in path:
        yield from (path.replace("{hotspot_id}", one) for one in hotspots)
    elif "{ending}" in path:
        kinds = inspect.signature(endpoint).parameters["ending"].annotation
        assert issubclass(kinds, StrEnum)
        query = QUERIES.get(path.removesuffix(".{ending}"), "")
        yield from (path.replace("{ending}", kind) + query for kind in kinds)
    else:
        assert not re.search(r"[{}]", path), f"say in paths_of what {name} is asked with"
        yield path + QUERIES.get(path, "")


def may_hold(rows: dict[str, Any], role: str, row: dict[str, Any], mark: Any) -> bool:
    """Tell whether the table lets a role find a mark behind a route or command."""
    held = rows["roles"][role]
    return (
        mark.field in row.get("shows", ())
        and mark.source in held["sees"]
        and (mark.field != "words" or mark.source in held["words"])
        and mark.field not in rows["withheld"].get(mark.source, ())
        and (mark.level == "routine" or mark.field in rows["sensitive"]["shows"])
    )


def may_open(rows: dict[str, Any], role: str, row: dict[str, Any]) -> bool:
    """Tell whether the table opens a route or command to a role."""
    groups = [row["for"], *([row["also"]] if "also" in row else [])]
    return any(role in rows["groups"][one] for one in groups)
