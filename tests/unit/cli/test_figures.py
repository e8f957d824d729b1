"""Figures, results, letters and elections on the command line."""

import json
from datetime import UTC, date, datetime

import pytest

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.model.accounts import WardTerm, new_account
from aim.model.people import EVERYTHING, Role
from aim.store import open_store

WARD = "E05099001"
ADDRESS = "marked-address@norbeck.example"


@pytest.fixture
def store(loaded):
    """Give the store, April complete: the wardens told of its last day too."""
    opened = open_store(f"sqlite:///{(loaded / 'aim.db').as_posix()}")
    path = loaded / "late.csv"
    path.write_text(
        "Job No,Date,Time,Category,Location,Easting,Northing,Details\n"
        "W200,30/04/2026,09:00,Fly tipping,Quay Street,480500,530600,\n",
        encoding="utf-8",
    )
    workflows.ingest_feed(opened, LOCAL_ANALYST, feed="wardens", path=path)
    yield opened
    opened.close()


def add_councillor(store, account_id, *, accepted=True, ward=WARD, **given):
    """Add a councillor who has accepted what figures are for."""
    at = datetime(2026, 5, 1, tzinfo=UTC) if accepted else None
    terms = (WardTerm(ward, date(2020, 5, 1)),)
    account = new_account(
        account_id, "council", {Role.COUNCILLOR}, wards=terms, notice_at=at, **given
    )
    with store.transaction() as changes:
        changes.add_account(account)


@pytest.fixture
def served(monkeypatch, postbox):
    host, port = postbox.server_address
    for name, value in {
        "AIM_SMTP_HOST": host,
        "AIM_SMTP_PORT": port,
        "AIM_SMTP_SENDER": "hub@norbeck.example",
        "AIM_SMTP_TLS": "false",
        "AIM_ALLOW_FETCH": "true",
    }.items():
        monkeypatch.setenv(name, str(value))
    return postbox


@pytest.mark.usefixtures("store")
def test_the_wards_are_listed_and_one_is_told_in_words(aim):
    assert "Abbey" in aim("figures").out
    told = aim("figures", "abbey").out
    assert "13 reports in April 2026" in told
    assert "For ward casework, not campaigning" in told
    assert aim("figures", "Nowhere").code == 1


def test_a_file_of_a_ward_is_written_and_on_record(aim, loaded, store):
    assert aim("figures", WARD, "--format", "csv", "--out", "abbey.csv").code == 0
    assert "local-analyst" in (loaded / "abbey.csv").read_text(encoding="utf-8-sig")
    assert store.audit(EVERYTHING).iloc[-1]["action"] == "export-figures"


@pytest.mark.usefixtures("loaded")
def test_pre_election_days_are_set_and_shown(aim):
    assert "No pre-election period" in aim("election", "show").out
    assert aim("election", "set", "--from", "2020-03-24", "--until", "2020-05-08").code == 0
    assert "set by local-analyst; does not hold today" in aim("election", "show").out
    wrong = aim("election", "set", "--from", "2026-05-08", "--until", "2026-05-08")
    assert (wrong.code, "must come after the first" in wrong.err) == (1, True)


@pytest.mark.usefixtures("store")
def test_a_result_is_drafted_from_a_file_approved_and_written(aim, loaded):
    (loaded / "told.txt").write_text("Gates fitted. Ring 01632 960123.", encoding="utf-8")
    drafted = aim("result", "draft", "Abbey", "--title", "Quay Street", "--told", "told.txt")
    assert (drafted.out, drafted.err) == ("Result 1 drafted.\n", "Contact details masked: 1.\n")
    assert aim("result", "write", "1", "--out", "quay.pdf").code == 1
    assert aim("result", "approve", "1").code == 0
    assert aim("result", "write", "1", "--out", "quay.pdf").code == 0
    assert (loaded / "quay.pdf").read_bytes().startswith(b"%PDF-")
    assert "approved on" in aim("result", "list").out


def test_a_dry_run_prints_the_letters_and_sends_nothing(aim, store, served):
    add_councillor(store, "cora", email=ADDRESS)
    dry = aim("mail", "wards", "--dry-run")
    assert dry.out.startswith("To: cora\nSubject: Abbey: April 2026\n")
    assert ADDRESS not in dry.out + dry.err
    assert served.letters == []


def test_a_letter_holds_what_the_page_holds_and_is_on_record_by_account(aim, store, served):
    add_councillor(store, "cora", email=ADDRESS)
    assert "1 letters sent" in aim("mail", "wards", "--period", "2026-04").err
    (letter,) = served.letters
    for words in ("OFFICIAL-SENSITIVE", "13 reports in April 2026", f"/wards/{WARD}/figures"):
        assert words in letter
    last = store.audit(EVERYTHING).iloc[-1]
    told = json.loads(last["detail"])
    assert (told["what"], told["account"], told["wards"]) == ("letter", "cora", [WARD])
    assert ADDRESS not in store.audit(EVERYTHING).to_json()


def test_who_gets_no_letter_is_told_why(aim, store, served):
    add_councillor(store, "ann")
    add_councillor(store, "bea", email=ADDRESS, accepted=False)
    add_councillor(store, "dan", email="nobody@norbeck.example")
    add_councillor(store, "eve", email=ADDRESS, ward="E05099009")
    told = aim("mail", "wards").err
    assert "ann: no letter, no e-mail address" in told
    assert "bea: no letter, what figures are for was not accepted" in told
    assert "dan: no letter, the mail server refused" in told
    assert "eve: no letter, no ward is the person's own" in told
    assert served.letters == []


def test_letters_before_an_election_hold_public_figures_alone(aim, store, served):
    add_councillor(store, "cora", email=ADDRESS)
    with store.transaction() as changes:
        changes.set_pre_election(date(2020, 1, 1), date(2100, 1, 1), actor="admin")
    aim("mail", "wards")
    assert "0 reports in April 2026" in served.letters[0]


@pytest.mark.usefixtures("loaded")
def test_letters_need_a_server(aim):
    refused = aim("mail", "wards")
    assert (refused.code, "AIM_SMTP_HOST and AIM_SMTP_SENDER" in refused.err) == (1, True)


def test_an_address_is_kept_for_letters_and_shown_nowhere(aim, store):
    words = ("--role", "councillor", "--agency", "council", "--email", ADDRESS)
    added = aim("user", "add", "cora", *words)
    assert store.account("cora").email == ADDRESS
    assert ADDRESS not in added.out + added.err + aim("user", "list").out + repr(store.accounts())
    assert ADDRESS not in store.audit(EVERYTHING).to_json()
    wrong = aim("user", "add", "dan", *words[:-1], "dan at norbeck")
    assert (wrong.code, "e-mail address is none" in wrong.err) == (1, True)


def test_a_wrong_setting_never_shows_a_password(aim, monkeypatch):
    monkeypatch.setenv("AIM_SMTP_PASSWORD", "MARKED-password")
    monkeypatch.setenv("AIM_SMTP_PORT", "none")
    refused = aim("doctor")
    assert refused.code == 1
    assert "MARKED" not in refused.out + refused.err
