"""Hours and days on the command line."""

import csv
import io

import pytest


@pytest.mark.usefixtures("loaded")
def test_the_hours_are_printed_with_the_sentence_above_them(aim):
    said = aim("times", "--type", "fly-tipping")
    assert said.code == 0
    assert "Too few to say which hours stand out: 12 incidents with a known time." in said.out
    lines = said.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("hour"))
    assert lines[at + 1 + 21].split()[0] == "21:00"
    assert sum(float(number) for number in lines[at + 22].split()[1:]) == 12


@pytest.mark.usefixtures("loaded")
def test_a_file_of_the_week_has_a_row_an_hour(aim, loaded):
    assert aim("times", "--format", "csv", "--out", "week.csv").code == 0
    text = (loaded / "week.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 168
    assert sum(float(row["incidents"]) for row in rows) == pytest.approx(12)


@pytest.mark.usefixtures("loaded")
def test_a_format_that_is_no_table_is_a_wrong_command(aim):
    assert aim("times", "--format", "kml").code == 2
