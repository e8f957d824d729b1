"""Indicators and case reviews from the keyboard."""

import json


def test_what_cannot_be_counted_yet_is_said(aim, loaded):
    said = aim("indicators")
    assert said.code == 1
    assert "no month is held complete" in said.err
    assert aim("indicators", "--format", "pdf").code == 2


def test_the_annual_table_is_printed_and_written(aim, loaded):
    later = (
        "Job No,Date,Category,Location,Easting,Northing\nX1,30/04/2026,Graffiti,A,480600,530600\n"
    )
    (loaded / "later.csv").write_text(later, "utf-8")
    assert aim("ingest", "wardens", "later.csv").code == 0
    printed = aim("indicators")
    assert printed.code == 0, printed.err
    assert "All incidents" in printed.out
    rows = json.loads(aim("indicators", "--format", "json").out)["indicators"]
    assert (rows[0]["indicator"], rows[0]["now"]) == ("All incidents", 13)
    assert "no month of it" in aim("indicators", "--year", "2019/20").err


def test_options_of_the_table_are_not_lost_before_another_command(aim, loaded):
    assert aim("indicators", "--year", "2025/26", "milestones").code == 2
    assert "No targets are set" in aim("indicators", "milestones").out


def test_targets_come_from_a_file_of_ones_own(aim, loaded, monkeypatch):
    text = '[indicators.all]\nname = "Everything"\n[indicators.all.targets]\n"2026/27" = 40\n'
    (loaded / "own.toml").write_text(text, "utf-8")
    monkeypatch.setenv("AIM_INDICATORS", "own.toml")
    assert "Everything" in aim("indicators", "milestones").out
    monkeypatch.setenv("AIM_INDICATORS", "nowhere.toml")
    assert "AIM_INDICATORS" in aim("indicators").err


def test_a_share_is_answered_with_its_warning(aim):
    said = aim("indicators", "share", "12", "715", "--against", "6.8").out
    assert "1.7 %, likely between 0.9 % and 2.9 %" in said
    assert "p below 0.001" in said
    assert "not matched" in said


def test_case_reviews_are_counted_and_written(aim, loaded):
    assert aim("indicators", "case-reviews").out.startswith("No year")
    numbers = ("--applications", "9", "--not-met", "5", "--reviews", "6", "--recommendations", "3")
    assert "2025/26 are kept" in aim("indicators", "count-reviews", "2025/26", *numbers).out
    assert "of the year before" in aim("indicators", "case-reviews").out
    assert "2025/26,9,5,6,3" in aim("indicators", "case-reviews", "--format", "csv").out
    assert "write it like 2025/26" in aim("indicators", "count-reviews", "soon", *numbers).err
