"""Audit, agreements, retention and subject requests on the command line."""

import json

import pytest

AGREEMENT = """
source = "wardens"
owner = "norbeck-council"
reference = "ISA-7"
purpose = "Anti-social behaviour"
regime = "crime_and_disorder"
roles = ["analyst"]
begins = 2026-01-01
review = 2036-01-01
retention_days = 1
"""


@pytest.mark.usefixtures("loaded")
def test_the_record_is_shown_checked_and_taken_elsewhere(aim):
    assert "ingest" in aim("audit", "show", "--action", "ingest").out
    assert aim("audit", "export", "--out", "kept.jsonl").code == 0
    whole = aim("audit", "verify", "--against", "kept.jsonl")
    assert (whole.code, whole.out[:19]) == (0, "The record is whole")


def test_a_fault_is_told_with_exit_code_one_until_accepted(aim, loaded):
    next(loaded.glob("aim.db-*.audit")).unlink()
    broken = aim("audit", "verify")
    assert (broken.code, "No checkpoint lies beside the key" in broken.out) == (1, True)
    assert "on record" in aim("audit", "accept").err
    assert aim("audit", "verify").code == 0


def test_an_agreement_is_set_listed_and_shown(aim, loaded):
    (loaded / "wardens.toml").write_text(AGREEMENT, encoding="utf-8")
    assert "Version 1" in aim("agreements", "set", "wardens.toml").err
    assert "wardens  norbeck-council  ISA-7" in aim("agreements", "list").out
    assert "Crime and Disorder Act" in aim("agreements", "show", "wardens").out


def test_a_load_is_refused_where_an_agreement_is_required(aim, loaded, monkeypatch):
    monkeypatch.setenv("AIM_REQUIRE_AGREEMENTS", "true")
    refused = aim("ingest", "wardens", "wardens.csv")
    assert (refused.code, "aim agreements set" in refused.err) == (1, True)


def test_old_rows_are_listed_then_removed(aim, loaded):
    assert "Nothing is past its time" in aim("retain").err
    (loaded / "wardens.toml").write_text(AGREEMENT, encoding="utf-8")
    aim("agreements", "set", "wardens.toml")
    listed = aim("retain", "--dry-run")
    assert "Nothing was removed" in listed.err
    removed = aim("retain")
    assert removed.out == listed.out
    assert "Removed for good" in removed.err
    assert "Nothing is past its time" in aim("retain").err


def test_a_person_is_answered(aim, loaded):
    ref = "W001"
    assert "wardens: 1 current" in aim("subject", "find", ref).out
    told = json.loads(aim("subject", "export", ref, "--source", "wardens").out)
    assert told["rows"][0]["source_ref"] == ref
    assert "Erased for good: 1 rows" in aim("subject", "erase", ref).err
    assert aim("subject", "find", ref).code == 1
