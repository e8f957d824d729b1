"""Every command, given by somebody with one role alone: the table says who is let in."""

import contextlib
import shutil
import sys
from dataclasses import dataclass

import pytest
import typer
import walking

from aim import cli, workflows
from aim.model.people import Actor, Role
from aim.model.types import slug_of
from aim.store import open_store

REFUSED = "does not allow it"


@dataclass
class Said:
    out: bytes
    err: str


@pytest.fixture(scope="module")
def kept(marked_store, tmp_path_factory):
    """Copy the marked store once, for commands to work on."""
    folder = tmp_path_factory.mktemp("keyboard")
    store, _, made_in = marked_store
    store.backup(folder / "aim.db")
    shutil.copy(made_in / "aim.db.key", folder)
    (folder / "told.txt").write_text("What was done.", encoding="utf-8")
    (folder / "inbox").mkdir()
    return folder


def walk(command, name):
    if not hasattr(command, "commands"):
        yield name
    for word, one in getattr(command, "commands", {}).items():
        yield from walk(one, name if one.hidden else f"{name} {word}")


def test_every_command_has_its_row_and_every_row_its_command(rows):
    assert sorted(walk(typer.main.get_command(cli.app), "aim")) == sorted(rows["commands"])


# Two of the eight in every run; those who are let in far do much, and take their time.
QUICK = {Role.COUNCILLOR, Role.AUDITOR}
EVERYBODY = [pytest.param(role, marks=[] if role in QUICK else [pytest.mark.slow]) for role in Role]


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_at_the_keyboard_does_what_the_table_says(rows, role, keyboard):
    faults = []
    for name, row in rows["commands"].items():
        opens = slug_of(role) in rows["groups"][row["for"]]
        if row.get("unrun") or (opens and row["for"] == "everybody"):
            continue
        said = keyboard(role, [*name.split()[1:], *row.get("words", ())])
        if opens == (REFUSED in said.err):
            faults.append(f"{name}: {opens=}, said {said.err[:200]}")
    assert faults == []


@pytest.fixture
def keyboard(kept, monkeypatch, capsysbinary):
    """Give a way to be a role and give a command."""
    monkeypatch.chdir(kept)

    def give(role, words):
        monkeypatch.setattr("aim.access.LOCAL_ANALYST", actor_of(kept, role))
        monkeypatch.setattr(sys, "argv", ["aim", *words])
        capsysbinary.readouterr()
        with contextlib.suppress(SystemExit):
            cli.main()
        said = capsysbinary.readouterr()
        return Said(said.out, said.err.decode("utf-8"))

    return give


def actor_of(folder, role):
    """Return somebody with one role, as far as agreements let that role see."""
    agency = "hub" if role is Role.ANALYST else "norbeck-police"
    store = open_store(f"sqlite:///{(folder / 'aim.db').as_posix()}")
    try:
        return workflows.with_agreements(store, Actor("x", agency, frozenset({role})))
    finally:
        store.close()


SHOWING = (
    "hotspots,hotspots tree,hotspots bursts,map,places review,links list,trends,quality"
).split(",")


SEERS = [Role.ANALYST, Role.COORDINATOR, Role.OFFICER, Role.POLICE_PARTNER]


@pytest.mark.slow
@pytest.mark.parametrize("role", SEERS)
def test_what_a_command_prints_holds_what_the_table_says(kept, rows, role, marked_store, keyboard):
    faults = []
    for name in SHOWING:
        row = rows["commands"][f"aim {name}"]
        said = keyboard(role, [*name.split(), *row.get("words", ())])
        out = said.out + ((kept / row["out"]).read_bytes() if "out" in row else b"")
        assert out
        faults += [
            f"{name}: {mark.source} {mark.level} {mark.field}"
            for mark in marked_store[1]
            if mark.is_in(out) and not walking.may_hold(rows, slug_of(role), row, mark)
        ]
    assert faults == []
