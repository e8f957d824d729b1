"""Points where a sender puts what it could not locate: found by what they hold, never a shop."""

import json

import pandas as pd
import pytest

import aim
from aim.analysis.quality import at_default_points, find_default_points
from aim.errors import ParameterError

TYPES = ("harassment-and-stalking", "other-theft", "other-crime", "shoplifting")
POINT = (480651.0, 531885.0)


def rows(count=20, *, at=POINT, types=TYPES, months=4, texts=("Police Headquarters",), **given):
    return pd.DataFrame(
        {
            "source": "police",
            "incident_type": [types[n % len(types)] for n in range(count)],
            "occurred_from": [
                pd.Timestamp(f"2026-0{1 + n // len(types) % months}-15", tz="UTC")
                for n in range(count)
            ],
            "easting": at[0],
            "northing": at[1],
            "place_precision": "point",
            "location_text": [texts[n % len(texts)] for n in range(count)],
        }
    ).assign(**given)


def elsewhere(count=200, **given):
    """Give a street's rows: one a point, said by name."""
    spread = rows(count, texts=("High Street",), **given)
    return spread.assign(easting=[450000.0 + 100 * n for n in range(count)])


def found(*frames):
    return find_default_points(pd.concat(frames, ignore_index=True))


def test_a_headquarters_point_is_found_with_its_reason():
    points = found(rows(), elsewhere())
    assert points[["source", "easting", "northing"]].to_numpy().tolist() == [["police", *POINT]]
    one = points.iloc[0]
    assert (one["place"], one["incidents"], one["types"]) == ("Police Headquarters", 20, 4)
    assert one["share"] == pytest.approx(20 / 220)
    assert "20 incidents of 4 types" in one["reason"]
    assert "in 4 of 4 months" in one["reason"]
    assert "at most 1; they name police premises" in one["reason"]


@pytest.mark.parametrize(
    "text", ["On or near Stockton Police Hq", "Custody Suite", "Headquarters, Main Road", "Div HQ"]
)
def test_police_premises_are_known_by_their_words(text):
    assert len(found(rows(texts=(text,)), elsewhere())) == 1


@pytest.mark.parametrize(
    "texts", [("City Hospital",), ("Hqueen Street",), ("Policeman's Yard",), ("Market Square",)]
)
def test_a_busy_place_of_a_name_is_no_default_point(texts):
    assert found(rows(texts=texts), elsewhere()).empty


@pytest.mark.parametrize(
    "given",
    [
        {"count": 9},  # few
        {"types": TYPES[:2]},  # of two types
        {"types": ("drugs",) * 8 + TYPES[:2]},  # mostly of one
        {"months": 1},  # a single month of four
    ],
    ids=["few", "two types", "one type", "one month"],
)
def test_a_point_that_chance_or_a_campaign_explains_is_left_alone(given):
    assert found(rows(**{"count": 20, **given}), elsewhere()).empty


@pytest.mark.parametrize(
    "given",
    [
        {"count": 10},
        {"types": ("drugs",) * 7 + TYPES[:3]},  # seven of ten
        {"months": 2},  # half of four
    ],
    ids=["ten", "seven tenths", "half"],
)
def test_a_point_on_the_limits_is_found(given):
    assert len(found(rows(**{"count": 20, **given}), elsewhere())) == 1


def test_a_point_is_measured_against_the_points_of_its_own_source():
    busy = [rows(20, at=(450000.0 + 100 * n, 520000.0), texts=("Quay",)) for n in range(5)]
    assert found(rows(), *busy, elsewhere()).empty
    others = [one.assign(source="wardens") for one in busy]
    assert found(rows(), *others, elsewhere())["source"].tolist() == ["police"]


def test_rows_that_name_no_place_are_found_where_others_do():
    assert "they name no place" in found(rows(texts=(None,)), elsewhere())["reason"].iloc[0]
    assert found(rows(texts=(None,)), elsewhere().assign(location_text=None)).empty


def test_rows_that_each_name_another_place_are_found():
    texts = ("Bowline Avenue", "Dory Road", "Jib Terrace", "Seal Close", "Puffin Grove")
    assert "no word in common" in found(rows(texts=texts), elsewhere())["reason"].iloc[0]
    same = ("Dory Road", "Dory Rd by the shop", "outside 3 Dory Road", "Dory Road", "DORY ROAD")
    assert found(rows(texts=same), elsewhere()).empty


def test_of_snapped_points_only_police_premises_are_found():
    snapped = {"place_precision": "snapped"}
    assert found(rows(texts=(None,), **snapped), elsewhere()).empty
    assert len(found(rows(**snapped), elsewhere())) == 1


def test_nothing_in_nothing_out_and_rows_without_a_position_do_not_count():
    whole = pd.concat([rows(), elsewhere()])
    assert find_default_points(whole.iloc[:0]).empty
    assert find_default_points(whole.assign(easting=float("nan"))).empty
    with pytest.raises(ParameterError, match="location_text"):
        find_default_points(whole.drop(columns="location_text"))


def test_the_order_of_rows_changes_nothing():
    whole = pd.concat([rows(), rows(at=(1000.0, 2000.0), count=24), elsewhere(300)])
    shuffled = whole.sample(frac=1, random_state=1).reset_index(drop=True)
    points = find_default_points(whole.reset_index(drop=True))
    assert points["incidents"].tolist() == [24, 20]
    pd.testing.assert_frame_equal(points, find_default_points(shuffled))


def test_incidents_at_a_default_point_are_those_of_its_source_within_the_metre():
    points = found(rows(), elsewhere())
    asked = rows(4).assign(
        source=["police", "police", "wardens", "police"],
        easting=[POINT[0] + 0.4, POINT[0] + 0.6, POINT[0], float("nan")],
    )
    assert at_default_points(asked, points).tolist() == [True, False, False, False]
    assert not at_default_points(asked, points.iloc[:0]).any()


def sample_points(folder):
    extract = sorted((folder / "police-extract").glob("*.csv"))
    frames = [aim.read_feed("police-extract", path).incidents for path in extract]
    frames.append(aim.read_feed("police-uk", folder / "police-uk").incidents)
    incidents = pd.concat(frames, ignore_index=True)
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["headquarters"]
    return incidents, (truth["easting"], truth["northing"])


def test_of_the_sample_borough_the_headquarters_is_found_and_nothing_else(checkout):
    incidents, planted = sample_points(checkout / "sample_data")
    here = find_default_points(incidents)[["easting", "northing"]].to_numpy().tolist()
    assert here == [list(planted)]
    unnamed = incidents["location_text"].replace("Police Headquarters", None)
    points = find_default_points(incidents.assign(location_text=unnamed))
    assert points[["easting", "northing"]].to_numpy().tolist() == [list(planted)]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("force", "places"),
    [
        ("cleveland", ["On or near Middlesbrough Police Hq", "On or near Stockton Police Hq"]),
        ("staffordshire", []),
    ],
)
def test_of_real_forces_only_headquarters_are_found(real_data, force, places):
    files = sorted((real_data / "police" / force).glob("*-street.csv.gz"))
    frames = [aim.read_feed("police-uk", path).incidents for path in files]
    points = find_default_points(pd.concat(frames, ignore_index=True))
    assert points["place"].tolist() == places
