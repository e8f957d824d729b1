"""Public boundary files and what others found with them."""

import pandas as pd
import pytest
import shapely

from aim.areas import WardIndex, assign_wards, read_wards

pytestmark = pytest.mark.real_data


def postcodes_in(real_data, boundaries):
    postcodes = pd.read_csv(real_data / "geo" / "middlesbrough_postcodes_2014.csv")
    return assign_wards(postcodes, read_wards(real_data / "geo" / boundaries))


def test_postcodes_fall_into_the_ward_the_ordnance_survey_gave_them(real_data):
    postcodes = postcodes_in(real_data, "middlesbrough_wards_2013.geojson")
    assert len(postcodes) == 3_752
    assert (postcodes.ward_code == postcodes.ward).sum() >= 3_749


def test_topojson_and_geojson_of_one_set_agree_on_nearly_all_postcodes(real_data):
    geojson = postcodes_in(real_data, "middlesbrough_wards_2013.geojson")
    topojson = postcodes_in(real_data, "middlesbrough_wards_2013.topojson")
    assert (geojson.ward_code == topojson.ward_code).sum() >= 3_730


def test_incidents_by_ward_and_type_equal_the_published_counts(real_data):
    street = pd.read_csv(real_data / "police" / "cleveland" / "2018-10-cleveland-street.csv.gz")
    incidents = street.rename(columns={"Longitude": "lon", "Latitude": "lat"})
    wards = read_wards(real_data / "geo" / "middlesbrough_wards_2025.geojson")
    counted = assign_wards(incidents, wards).groupby(["ward_code", "Crime type"]).size()
    oracle = pd.read_csv(real_data / "oracles" / "ward_counts_middlesbrough_2018-10_wards2025.csv")
    expected = oracle.set_index(["ward_code", "crime_type"])["count"]
    assert counted.to_dict() == expected[expected > 0].to_dict()
    totals = pd.read_csv(real_data / "oracles" / "ward_totals_middlesbrough_2018-10_wards2025.csv")
    by_ward = counted.groupby("ward_code").sum()
    assert by_ward.to_dict() == totals.set_index("ward_code")["count"].to_dict()


@pytest.mark.parametrize(
    ("file", "count", "label"),
    [
        ("middlesbrough_wards_2013.geojson", 23, "wards-2013"),
        ("middlesbrough_wards_2013.topojson", 23, "wards-2013"),
        ("middlesbrough_wards_2025.geojson", 20, "wards-2025"),
        ("hartlepool_wards_2025.geojson", 12, "wards-2025"),
        ("redcar_and_cleveland_wards_2025.geojson", 24, "wards-2025"),
        ("stockton_on_tees_wards_2025.geojson", 27, "wards-2025"),
        ("middlesbrough_lsoa_2011.geojson", 86, "lsoas-2011"),
        ("middlesbrough_lsoa_2021.geojson", 90, "lsoas-2021"),
    ],
)
def test_published_set_is_read_whole(real_data, file, count, label):
    wards = read_wards(real_data / "geo" / file)
    assert len(wards) == count
    assert wards.attrs["label"] == label
    assert wards.geometry.is_valid.all()
    assert set(wards.geometry.geom_type) <= {"Polygon", "MultiPolygon"}


def test_label_points_fall_into_their_ward(real_data):
    labels = pd.read_csv(real_data / "oracles" / "ons_label_points_bng.csv")
    wards = read_wards(real_data / "geo" / "middlesbrough_wards_2025.geojson")
    found = WardIndex(wards).codes(labels.BNG_E, labels.BNG_N)
    assert found.tolist() == labels.WD25CD.tolist()
    inside = WardIndex(wards).codes(*shapely.get_coordinates(wards.representative_point()).T)
    assert inside.tolist() == wards.ward_code.tolist()
