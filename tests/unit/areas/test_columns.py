from pathlib import Path

import pandas as pd
import pytest

from aim.areas.columns import find_columns
from aim.errors import AreaError

PATH = Path("borough_wards.geojson")


def table(**columns):
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("code", "name", "label"),
    [
        ("WD25CD", "WD25NM", "wards-2025"),
        ("WD13CD", "WD13NM", "wards-2013"),
        ("wd08cd", "wd08nm", "wards-2008"),
        ("WD91CD", "WD91NM", "wards-1991"),
        ("LSOA21CD", "LSOA21NM", "lsoas-2021"),
        ("CTYUA24CD", "CTYUA24NM", "counties-2024"),
        ("HLTH22CD", "HLTH22NM", "hlth-2022"),
        ("ward_code", "ward_name", "borough-wards"),
        ("GSS_CODE", "Name", "borough-wards"),
        ("code", "WARD", "borough-wards"),
    ],
)
def test_columns_of_any_year_and_level_are_found(code, name, label):
    found = find_columns(table(FID=[1, 2], **{code: ["E1", "E2"], name: ["A", "B"]}), PATH)
    assert (found.codes, found.names) == (["E1", "E2"], ["A", "B"])
    assert (found.label, found.notes) == (label, [])


def test_ward_is_taken_before_the_district_it_lies_in():
    rows = table(LAD25CD=["E06", "E06"], LAD25NM=["X", "X"], WD25CD=["E1", "E2"], WD25NM=["A", "B"])
    assert find_columns(rows, PATH).codes == ["E1", "E2"]


def test_single_ward_is_taken_before_its_district_whatever_their_order():
    rows = table(LAD25CD=["E06"], LAD25NM=["X"], XY25CD=["Z"], WD25CD=["E1"], WD25NM=["A"])
    assert find_columns(rows, PATH).names == ["A"]


def test_old_code_column_is_not_mistaken_for_the_code():
    rows = table(WD13CDO=["00ECNC"], WD13CD=["E05001482"], WD13NM=["Acklam"], WD13NMW=[None])
    assert find_columns(rows, PATH).codes == ["E05001482"]


def test_columns_asked_for_go_before_those_found():
    rows = table(WD25CD=["E1"], WD25NM=["A"], Ref=["7"], Title=["B"])
    found = find_columns(rows, PATH, code="ref", name="TITLE")
    assert (found.codes, found.names, found.label) == (["7"], ["B"], "borough-wards")


def test_column_asked_for_and_not_there_is_refused_with_what_there_is():
    with pytest.raises(AreaError, match=r"column WD25CD of .*found Ref, Title"):
        find_columns(table(Ref=["7"], Title=["B"]), PATH, code="WD25CD")


def test_no_code_column_is_refused_with_what_there_is():
    with pytest.raises(AreaError, match=r"Found FID, Title.*--code"):
        find_columns(table(FID=[1], Title=["B"]), PATH)


def test_codes_stand_in_for_names_and_a_note_says_so():
    found = find_columns(table(WD25CD=["E1"]), PATH)
    assert found.names == ["E1"]
    assert found.notes == ["No column with names was found beside WD25CD; codes stand in."]


def test_single_missing_name_is_filled_by_its_code():
    assert find_columns(table(WD25CD=["E1", "E2"], WD25NM=["A", None]), PATH).names == ["A", "E2"]


@pytest.mark.parametrize("blank", [None, "", "  ", float("nan")])
def test_area_without_a_code_is_refused(blank):
    with pytest.raises(AreaError, match="1 of 2 areas have none"):
        find_columns(table(WD25CD=["E1", blank]), PATH)


def test_numbers_serve_as_codes_without_a_point():
    assert find_columns(table(code=[101.0, 7.5]), PATH).codes == ["101", "7.5"]
    assert find_columns(table(code=[12, 13]), PATH).codes == ["12", "13"]
