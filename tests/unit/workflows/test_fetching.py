"""Fetching as the command line does it, from a plain file server on this computer."""

import json
import sys
import threading
import zipfile
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aim import cli, workflows
from aim.access import LOCAL_ANALYST
from aim.errors import ConfigError, NotAllowedError
from aim.model.people import Actor
from aim.workflows import fetch_open311, fetch_police_uk

STREET_FILE = "Month,Longitude,Latitude,Crime type\n2026-04,1.5,54.6,Drugs\n"
DASHBOARD = (
    "Report ID,Title,User Name,Category,Created,Latitude,Longitude\n"
    "101,Bags,Jo Bloggs,Fly-tipping,2026-04-03T10:30:00,54.57,-1.24\n"
)
REQUESTS = [
    {"service_request_id": number, "requested_datetime": f"2026-04-0{number}T09:00:00Z"}
    for number in (1, 2)
]


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def away(tmp_path, monkeypatch):
    """Serve an archive and an Open311 endpoint, and give their address."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "away"
    (root / "v2").mkdir(parents=True)
    (root / "v2" / "requests.json").write_text(json.dumps(REQUESTS), encoding="utf-8")
    with zipfile.ZipFile(root / "latest.zip", "w") as archive:
        archive.writestr("2026-04/2026-04-norbeck-street.csv", STREET_FILE)
    handler = partial(QuietHandler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def aim(monkeypatch, capsys, workdir):
    """Give a function that runs `aim WORD...` and returns its code and what it said."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["aim", *words])
        capsys.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


def fetch_norbeck(folder, url, **given):
    asked = {"force": "norbeck", "since": "2026-03", "allowed": True, "today": date(2026, 6, 1)}
    actor = given.pop("actor", LOCAL_ANALYST)
    return fetch_police_uk(actor, folder=folder, base=url, **{**asked, **given})


def test_fetching_is_off_until_it_is_allowed(aim, away):
    police = ("fetch", "police-uk", "--force", "norbeck", "--since", "2026-04", "--url", away)
    for words in (police, ("fetch", "open311", f"{away}/v2")):
        code, out, err = aim(*words)
        assert (code, out) == (1, "")
        assert "AIM_ALLOW_FETCH=true" in err


def test_the_workflow_itself_asks_for_permission(tmp_path, away):
    with pytest.raises(ConfigError, match="off by default"):
        fetch_norbeck(tmp_path, away, allowed=False)
    with pytest.raises(NotAllowedError, match="stranger may not ingest"):
        fetch_norbeck(tmp_path, away, actor=Actor(id="stranger", agency="nowhere"))


def test_a_force_is_fetched_and_loaded(aim, away, monkeypatch, workdir):
    monkeypatch.setenv("AIM_ALLOW_FETCH", "true")
    words = ("--force", "norbeck", "--since", "2026-03", "--url", away, "--out", "police-uk")
    code, out, err = aim("fetch", "police-uk", *words)
    saved = workdir / "police-uk" / "2026-04-norbeck-street.csv"
    assert (code, out.split()) == (0, [str(saved.relative_to(workdir))])
    assert "Not there: 2026-03." in err
    assert saved.read_text(encoding="utf-8") == STREET_FILE
    aim("init")
    assert "1 rows read, 1 added" in aim("ingest", "police-uk", out.strip())[1]


def test_without_a_choice_the_archive_is_the_official_one(tmp_path, monkeypatch):
    asked = []

    def remember(line, **given):
        asked.append(given["base"])

    monkeypatch.setattr("aim.workflows.fetching.police_uk_files", remember)
    fetch_norbeck(tmp_path, None)
    assert asked == ["https://data.police.uk/data/archive"]


def test_requests_are_fetched_window_by_window(tmp_path, away):
    until = datetime(2026, 7, 1, 12, tzinfo=UTC)
    told = []
    files = fetch_open311(
        LOCAL_ANALYST,
        url=f"{away}/v2",
        folder=tmp_path,
        allowed=True,
        since=until - timedelta(days=100),
        until=until,
        tell=told.append,
    )
    assert [path.name for path in files] == [
        "open311-127-0-0-1-2026-03-23-2026-06-21.json",
        "open311-127-0-0-1-2026-06-21-2026-07-01.json",
    ]
    assert json.loads(files[0].read_text(encoding="utf-8")) == REQUESTS
    assert told[0].endswith("2026-06-21: 2 requests")


def test_without_a_first_day_ninety_are_fetched(aim, away, monkeypatch, workdir):
    monkeypatch.setenv("AIM_ALLOW_FETCH", "true")
    code, out, _ = aim("fetch", "open311", f"{away}/v2")
    assert (code, len(out.split())) == (0, 1)
    assert (workdir / out.strip()).is_file()


def test_an_endpoint_with_nothing_writes_nothing(aim, away, tmp_path, monkeypatch):
    monkeypatch.setenv("AIM_ALLOW_FETCH", "true")
    (tmp_path / "away" / "v2" / "requests.json").write_text("[]", encoding="utf-8")
    code, out, err = aim("fetch", "open311", f"{away}/v2")
    assert (code, out) == (0, "")
    assert "0 requests" in err


def test_a_day_that_cannot_be_is_told(aim, away):
    code, _, err = aim("fetch", "open311", f"{away}/v2", "--since", "yesterday")
    assert (code, "`since` must be a date" in err) == (1, True)


def test_a_dashboard_is_fetched_with_the_token_and_loaded(aim, away, tmp_path, monkeypatch):
    monkeypatch.setenv("AIM_ALLOW_FETCH", "true")
    assert "set AIM_FIXMYSTREET_TOKEN" in aim("fetch", "fixmystreet", away)[2]
    monkeypatch.setenv("AIM_FIXMYSTREET_TOKEN", "t0ken")
    (tmp_path / "away" / "dashboard").write_text(DASHBOARD, encoding="utf-8")
    code, out, err = aim("fetch", "fixmystreet", away, "--since", str(date.today()))  # noqa: DTZ011 - any zone will do
    assert (code, len(out.split())) == (0, 1)
    assert "name reporters" in err
    assert "t0ken" not in out + err
    aim("init")
    assert "1 rows read, 1 added" in aim("ingest", "fixmystreet", out.strip())[1]


def test_the_jobs_stand_in_the_hall():
    assert {"fetch_fixmystreet", "fetch_open311", "fetch_police_uk", "watch_folder"} <= set(
        workflows.__all__
    )
