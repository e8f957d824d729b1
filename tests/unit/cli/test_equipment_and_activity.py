"""Equipment, visits, the card and returns from the keyboard."""

import re
from pathlib import Path

import pytest


def key_in(said):
    return re.search(r"[0-9a-f]{10}", said.out)[0]


@pytest.mark.slow
def test_a_unit_goes_out_and_comes_back(aim, loaded):
    place = aim("site", "add", "Riverside steps", "--ward", "Abbey").out.split()[0]
    assert aim("equipment", "list").out == "No equipment yet.\n"
    key = key_in(aim("equipment", "add", "sign", "S-1", "--maintenance", "2020-01-01"))
    assert "teapot" in aim("equipment", "add", "teapot", "T").err
    assert "S-1 changed" in aim("equipment", "change", "S-1", "--note", "Bent").out
    out = aim("equipment", "deploy", "S-1", "--place", place, "--protocol", "PSPO")
    assert out.out == "S-1 deployed.\n"
    assert "changed" in aim("equipment", "extend", "S-1", "--until", "2090-01-01").out
    shown = aim("equipment", "show", key).out
    for words in ("Sign S-1: deployed", "Place: Riverside steps", "Overdue: to be looked after"):
        assert words in shown
    assert "Riverside steps" in aim("equipment", "list").out
    assert aim("equipment", "return", "S-1", "--told", "Quiet").out == "S-1 is available.\n"
    assert "say what happened" in aim("equipment", "move", "S-1", "lost").err
    home = aim("equipment", "deploy", "S-1", "--dwelling", "Case 114", "--protocol", "Safety")
    assert "Known to local-analyst alone" in home.out


@pytest.mark.slow
def test_visits_are_logged_read_and_returned(aim, loaded):
    place = aim("site", "add", "Riverside steps", "--ward", "Abbey").out.split()[0]
    assert aim("activity", "list").out == "No visit yet.\n"
    words = ("--day", "2026-05-01", "--time", "21:00", "--minutes", "30", "--powers", "cpn")
    kept = aim("activity", "log", place, *words, "--done", "Walk")
    assert "30 minutes at Riverside steps" in kept.out
    assert "no visit" in aim("activity", "take-back", "0" * 10).err
    assert aim("activity", "template", "--out", "visits.csv").code == 0
    table = Path("visits.csv")
    row = b"Riverside steps,02/05/2026,21:00,15,wardens,,\r\n"
    table.write_bytes(table.read_bytes() + row)
    assert aim("activity", "import", "visits.csv", "--dry-run").out.startswith("1 visits added")
    assert aim("activity", "import", "visits.csv").out.startswith("1 visits added, 0 known")
    assert aim("activity", "import", "visits.csv").out.startswith("0 visits added, 1 known")
    period = ("--since", "2026-05-01", "--until", "2026-06-01")
    assert aim("activity", "return", *period, "--out", "r.csv").code == 0
    lines = Path("r-hours.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:5] for line in lines[1:]] == [
        ["2026-05", "Riverside steps", "hub", "1", "0.5"],
        ["2026-05", "Riverside steps", "wardens", "1", "0.25"],
    ]
    assert aim("activity", "take-back", key_in(kept), "--why", "Wrong day").code == 0
    assert "Walk" not in aim("activity", "list").out
    assert "no GPX" in aim("activity", "track", "visits.csv").err


def test_the_card_is_text_or_a_page(aim, loaded):
    said = aim("card", "--shift", "10-18", "--type", "environmental")
    assert said.out.startswith("Tonight's card: 10:00 to 18:00")
    assert aim("card", "--shift", "late").code == 1
    assert aim("card", "--out", "card.pdf").code == 0
