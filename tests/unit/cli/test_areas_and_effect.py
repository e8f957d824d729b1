"""Tables by area, sources and effect at the keyboard."""

import json

import pytest

MONTHS = ("--since", "2026-04-01", "--until", "2026-05-01")


@pytest.mark.usefixtures("loaded")
def test_head_counts_are_loaded_and_rates_follow(aim, workdir):
    assert "aim wards population FILE" in aim("areas", "rates").err
    (workdir / "people.csv").write_text("code,People\nE05099001,4000\n", encoding="utf-8")
    assert "1 areas, 4,000 population" in aim("wards", "population", "people.csv").out
    told = json.loads(aim("areas", "rates", *MONTHS, "--format", "json").out)
    assert [(row["incidents"], row["rate"]) for row in told["rates"]] == [(12, 3.0)]
    assert "Abbey" in aim("areas", "vulnerable", "--type", "fly-tipping").out


@pytest.mark.usefixtures("loaded")
def test_areas_are_counted_by_year_and_places_ranked(aim):
    assert "2026/27" in aim("areas", "localities").out
    told = json.loads(aim("areas", "top", "--each", "--most", "1", "--format", "json").out)
    assert [(row["area"], row["place"]) for row in told["top"]] == [("Abbey", "Quay Street")]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("areas", "top", "--most", "99"), 1, "from 1 to 50"),
        (("areas", "top", "--format", "pdf"), 2, "not table, csv or json"),
        (("sources",), 1, "compared with each other"),
        (("effect", "nowhere", *MONTHS), 1, "Not compared with March 2026"),
        (("effect", "wards-2026:E05099001"), 1, "both needed"),
        (("effect", "wards-2026:E05099001", *MONTHS, "--harm"), 1, "AIM_HARM_WEIGHTS"),
        (("wards", "population", "none.csv"), 1, "no such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(aim, words, code, told):
    said = aim(*words)
    assert said.code == code
    assert told in " ".join(said.err.split())
