import pandas as pd

from aim.exports import text_table
from aim.testing.exporters import example_run


def test_a_run_is_written_as_six_plain_columns():
    heads, first, second, _ = text_table(example_run(2)).split("\n")
    assert heads.split() == ["rank", "place", "incidents", "change", "sources", "wards"]
    assert first.split() == [
        "1",
        "=HYPERLINK(1)",
        "39",
        "not",
        "compared",
        "police",
        "29;",
        "wardens",
        "10",
        "Harbour;",
        "Moor",
    ]
    assert "steady: 38 from 20" in second


def test_a_run_without_hotspots_is_its_header():
    assert text_table(example_run(0)).split() == [
        "rank",
        "place",
        "incidents",
        "change",
        "sources",
        "wards",
    ]


def test_no_letter_moves_the_cursor():
    assert text_table(pd.DataFrame({"place": ["a\x1b[2Jb\nc"]})) == "place\na?[2Jb?c\n"


def test_missing_values_are_blank_and_times_are_utc():
    rows = pd.DataFrame({"n": [1.5, None], "seen": [pd.Timestamp("2026-04-01T12:00Z"), pd.NaT]})
    assert text_table(rows).split("\n")[1:] == ["1.5  2026-04-01T12:00:00Z", "", ""]


def test_only_the_columns_asked_for_are_written():
    assert text_table(pd.DataFrame({"a": [1], "b": [2]}), columns=["b"]) == "b\n2\n"
