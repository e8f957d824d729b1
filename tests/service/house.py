"""A hub with people, and a way to be each of them."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.access.passwords import HashCost, hash_password
from aim.config import Settings
from aim.model.accounts import Credentials, new_account
from aim.model.people import EVERYTHING
from aim.service import create_app
from aim.store import open_store

CHEAP = HashCost(1, 64, 1)
OWN = {"origin": "http://127.0.0.1"}
NOON = datetime(2026, 5, 4, 11, tzinfo=UTC)
CHOSEN = "lantern street nine"
HASH = hash_password(CHOSEN, CHEAP)

_BY_PEOPLE = (
    *("attempt", "token", "session", "account"),
    *("public_result", "released_answer", "pre_election"),
)


class Clock:
    """A clock the test moves."""

    def __init__(self):
        self.moment = NOON

    def __call__(self):
        return self.moment

    def move(self, **time):
        self.moment += timedelta(**time)


class House:
    """A hub whose people all have the same password, unless it is to be their first one."""

    def __init__(self, folder, client_of, *, beyond=False, **settings):
        self.file = folder / "aim.db"
        self.store = open_store(f"sqlite:///{self.file.as_posix()}")
        self.entries = 0
        self.clock, self.client_of = Clock(), client_of
        self.app = create_app(
            Settings(**settings),
            self.store,
            today=lambda: date(2026, 5, 4),
            now=self.clock,
            cost=CHEAP,
            beyond=beyond,
        )

    def add(self, account_id, *roles, chosen=True, **given):
        account = new_account(account_id, "norbeck-police", set(roles), **given)
        if not chosen or account.sign_in_name:
            return workflows.add_account(self.store, LOCAL_ANALYST, account, cost=CHEAP)
        with self.store.transaction() as change:
            change.add_account(replace(account, must_change=False))
            change.save_credentials(Credentials(account_id, HASH))
        return CHOSEN

    def stranger(self):
        return self.client_of(self.app)

    def enter(self, account_id, password=CHOSEN, client=None, headers=OWN, **fields):
        client = client or self.stranger()
        form = {"name": account_id, "password": password, **fields}
        return client, client.post("/sign-in", data=form, headers=headers, follow_redirects=False)

    def signed_in(self, account_id):
        client, answer = self.enter(account_id)
        assert answer.status_code == 303
        return client

    def as_new(self):
        """Forget people and what was told them, for the next test; building a hub takes longer."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            for table in _BY_PEOPLE:
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM meta WHERE name = 'demo'")
        self.clock.moment, self.entries = NOON, len(self.store.audit(EVERYTHING))
        return self

    def audited(self):
        return self.store.audit(EVERYTHING).iloc[self.entries :]

    def events(self):
        return self.audited()["action"].tolist()


def make_house(template, folder, client_of, **settings):
    shutil.copytree(template, folder)
    return House(folder, client_of, **settings)
