"""Hotspots as councillors may see them."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from aim.access.disclosure import Audience
from aim.access.safe_shapes import name_squares, safe_hotspots
from aim.errors import ParameterError

# The middle of a square, and the squares east and north-east of it.
HERE, EAST, NORTH_EAST = (454_625, 520_125), (454_875, 520_125), (454_875, 520_375)


def incidents(number, place=HERE, ward="N1", sensitivity="routine"):
    return pd.DataFrame(
        {
            "easting": [float(place[0])] * number,
            "northing": float(place[1]),
            "ward_code": ward,
            "sensitivity": sensitivity,
        }
    )


def homes(number, *places):
    frames = [incidents(number, place)[["easting", "northing"]] for place in places or (HERE,)]
    return pd.concat(frames, ignore_index=True)


def show(*members, earlier=None, **changed):
    asked = {
        "addresses": homes(8, HERE, EAST, NORTH_EAST),
        "classed": True,
        "known": pd.Series({"N1": 100, "N2": 100}),
        "period": "2026-04",
        "theme": "asb",
        "audience": Audience.COUNCILLOR,
        "earlier": earlier,
    }
    return safe_hotspots(pd.concat(members), **(asked | changed))


def squares_of(safe):
    return safe.shapes["squares"].tolist()


def test_squares_are_counted_from_the_grid_s_origin():
    names = name_squares(pd.Series([0.0, 249.9, 250.0]), pd.Series([0.0, 0.0, 500.0]))
    assert names.tolist() == ["0-0", "0-0", "1-2"]


@pytest.mark.parametrize(("number", "shown"), [(4, []), (5, [1])])
def test_a_square_needs_k_incidents(number, shown):
    assert squares_of(show(incidents(number))) == shown


@pytest.mark.parametrize(("number", "shown"), [(7, []), (8, [1])])
def test_a_square_needs_eight_addresses(number, shown):
    assert squares_of(show(incidents(9), addresses=homes(number))) == shown


@pytest.mark.parametrize(("number", "shown"), [(15, []), (16, [1])])
def test_open_uprns_count_half_and_the_page_says_so(number, shown):
    safe = show(incidents(9), addresses=homes(number), classed=False)
    assert squares_of(safe) == shown
    assert "(16)" in safe.notes[0]
    assert show(incidents(9)).notes == ()


def test_sensitive_incidents_never_take_part():
    assert squares_of(show(incidents(50, sensitivity="sensitive"))) == []
    mixed = show(incidents(4), incidents(50, sensitivity="sensitive"))
    assert squares_of(mixed) == []


def test_public_and_routine_incidents_do_not_make_k_together():
    # Anybody can count the public ones, and would then know the routine ones.
    assert squares_of(show(incidents(4), incidents(4, sensitivity="public"))) == []
    assert squares_of(show(incidents(5, sensitivity="public"), known=pd.Series({"N1": 0}))) == [1]


@pytest.mark.parametrize(("whole", "shown"), [(9, []), (10, [1]), (14, [1]), (15, [2])])
def test_the_ward_keeps_k_more_incidents_than_its_squares_show(whole, shown):
    members = incidents(6), incidents(7, EAST)
    safe = show(*members, known=pd.Series({"N1": whole}))
    assert squares_of(safe) == shown


def test_the_fullest_squares_come_first():
    safe = show(incidents(6), incidents(7, EAST), known=pd.Series({"N1": 10}))
    assert safe.shapes.geometry[0].contains(Point(EAST))


def test_wards_are_counted_apart():
    assert squares_of(show(incidents(4), incidents(4, ward="N2"))) == []
    safe = show(incidents(5), incidents(5, EAST, ward="N2"), known=pd.Series({"N1": 10, "N2": 10}))
    assert safe.shapes["ward_code"].tolist() == ["N1", "N2"]


def test_squares_are_joined_at_edges_and_not_at_corners():
    assert squares_of(show(incidents(5), incidents(5, EAST))) == [2]
    assert squares_of(show(incidents(5), incidents(5, NORTH_EAST))) == [1, 1]


def test_a_shape_is_made_of_whole_squares_and_says_at_least_k():
    shape = show(incidents(37)).shapes
    assert shape.total_bounds.tolist() == [454_500, 520_000, 454_750, 520_250]
    assert shape["at_least"].tolist() == [5]
    assert shape.crs == "EPSG:27700"


def test_where_in_its_square_an_incident_lies_does_not_show():
    moved = incidents(9).assign(easting=454_501.0, northing=520_249.0)
    one, other = show(incidents(9)), show(moved)
    assert one.shapes.equals(other.shapes)


def test_the_same_request_has_the_same_answer_whatever_was_reported_since():
    first = show(incidents(5))
    later = show(incidents(50, EAST), earlier=first.remembered)
    assert isinstance(later.shapes, gpd.GeoDataFrame)
    assert first.shapes.equals(later.shapes)
    assert first.remembered.equals(later.remembered)


def test_that_nothing_was_shown_is_remembered_too():
    first = show(incidents(4))
    assert squares_of(show(incidents(50), earlier=first.remembered)) == []


def test_other_months_and_themes_are_other_requests():
    first = show(incidents(4))
    second = show(incidents(5), earlier=first.remembered, period="2026-05")
    third = show(incidents(5), earlier=second.remembered, theme="theft")
    assert squares_of(second) == squares_of(third) == [1]
    asked = third.remembered[["period", "theme"]].to_numpy().tolist()
    assert asked == [["2026-04", "asb"], ["2026-05", "asb"], ["2026-04", "theft"]]


def test_the_public_sees_squares_of_public_incidents_alone():
    councillors = show(incidents(9))
    asked = {"audience": Audience.PUBLIC, "earlier": councillors.remembered}
    public = show(incidents(9), incidents(5, EAST, sensitivity="public"), **asked)
    assert public.shapes.geometry[0].contains(Point(EAST))
    assert squares_of(public) == [1]
    assert public.remembered.empty


def test_rows_without_position_or_ward_are_left_out():
    nowhere = incidents(9).assign(easting=None), incidents(9).assign(ward_code=None)
    assert squares_of(show(incidents(4), *nowhere)) == []
    assert squares_of(show(incidents(5), addresses=homes(8).assign(northing=None))) == []


def test_a_ward_without_its_whole_number_is_refused():
    with pytest.raises(ParameterError, match="`known` lacks the ward N1"):
        show(incidents(9), known=pd.Series({"N2": 100}))


def test_missing_columns_are_named():
    with pytest.raises(ParameterError, match="sensitivity"):
        show(incidents(9).drop(columns="sensitivity"))
