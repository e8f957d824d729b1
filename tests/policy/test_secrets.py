"""Nothing that opens a door, and nothing of a person, is told by errors, logs or the record."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import httpx
import pytest
import walking

from aim.config import read_settings
from aim.errors import ConfigError
from aim.model.people import EVERYTHING
from aim.store import open_store

SECRETS = {
    "AIM_OIDC_CLIENT_SECRET": "marked-client-secret",
    "AIM_FIXMYSTREET_TOKEN": "marked-fetch-token",
    "AIM_SMTP_PASSWORD": "marked-mail-password",
}
TYPED = {"password": "marked-password", "name": "marked-name", "code": "marked-code"}


def test_a_broken_store_does_not_tell_what_was_looked_for(tmp_path, marked_store):
    file = tmp_path / "aim.db"
    marked_store[0].backup(file)
    shutil.copy(marked_store[2] / "aim.db.key", tmp_path)
    store = open_store(f"sqlite:///{file.as_posix()}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("ALTER TABLE account RENAME TO elsewhere")
    with pytest.raises(Exception, match="account") as raised:
        store.account("marked-person")
    store.close()
    assert "marked-person" not in repr(raised.value) + str(raised.value)


@pytest.mark.parametrize(
    "line", ["smtp_password = 5551", "fixmystreet_token = 5551", "smtp_pasword = 5551"]
)
def test_a_wrong_setting_does_not_tell_a_secret(workdir, line):
    (workdir / "aim.toml").write_text(line, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read_settings()
    assert "5551" not in str(raised.value)


@pytest.mark.slow
def test_a_served_hub_writes_no_secret_and_nothing_of_a_person(town, marked_store, tmp_path):
    marked_store[0].backup(tmp_path / "aim.db")
    shutil.copy(marked_store[2] / "aim.db.key", tmp_path)
    told, cookie = serve_and_attack(tmp_path)
    store = open_store(f"sqlite:///{(tmp_path / 'aim.db').as_posix()}")
    told += store.audit(EVERYTHING).to_csv()
    store.close()
    hidden = [*SECRETS.values(), *TYPED.values(), walking.HOUSE["CHOSEN"], "marked-bearer", cookie]
    assert [one for one in hidden if one in told] == []
    found = {mark.field for mark in town.found_in(told.encode())}
    assert not found & {"words", "place", "uprn", "position", "reference"}


def serve_and_attack(folder):
    """Serve a hub, do what people and others do, and return what it wrote and a cookie."""
    served = subprocess.Popen(
        [sys.executable, "-m", "aim", "serve", "--port", "0"],
        cwd=folder,
        env={**os.environ, **SECRETS, "PYTHONUNBUFFERED": "1", "AIM_STORE_URL": "sqlite:///aim.db"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    first = served.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", first)[0]
    try:
        cookie = attack(address)
    finally:
        served.terminate()
        rest, _ = served.communicate(timeout=20)
    return first + rest, cookie


def attack(address):
    own = {"origin": address}
    with httpx.Client(base_url=address, timeout=60) as client:
        client.post("/sign-in", data=TYPED, headers=own)
        client.get("/api/incidents", headers={"authorization": "Bearer marked-bearer"})
        good = {"name": "officer", "password": walking.HOUSE["CHOSEN"]}
        client.post("/sign-in", data=good, headers=own)
        for path in (
            "/api/incidents",
            "/links",
            "/api/incidents?source=marked-name",
            "/map/layers",
        ):
            client.get(path)
        client.post("/links", data=TYPED, headers=own)
        return client.cookies["aim-session"]
