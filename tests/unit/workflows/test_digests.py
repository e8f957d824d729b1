"""Letters and calendars of one's own work: everything of one's own, nothing of anybody else's."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from aim import workflows
from aim.access import LOCAL_ANALYST
from aim.config import Settings
from aim.errors import ConfigError, NotAllowedError, NotFoundError
from aim.model.accounts import AccountState, new_account
from aim.model.actions import ActionPlan, ActionRecord, Stage
from aim.model.groups import Choice, Decision, Meeting
from aim.model.people import EVERYTHING, Actor, Role
from aim.model.tasks import EventKind, TaskEvent
from aim.store import open_store

TODAY = date(2026, 5, 20)
NOW = datetime(2026, 5, 18, 9, tzinfo=UTC)
HUB = Settings(hosts=("hub.example",))
WARDEN = Actor("warden", "wardens", frozenset({Role.OFFICER}))
PLAN = ActionPlan("Mend the lights", owner="warden", due=date(2026, 5, 25))


@pytest.fixture
def store(tmp_path):
    opened = open_store(
        f"sqlite:///{(tmp_path / 'aim.db').as_posix()}", create=True, clock=lambda: NOW
    )
    people = {
        "warden": ({Role.OFFICER}, "w@norbeck.example"),
        "other": ({Role.OFFICER}, "o@norbeck.example"),
        "mute": ({Role.COORDINATOR}, ""),
        "cora": ({Role.COUNCILLOR}, "c@norbeck.example"),
    }
    with opened.transaction() as change:
        for name, (roles, email) in people.items():
            change.add_account(new_account(name, "wardens", roles, email=email))
    yield opened
    opened.close()


def keep(store, key, plan=PLAN, stage=Stage.UNDER_WAY, *, actor="lead"):
    record = plan if isinstance(plan, Meeting) else ActionRecord(plan, stage)
    with store.transaction() as change:
        change.add_task(key, record, TaskEvent(EventKind.ADDED), actor=actor)


def letters(store, today=TODAY):
    found, left_out = workflows.digest_letters(store, LOCAL_ANALYST, HUB, today=today)
    return {one.account: one.letter for one in found}, dict(left_out)


def part(text, heading):
    return next((one for one in text.split("\n\n") if one.startswith(heading)), "")


@pytest.mark.parametrize(
    ("due", "heading"),
    [
        (date(2026, 5, 19), "Overdue"),
        (date(2026, 5, 20), "Due in"),
        (date(2026, 5, 26), "Due in"),
        (date(2026, 5, 27), None),
    ],
)
def test_an_open_action_is_told_by_its_due_day(store, due, heading):
    keep(store, "k1", replace(PLAN, due=due), actor="warden")
    told, left_out = letters(store)
    if heading is None:
        assert "nothing is due" in left_out["warden"]
        return
    assert "Mend the lights" in part(told["warden"].text, heading)
    assert "https://hub.example/actions/k1" in told["warden"].text
    assert ("1 overdue" in told["warden"].subject) == (heading == "Overdue")


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.DONE, Stage.REVIEWED, Stage.DROPPED])
def test_what_is_not_open_is_not_due(store, stage):
    keep(store, "k1", stage=stage, actor="warden")
    assert "warden" not in letters(store)[0]


def test_what_somebody_else_gave_one_is_new_for_a_week(store):
    keep(store, "k1", stage=Stage.DRAFT)
    assert "Mend the lights" in part(letters(store)[0]["warden"].text, "Yours since")
    assert "warden" in letters(store, NOW.date() + timedelta(days=7))[0]
    assert "warden" not in letters(store, NOW.date() + timedelta(days=8))[0]


def test_a_change_of_owner_is_new_to_the_new_one_alone(store):
    keep(store, "k1", replace(PLAN, owner="other"), Stage.DRAFT, actor="other")
    event = TaskEvent(EventKind.CHANGED, changes=(("owner", "other", "warden"),))
    with store.transaction() as change:
        change.change_task("k1", ActionRecord(PLAN), event, version=1, actor="lead")
    assert set(letters(store)[0]) == {"warden"}


def test_decisions_are_told_by_number_and_name_no_place(store):
    decided = (Decision("h1", "Quay Street", Choice.WATCH, outline="POINT (0 0)"),)
    keep(store, "m1", Meeting(date(2026, 5, 13), "r1", decisions=decided))
    keep(store, "m2", Meeting(date(2026, 5, 12), "r1", decisions=decided))
    keep(store, "m3", Meeting(date(2026, 5, 13), "r1"))
    text = letters(store)[0]["warden"].text
    assert "13 May 2026, 1 place decided: https://hub.example/meetings/m1" in text
    assert "Quay" not in text
    assert "m2" not in text
    assert "m3" not in text


def test_who_gets_no_letter_is_told_why(store):
    keep(store, "k1", replace(PLAN, owner="mute"))
    told, left_out = letters(store)
    assert left_out["mute"] == "no e-mail address is kept"
    assert "cora" not in told | left_out
    with pytest.raises(NotAllowedError):
        workflows.digest_letters(store, WARDEN, HUB, today=TODAY)


def test_for_random_people_no_letter_differs_with_a_restricted_action_of_others(store):
    rng = random.Random(2)
    for number in range(6):
        owner = rng.choice(["warden", "other"])
        due = TODAY + timedelta(days=rng.randint(-5, 9))
        keep(store, f"k{number}", replace(PLAN, owner=owner, due=due), rng.choice(list(Stage)))
    before, _ = letters(store)
    only = frozenset({"warden"})
    keep(store, "h1", replace(PLAN, title="Behind doors", agency="wardens", readers=only))
    after, _ = letters(store)
    assert after["other"] == before["other"]
    assert "A restricted action, due on 25 May 2026" in after["warden"].text
    assert "Behind doors" not in after["warden"].text


def days_in(made):
    return {
        (str(one["summary"]), one["dtstart"].dt, str(one.get("url", "")))
        for one in Calendar.from_ical(made.content).walk("VEVENT")
    }


def test_a_calendar_holds_the_days_of_own_actions_as_titles(store):
    review = date(2026, 9, 1)
    keep(store, "k1", replace(PLAN, review=review, details="Much more", agency="wardens"))
    keep(store, "k2", replace(PLAN, owner="other", agency="wardens"))
    keep(store, "k3", replace(PLAN, review=review), Stage.DONE)
    keep(store, "k4", replace(PLAN, review=review), Stage.REVIEWED)
    keep(store, "k5", replace(PLAN, title="Hidden", readers=frozenset({"other"})))
    made = workflows.my_calendar(store, WARDEN, HUB)
    assert days_in(made) == {
        ("Due: Mend the lights", date(2026, 5, 25), "https://hub.example/actions/k1"),
        ("Review: Mend the lights", review, "https://hub.example/actions/k1"),
        ("Review: Mend the lights", review, "https://hub.example/actions/k3"),
    }
    assert b"Much more" not in made.content
    assert workflows.my_calendar(store, WARDEN, HUB).content == made.content


def test_a_private_address_is_renewed_and_taken_away(store):
    keep(store, "k1")
    first = workflows.renew_calendar(store, WARDEN)
    assert workflows.say_calendar(store, WARDEN) == "Your private address holds since 18 May 2026."
    assert len(days_in(workflows.calendar_at(store, HUB, first, today=TODAY))) == 1
    second = workflows.renew_calendar(store, WARDEN)
    assert first not in store.audit(EVERYTHING)["detail"].str.cat()
    with pytest.raises(NotFoundError):
        workflows.calendar_at(store, HUB, first, today=TODAY)
    assert workflows.revoke_calendar(store, WARDEN)
    assert not workflows.revoke_calendar(store, WARDEN)
    with pytest.raises(NotFoundError):
        workflows.calendar_at(store, HUB, second, today=TODAY)
    assert workflows.say_calendar(store, WARDEN) == ""


def test_an_address_shows_nothing_of_a_disabled_account(store):
    secret = workflows.renew_calendar(store, WARDEN)
    account = next(one for one in store.accounts() if one.id == "warden")
    with store.transaction() as change:
        change.change_account(replace(account, state=AccountState.DISABLED))
    with pytest.raises(NotFoundError):
        workflows.calendar_at(store, HUB, secret, today=TODAY)


def test_letters_go_out_on_record_and_refused_ones_are_said(store, postbox):
    keep(store, "k1")
    keep(store, "k2", replace(PLAN, owner="other"))
    account = next(one for one in store.accounts() if one.id == "other")
    with store.transaction() as change:
        change.change_account(replace(account, email="nobody@norbeck.example"))
    host, port = postbox.server_address
    mail = {"smtp_host": host, "smtp_port": port, "smtp_sender": "hub@norbeck.example"}
    server = Settings(**mail, smtp_tls=False, allow_fetch=True)
    sent = workflows.send_digests(store, LOCAL_ANALYST, server, today=TODAY)
    assert sent.written == ("warden",)
    assert dict(sent.left_out)["other"] == "the mail server refused the address"
    assert len(postbox.letters) == 1
    assert "Mend the lights" in postbox.letters[0]
    details = store.audit(EVERYTHING)["detail"].str.cat()
    assert details.count("digest") == 3
    assert "norbeck.example" not in details
    with pytest.raises(ConfigError):
        workflows.send_digests(store, LOCAL_ANALYST, Settings(), today=TODAY)
