"""Head counts: the column with the set's codes is found, parts are added up, faults are told."""

import pytest

from aim.areas import read_population
from aim.errors import AreaError

TABLE = """LSOA21CD,WD26CD,Residents,House holds,Out of work
E01,W1,"1,200",500,60
E02,W1,800,300.5,20
E03,W2,900,400,9
"""


@pytest.fixture
def file(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_text(text, encoding=encoding)
        return path

    return write


def test_the_set_decides_which_codes_are_meant_and_parts_are_added_up(file):
    small = read_population(file(TABLE), ["E01", "E02", "E03"])
    wards = read_population(file(TABLE), ["W2", "W1"])
    assert small["population"].tolist() == [1200, 800, 900]
    assert wards.values.tolist() == [["W1", 2000, 800.5], ["W2", 900, 400]]
    assert wards.columns.tolist() == ["ward_code", "population", "households"]
    assert wards.attrs["notes"] == []


def test_columns_are_named_where_their_headers_tell_nothing(file):
    path = file(TABLE.replace("Residents", "Count").replace("E03", "Größe"), "cp1252")
    found = read_population(path, ["W1"], population="count", indicators=["Out of work"])
    assert found.values.tolist() == [["W1", 2000, 800.5, 80]]
    assert found.columns.tolist()[-1] == "Out of work"


def test_areas_the_file_lacks_are_named_and_areas_of_others_passed_over(file):
    found = read_population(file(TABLE), ["W1", *(f"X{n}" for n in range(6))])
    assert found["ward_code"].tolist() == ["W1"]
    assert found.attrs["notes"] == [
        "6 areas of the set are not in the file and get no rate: X0, X1, X2, X3, X4, …."
    ]


@pytest.mark.parametrize(
    ("text", "codes", "told"),
    [
        (TABLE, ["Z1"], "no column holds such codes"),
        (TABLE.replace("Residents", "x").replace("House holds", "y"), ["W1"], "population or"),
        (TABLE.replace("800", "-8"), ["W1"], "such as '-8'"),
        (TABLE.replace("800", "many"), ["W1"], "such as 'many'"),
        (TABLE.replace("Out of work", "Residents"), ["W1"], "share a name"),
        (TABLE + "E04,W3\n", ["W1"], "1 rows have another number"),
        ("WD26CD,population\n", ["W1"], "no header with rows"),
        ("", ["W1"], "no header with rows"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_was_found(file, text, codes, told):
    with pytest.raises(AreaError, match=told):
        read_population(file(text), codes)


@pytest.mark.parametrize("asked", [{"population": "heads"}, {"indicators": ["poor"]}])
def test_a_column_asked_for_must_be_there(file, asked):
    with pytest.raises(AreaError, match=r"heads|poor"):
        read_population(file(TABLE), ["W1"], **asked)


def test_a_bad_cell_of_another_area_does_no_harm(file):
    assert len(read_population(file(TABLE.replace("900", "n/a")), ["W1"])) == 1


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(AreaError, match="no such file"):
        read_population(tmp_path / "none.csv", ["W1"])
