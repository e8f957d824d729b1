import numpy as np
import pandas as pd
import pytest

from aim.feeds._places import read_places
from aim.model.crs import to_degrees, to_grid


def read(**columns):
    cells = pd.DataFrame(columns, dtype=object)
    return read_places(cells, pd.Series("point", index=cells.index, dtype=object))


def test_metres_give_degrees_and_degrees_give_metres():
    places, notes = read(
        easting=["449000", "", "449,000.5 m"],
        northing=["520000", "", "520000"],
        longitude=["", "-1.25", "-1.0"],
        latitude=["", "54.5", "54.0"],
    )
    assert np.allclose(places[["lon", "lat"]].iloc[0], np.ravel(to_degrees([449000], [520000])))
    assert np.allclose(places[["easting", "northing"]].iloc[1], np.ravel(to_grid([-1.25], [54.5])))
    assert places["easting"].iloc[2] == 449000.5
    assert places["place_precision"].tolist() == ["point"] * 3
    assert notes == ()


@pytest.mark.parametrize(
    ("easting", "northing", "said"),
    [
        ("0", "0", "are 0,0"),
        ("400000", "100000", "false origin"),
        ("400000", "-100000", "false origin"),
        ("-1", "520000", "outside the British grid"),
        ("700001", "700001", "outside the British grid"),
        ("449000", "1300001", "outside the British grid"),
        ("449000", "", "Only one of easting and northing"),
        ("see map", "520000", "is not a number"),
        ("inf", "520000", "is not a number"),
    ],
)
def test_metres_that_are_no_place_leave_the_row_without_a_position(easting, northing, said):
    places, notes = read(easting=[easting], northing=[northing])
    assert places[["lon", "lat", "easting", "northing"]].isna().all(axis=None)
    assert places["place_precision"].tolist() == ["none"]
    assert [said in note and "1 row." in note for note in notes] == [True]


@pytest.mark.parametrize(
    ("easting", "northing"),
    [("0", "1300000"), ("700000", "0"), ("0", "5"), ("400000", "100001"), ("400001", "100000")],
)
def test_the_edge_of_the_grid_is_on_it(easting, northing):
    places, notes = read(easting=[easting], northing=[northing])
    assert places["easting"].tolist() == [float(easting)]
    assert notes == ()


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("0", "0", "are 0,0"),
        ("-9.01", "54", "outside the United Kingdom"),
        ("2.51", "54", "outside the United Kingdom"),
        ("-1", "48.99", "outside the United Kingdom"),
        ("-1", "61.51", "outside the United Kingdom"),
        ("-2", "49", "false origin"),
        ("-7.55716", "49.76681", "false origin"),
        ("-2.00137", "50.79956", "false origin"),
        ("-1.17432", "52.3555", "middle of a country"),
        ("-3.4360", "55.3781", "middle of a country"),
        ("-1", "", "Only one of longitude and latitude"),
        ("x", "54", "is not a number"),
    ],
)
def test_degrees_that_are_no_place_leave_the_row_without_a_position(lon, lat, said):
    places, notes = read(longitude=[lon], latitude=[lat])
    assert places["lat"].isna().all()
    assert [said in note for note in notes] == [True]


@pytest.mark.parametrize(("lon", "lat"), [("-9", "49"), ("2.5", "61.5"), ("0", "51.5")])
def test_the_edge_of_the_kingdom_is_in_it(lon, lat):
    assert read(longitude=[lon], latitude=[lat])[1] == ()


@pytest.mark.parametrize(("lon", "lat"), [("-1.1744", "52.3555"), ("-1.1743", "52.3556")])
def test_ten_metres_from_the_middle_of_a_country_is_a_place(lon, lat):
    assert read(longitude=[lon], latitude=[lat])[1] == ()


def test_exchanged_degrees_are_put_right_in_a_row_or_a_whole_file():
    places, notes = read(longitude=["54.5", "-1.2", "54.6"], latitude=["-1.25", "54.5", "-1.3"])
    assert places["lon"].tolist() == [-1.25, -1.2, -1.3]
    assert places["lat"].tolist() == [54.5, 54.5, 54.6]
    assert notes == ("Longitude and latitude were exchanged and have been put right: 2 rows.",)


def test_exchanged_metres_are_put_right_where_the_grid_says_so():
    places, _ = read(easting=["800000"], northing=["400000"])
    assert places[["easting", "northing"]].iloc[0].tolist() == [400000.0, 800000.0]


def metres(odd, others):
    easting = [odd[0], *(str(449000 + 10 * at) for at in range(others))]
    northing = [odd[1], *["520000"] * others]
    return read(easting=easting, northing=northing)


def test_exchanged_metres_are_put_right_where_all_other_rows_say_so():
    places, notes = metres(("520000", "449000"), 9)
    assert places["easting"].iloc[0] == 449000.0
    assert places["easting"].iloc[1] == 449000.0
    assert notes == ("Easting and northing were exchanged and have been put right: 1 row.",)


def test_too_few_rows_or_a_far_row_change_nothing():
    assert metres(("520000", "449000"), 8)[0]["easting"].iloc[0] == 520000.0
    assert metres(("530000", "180000"), 20)[0]["easting"].iloc[0] == 530000.0


def test_rows_half_and_half_are_left_alone():
    easting = ["449000"] * 6 + ["520000"] * 6
    places, notes = read(easting=easting, northing=easting[::-1])
    assert places["easting"].tolist() == [449000.0] * 6 + [520000.0] * 6
    assert notes == ()


def test_metres_win_over_degrees_unless_they_are_no_place():
    places, _ = read(
        easting=["449000", "0"],
        northing=["520000", "0"],
        longitude=["-2", "-2"],
        latitude=["53", "53"],
    )
    assert places["easting"].iloc[0] == 449000.0
    assert places["lon"].iloc[1] == -2.0
