"""Repeats on the command line."""

import csv
import io
import json

import pytest

from aim.model.people import EVERYTHING
from aim.store import open_store


@pytest.mark.usefixtures("loaded")
def test_near_repeats_are_printed_with_bands_and_seed(aim):
    said = aim(
        "repeats", "near", "--bands-m", "0,100,400", "--bands-days", "0,7", "--permutations", "99"
    )
    assert (said.code, "99 permutations, seed 0." in said.out) == (0, True)
    assert "100 m up to but not 400 m" in said.out
    # Twelve reports in a row, a day and 16 m apart: each has six others under 7 days and 100 m.
    assert "under 100 m                under 7 days        51" in said.out


@pytest.mark.usefixtures("loaded")
def test_a_file_of_near_repeats_carries_how_it_was_made(aim):
    said = aim("repeats", "near", "--permutations", "19", "--seed", "3", "--format", "json")
    made = json.loads(said.out)
    assert (made["facts"]["seed"], made["facts"]["permutations"]) == (3, 19)
    assert len(made["near_repeats"]) == 20


@pytest.mark.usefixtures("loaded")
def test_places_at_risk_are_listed_for_a_day(aim, loaded):
    said = aim("repeats", "risk", "--on", "2026-04-13", "--risk-days", "3", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out.lstrip("\ufeff"))))
    assert sorted(row["last_day"] for row in rows) == ["2026-04-11", "2026-04-12"]
    assert "12 April 2026: 12 places" in aim("repeats", "risk").out
    store = open_store(f"sqlite:///{(loaded / 'aim.db').as_posix()}")
    details = store.audit(EVERYTHING)["detail"].tolist()
    store.close()
    assert '"places-at-risk"' in details[-1]


@pytest.mark.usefixtures("loaded")
def test_addresses_and_signs_say_when_there_are_none(aim):
    assert "No incident here has a known address." in aim("repeats", "locations").out
    said = aim("repeats", "case-review", "--on", "2026-05-01")
    assert "A sign, not a decision" in said.out
    assert said.out.rstrip().endswith("No sign.")
    assert aim("repeats", "case-review", "--format", "csv", "--out", "signs.csv").code == 0


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "words", [("near", "--bands-m", "far"), ("risk", "--on", "soon"), ("locations", "--least", "1")]
)
def test_a_wrong_request_is_told(aim, words):
    assert aim("repeats", *words).code == 1
