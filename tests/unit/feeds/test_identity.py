import pandas as pd
import pytest

from aim.feeds._identity import normal_cell, normal_reference, row_ids


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1"),
        ("449000.00", "449000"),
        ("449000.10", "449000.1"),
        ("449,000", "449000"),
        ("000000199356", "199356"),
        ("-1.2400", "-1.24"),
        (".5", "0.5"),
        ("1.", "1"),
        ("3/4/2026", "03/04/2026"),
        ("03/04/2026", "2026-04-03 00:00:00"),
        ("03/04/2026 9:05", "2026-04-03T09:05:00"),
        ("03.04.2026", "2026-04-03"),
        ("9:05", "09:05:00"),
        ("Oct-18", "2018-10"),
        ("  High \n Street ", "High Street"),
        ("High\xa0Street", "High Street"),
    ],
)
def test_two_ways_to_write_one_thing_are_one_cell(one, other):
    assert normal_cell(one) == normal_cell(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "2"),
        ("1.01", "1.1"),
        ("03/04/2026", "04/03/2026"),
        ("03/04/2026", "03/04/2026 00:01"),
        ("03/04/2026 09:05", "03/04/2026 09:05:30"),
        ("09:05", "09:05:30"),
        ("High Street", "high street"),
        ("1234567890123456", "1234567890123457"),
        ("Oct-18", "Oct-19"),
        ("Foo-18", "Oct-18"),
        ("1,20", "120"),
    ],
)
def test_two_different_things_are_two_cells(one, other):
    assert normal_cell(one) != normal_cell(other)


@pytest.mark.parametrize("cell", ["", " ", "-", "0", "N/A", "tbc", "None", "#N/A"])
def test_words_for_no_reference_are_none(cell):
    assert normal_reference(cell) == ""


@pytest.mark.parametrize(
    ("cell", "reference"), [(" W  1 ", "W 1"), ("12.0", "12"), ("007", "007"), ("1.5", "1.5")]
)
def test_a_reference_keeps_all_but_spaces(cell, reference):
    assert normal_reference(cell) == reference


def ids(cells, references=None, *, source="w", files=None, feed="wardens", version="1", key=b""):
    frame = pd.DataFrame(cells, columns=["date", "place"], dtype=object)
    size = len(frame)
    return row_ids(
        frame,
        pd.Series(references or [""] * size, dtype=object),
        pd.Series([source] * size, dtype=object),
        pd.Series(files or ["f"] * size, dtype=object),
        feed=feed,
        version=version,
        key=key,
    ).tolist()


ROW = ("01/04/2026", "High St")


def test_identities_never_change():
    assert ids([ROW, ROW], ["", "R1"]) == [
        "cb66416584461ad4c0a61b683e3a9c4a",
        "3f14bd3f6fae222325e64df5ee2488e4",
    ]


def test_identical_rows_are_counted_within_a_file():
    first, second, third = ids([ROW] * 3, files=["a", "a", "b"])
    assert first != second
    assert first == third


def test_a_row_keeps_its_identity_among_others_in_any_order():
    other = ("02/04/2026", "Low St")
    assert ids([other, ROW, ROW])[1:] == ids([ROW, ROW])
    assert set(ids([ROW, other])) == set(ids([other, ROW]))


def test_a_reference_is_the_row_whatever_its_cells():
    assert ids([ROW], ["R1"]) == ids([("", "")], ["R1"])
    assert ids([ROW], ["R1"]) != ids([ROW], ["R2"])
    assert ids([ROW], ["R1"]) != ids([ROW])


@pytest.mark.parametrize(
    "change", [{"source": "x"}, {"feed": "x"}, {"key": b"x"}, {"references": ["R2"]}]
)
def test_source_feed_and_key_are_part_of_a_referred_identity(change):
    assert ids([ROW], **{"references": ["R1"], **change}) != ids([ROW], ["R1"])


@pytest.mark.parametrize(
    "change", [{"source": "x"}, {"feed": "x"}, {"key": b"x"}, {"version": "2"}]
)
def test_source_feed_key_and_version_are_part_of_a_cell_identity(change):
    assert ids([ROW], **change) != ids([ROW])


def test_cells_do_not_run_together():
    assert ids([("a", "bc")]) != ids([("ab", "c")])


def test_only_the_first_64_bytes_of_a_key_count():
    assert ids([ROW], key=b"k" * 64) == ids([ROW], key=b"k" * 64 + b"more")
    assert ids([ROW], key=b"k" * 63) != ids([ROW], key=b"k" * 64)


def test_nothing_in_gives_nothing_out():
    assert ids([]) == []
