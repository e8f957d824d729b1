import pytest

from aim.errors import ParameterError
from aim.workflows.mapping import check_file, mapping_for

ROWS = """Log,Happened,Incident kind,Caller name
1,25/04/2026 10:30,Flytip,Jo Bloggs
2,soon,Noise,
3,26/04/2026,Noise,
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "port.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_a_check_shows_columns_examples_and_refusals_but_nobody(table):
    said = "\n".join(check_file(table))
    assert "Happened: date (by its values)" in said
    assert "Caller name: personal, never read" in said
    assert "3 rows: 2 would be kept, 1 refused." in said
    assert "row 2: 25/04/2026 10:30, fly-tipping, place: none" in said
    assert "refused: Date: not a date (1)" in said
    assert "Jo Bloggs" not in said


def test_a_saved_guess_is_a_mapping(table, tmp_path):
    saved = tmp_path / "port.toml"
    list(check_file(table, save_mapping=saved))
    assert mapping_for("table", saved) == {"date": "Happened", "category": "Incident kind"}
    said = list(check_file(table, mapping=saved))
    assert "    Happened: date (by the mapping)" in said
    assert "    Log: not used" in said


def test_a_table_that_cannot_be_loaded_yet_says_why(table):
    table.write_text("Log,Incident kind\n1,Noise", encoding="utf-8")
    assert "cannot be loaded yet" in list(check_file(table))[-1]


def test_a_mapping_is_for_tables_alone(tmp_path):
    assert mapping_for("wardens", None) is None
    with pytest.raises(ParameterError, match="wardens"):
        mapping_for("wardens", tmp_path / "port.toml")
