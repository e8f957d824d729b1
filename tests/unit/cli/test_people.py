"""Accounts and tokens from the keyboard: what is shown once, and what is not shown again."""

import re
import shutil

import pytest

from aim.store import open_store


@pytest.fixture(scope="module")
def one_store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("people")
    open_store(f"sqlite:///{(folder / 'aim.db').as_posix()}", create=True).close()
    return folder


@pytest.fixture
def hub(workdir, one_store):
    shutil.copytree(one_store, workdir, dirs_exist_ok=True)
    return workdir


ADMIN = ("user", "add", "hub-admin", "--role", "administrator", "--agency", "norbeck-council")


@pytest.mark.usefixtures("hub")
def test_the_first_administrator_is_told_a_password_once_on_standard_error(aim):
    said = aim(*ADMIN)
    assert (said.code, said.out) == (0, "hub-admin added.\n")
    assert re.search(r"password, shown this once.*: (\w{4}-){3}\w{4}", said.err)
    assert "everybody signs in" in said.err
    assert "-".join(re.findall(r"\w{4}-", said.err)) not in aim("user", "list").out


@pytest.mark.usefixtures("hub")
def test_people_are_listed_with_state_roles_and_wards(aim):
    aim(*ADMIN)
    aim(
        *("user", "add", "c-1", "--role", "councillor", "--role", "scrutiny-member"),
        *("--agency", "norbeck-council", "--ward", "E05099001:2026-05-08:", "--group", "harbour"),
    )
    aim("user", "disable", "c-1")
    assert aim("user", "list").out.splitlines() == [
        "c-1  disabled  norbeck-council  councillor,scrutiny-member  E05099001",
        "hub-admin  active  norbeck-council  administrator",
    ]
    aim("user", "enable", "c-1")
    assert "c-1  active" in aim("user", "list").out


@pytest.mark.usefixtures("hub")
def test_a_person_of_the_organisation_gets_no_password(aim):
    said = aim(*ADMIN, "--sign-in-name", "admin@example.org")
    assert "signs in with the organisation as admin@example.org" in said.err
    assert "password" not in said.err


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "Ana B", "--role", "analyst", "--agency", "council"), "not written as a slug"),
        (("add", "ana", "--role", "mayor", "--agency", "council"), "is no role"),
        (
            ("add", "ana", "--role", "councillor", "--agency", "council", "--ward", "E1:x"),
            "write CODE",
        ),
        (("disable", "nobody-here"), "aim user list"),
        (("reset", "nobody-here"), "aim user list"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_1(aim, words, told):
    said = aim("user", *words)
    assert (said.code, said.out, told in said.err) == (1, "", True)
    assert said.err.count("\n") == 1


@pytest.mark.usefixtures("hub")
def test_an_id_is_given_once(aim):
    aim(*ADMIN)
    assert aim(*ADMIN).code == 1


@pytest.mark.usefixtures("hub")
def test_the_last_administrator_cannot_be_disabled(aim):
    aim(*ADMIN)
    aim("user", "add", "ana", "--role", "analyst", "--agency", "council")
    said = aim("user", "disable", "hub-admin")
    assert (said.code, "last active administrator" in said.err) == (1, True)


@pytest.mark.usefixtures("hub")
def test_a_reset_gives_another_password_and_codes_where_asked(aim):
    first = aim(*ADMIN).err
    plain = aim("user", "reset", "hub-admin")
    coded = aim("user", "reset", "hub-admin", "--one-time-codes")
    passwords = re.findall(r"(?:\w{4}-){3}\w{4}", first + plain.err + coded.err)
    assert len(set(passwords)) == 3
    assert "otpauth" not in plain.err
    assert "otpauth://totp/AIM:hub-admin?secret=" in coded.err


@pytest.mark.usefixtures("hub")
def test_a_token_is_shown_once_listed_without_it_and_revoked(aim):
    aim(*ADMIN)
    made = aim("token", "add", "--for", "hub-admin", "--scope", "read", "--days", "9")
    token = made.out.strip()
    assert re.fullmatch(r"aim_[\w-]{43}", token)
    listed = aim("token", "list").out
    assert re.fullmatch(r"1  hub-admin  read  until [\d-]{10}  live\n", listed)
    assert aim("token", "revoke", "1").out == "Token 1 revoked.\n"
    assert "revoked" in aim("token", "list").out


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--for", "hub-admin", "--scope", "all"), "is no scope"),
        (("--for", "hub-admin", "--scope", "read", "--days", "0"), "1 to 366 days"),
        (("--for", "hub-admin", "--scope", "read", "--days", "367"), "1 to 366 days"),
        (("--for", "nobody-here", "--scope", "read"), "no account"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(aim, words, told):
    aim(*ADMIN)
    said = aim("token", "add", *words)
    assert (said.code, said.out, told in said.err) == (1, "", True)
    assert aim("token", "list").out == ""
