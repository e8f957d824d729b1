"""The committed sample is what its truth file and README say it is."""

import csv
import json
import math
import zipfile
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

import aim
from aim.analysis import e_test
from aim.model.crs import to_grid

LAYERS = ("addresses.csv", "population.csv", "postcodes.csv", "small-areas.geojson")
COUNCILLORS = "councillors/councillors_2024-06_2026-06.csv"
CRIMES = "police-extract/crimes_2025-06_2026-05.csv"
CALLS = "police-extract/incidents_2025-06_2026-05.csv"
WARDENS = "wardens/wardens_2024-06_2026-06.xlsx"


@pytest.fixture(scope="module")
def remade(make_sample, truth):
    return make_sample(truth["seed"])


@pytest.fixture(scope="module")
def wards(checkout):
    return aim.read_wards(checkout / "layers" / "wards-2026.geojson")


@pytest.fixture(scope="module")
def located(deliveries, wards):
    incidents = pd.concat([result.incidents for result in deliveries.values()])
    return aim.assign_wards(incidents[incidents["easting"].notna()], wards)


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- made again ------------------------------------------------------------------------------


def test_the_script_makes_the_committed_files_again_to_the_byte(checkout, remade):
    for path in sorted(path for path in remade.rglob("*") if path.is_file()):
        committed = checkout / path.relative_to(remade)
        if path.suffix == ".xlsx":
            # Another zlib packs the same sheets into other bytes.
            assert unpacked(committed) == unpacked(path)
        else:
            assert committed.read_bytes() == path.read_bytes(), path.name


def unpacked(path):
    with zipfile.ZipFile(path) as book:
        return {entry.filename: (entry.date_time, book.read(entry)) for entry in book.infolist()}


def test_nothing_lies_in_the_feed_folders_that_the_script_did_not_write(checkout, remade):
    for feed in ("police-uk", "police-uk-overlap", "police-extract", "wardens", "councillors"):
        ours, again = (
            {path.name for path in (root / "sample_data" / feed).rglob("*.*")}
            for root in (checkout, remade)
        )
        assert ours == again


def test_the_sample_stays_under_four_megabytes(checkout):
    files = [*(checkout / "sample_data").rglob("*"), *(checkout / "layers").rglob("*")]
    assert sum(path.stat().st_size for path in files if path.is_file()) < 4_000_000


# --- the ground ------------------------------------------------------------------------------


def test_every_ward_lies_in_the_sea_off_teesside(wards):
    west, south, east, north = wards.total_bounds
    # The coast at these eastings runs below northing 521,500.
    assert (west, south) > (474_000, 528_000)
    assert (east, north) < (488_000, 538_000)


def test_both_vintages_cover_the_same_ground_with_other_wards(checkout, wards):
    before = aim.read_wards(checkout / "layers" / "wards-2024.geojson")
    assert wards["ward_code"].tolist() == [f"E05099{n:03d}" for n in range(1, 21)]
    assert before["ward_code"].tolist() == [f"E050991{n:02d}" for n in range(1, 20)]
    gap = shapely.symmetric_difference(before.union_all(), wards.union_all())
    assert gap.area < 1_000


def test_background_varies_five_fold_between_wards(located, wards):
    counts = located["ward_code"].value_counts()
    per_km2 = counts / (wards.set_index("ward_code").area / 1e6)
    assert per_km2.max() / per_km2.min() > 4


@pytest.mark.parametrize("name", LAYERS)
def test_each_layer_can_be_read_and_is_not_empty(checkout, name):
    path = checkout / "layers" / name
    if path.suffix == ".csv":
        assert len(read_csv(path)) > 50
    else:
        assert len(aim.read_wards(path)) == 60


def test_addresses_have_their_own_number_and_a_street_of_the_street_layer(checkout):
    addresses = read_csv(checkout / "layers" / "addresses.csv")
    streets = street_names(checkout)
    assert len({row["uprn"] for row in addresses}) == len(addresses)
    assert {row["street"] for row in addresses} <= streets
    assert {row["class"] for row in addresses} == {"R", "C"}


def street_names(checkout):
    text = (checkout / "layers" / "streets.geojson").read_text(encoding="utf-8")
    return {feature["properties"]["name"] for feature in json.loads(text)["features"]}


# --- the feeds -------------------------------------------------------------------------------


def test_every_row_is_kept_or_rejected_as_the_truth_says(deliveries, truth):
    outcomes = {
        (file, row): facts["outcome"]
        for facts in truth["bad_rows"].values()
        for file, rows in facts["rows"].items()
        for row in rows
    }
    for file, result in deliveries.items():
        rejected = set(result.rejected["row"])
        meant = {
            row for (at, row), outcome in outcomes.items() if (at, outcome) == (file, "rejected")
        }
        assert rejected == meant, file
        assert len(result.incidents) + len(rejected) == truth["files"][file]["rows"]


def test_one_row_in_twenty_is_bad_in_ten_ways(truth):
    bad = [
        row
        for facts in truth["bad_rows"].values()
        for rows in facts["rows"].values()
        for row in rows
    ]
    rows = sum(facts["rows"] for facts in truth["files"].values())
    assert len(truth["bad_rows"]) == 10
    assert math.isclose(len(bad) / rows, 0.05, abs_tol=0.002)


def test_rows_without_a_usable_position_are_kept_without_one(truth, told):
    for kind in ("0,0 position", "no location", "text in a number column"):
        for file, rows in truth["bad_rows"][kind]["rows"].items():
            assert all(math.isnan(told(file, row)["easting"]) for row in rows), (kind, file)


def test_rows_without_a_known_type_are_kept_as_unclassified(truth, told):
    for kind in ("missing type", "unknown type"):
        for file, rows in truth["bad_rows"][kind]["rows"].items():
            assert {told(file, row)["incident_type"] for row in rows} == {"unclassified"}, file


def test_all_other_type_words_are_in_the_taxonomy(truth, deliveries):
    bad = {
        (file, row)
        for kind in ("missing type", "unknown type")
        for file, rows in truth["bad_rows"][kind]["rows"].items()
        for row in rows
    }
    for file, result in deliveries.items():
        unknown = result.incidents.index[result.incidents["incident_type"] == "unclassified"]
        assert {(file, row) for row in unknown} <= bad


def test_the_two_police_editions_meet_and_do_not_overlap(deliveries):
    public = [r.incidents for file, r in deliveries.items() if file.startswith("police-uk/")]
    dated = [deliveries[file].incidents for file in (CRIMES, CALLS)]
    midnight = pd.Timestamp("2025-06-01", tz="Europe/London")
    assert max(part["occurred_to"].max() for part in public) == midnight
    assert min(part["occurred_from"].min() for part in dated) >= midnight


def test_the_overlapping_month_tells_the_extracts_rows_again(checkout, truth, told):
    overlap = aim.read_feed("police-uk", checkout / "sample_data" / truth["overlap"]["file"])
    rows = truth["overlap"]["extract_rows"]
    assert len(rows) == len(overlap.incidents) > 200
    days = [told(file, row)["occurred_from"] for _, file, row in rows if row_kept(truth, file, row)]
    assert {day.tz_convert("Europe/London").strftime("%Y-%m") for day in days} == {"2025-06"}


def row_kept(truth, file, row):
    return not any(
        row in facts["rows"].get(file, ())
        for facts in truth["bad_rows"].values()
        if facts["outcome"] == "rejected"
    )


@pytest.mark.parametrize(
    ("file", "last"),
    [(CRIMES, date(2026, 5, 31)), (WARDENS, date(2026, 6, 8)), (COUNCILLORS, date(2026, 6, 2))],
)
def test_each_feed_ends_on_its_own_day(deliveries, file, last):
    latest = deliveries[file].incidents["occurred_from"].max()
    assert latest.tz_convert("Europe/London").date() == last


def test_nobody_can_be_reached_by_what_the_feeds_let_through(deliveries):
    for result in deliveries.values():
        texts = [result.incidents[name].dropna() for name in ("location_text", "description")]
        kept = " ".join(pd.concat(texts))
        assert "example.org" not in kept
        assert "01632" not in kept
        assert "07700" not in kept


# --- what is planted -------------------------------------------------------------------------


def test_plants_hold_two_to_five_times_the_background(truth):
    assert len(truth["hotspots"]) >= 10
    for plant in truth["hotspots"]:
        assert 150 <= plant["radius_m"] <= 250
        assert 2 <= plant["within_radius"] / plant["background_expected"] <= 5, plant["id"]


def test_every_kind_of_hotspot_is_planted(truth):
    kinds = Counter(plant["kind"] for plant in truth["hotspots"])
    assert set(kinds) == {"persistent", "new", "fading", "moving", "night-time"}


def test_planted_rows_lie_within_the_radius_unless_snapped(truth, told):
    for plant in truth["hotspots"]:
        near = [
            math.dist((row["easting"], row["northing"]), (plant["easting"], plant["northing"]))
            for file, rows in plant["rows"].items()
            if file != COUNCILLORS
            for row in (told(file, number) for number in rows)
        ]
        assert len(near) == plant["located"]
        assert np.median(near) < 60
        assert max(near) <= plant["radius_m"] + 130


def test_night_time_plants_happen_at_night(truth, told):
    for plant in truth["hotspots"]:
        if plant["hours"]:
            hours = {
                told(file, row)["occurred_from"].tz_convert("Europe/London").hour
                for file, rows in plant["rows"].items()
                if file in {CALLS, WARDENS}
                for row in rows
            }
            assert hours <= {20, 21, 22, 23, 0, 1, 2, 3}


def test_a_duplicate_is_near_in_place_time_and_type_and_each_decoy_is_not(truth, told):
    for pair in truth["duplicates"]:
        first, second = told(*pair["first"]), told(*pair["second"])
        assert second["incident_type"] == first["incident_type"]
        assert apart_days(first, second) <= 1
        assert apart_m(first, second) < 50
        assert [decoy["differs"] for decoy in pair["decoys"]] == ["time", "type", "place"]
        time, kind, place = (told(*decoy["row"]) for decoy in pair["decoys"])
        assert apart_days(first, time) > 2
        assert kind["incident_type"] != first["incident_type"]
        assert place["location_text"] != second["location_text"]
        assert math.isnan(place["easting"]) or apart_m(first, place) > 390


def apart_days(one, other):
    days = [row["occurred_from"].tz_convert("Europe/London").normalize() for row in (one, other)]
    return abs((days[0] - days[1]).days)


def apart_m(one, other):
    if math.isnan(other["easting"]):
        return 0
    return math.dist((one["easting"], one["northing"]), (other["easting"], other["northing"]))


def test_three_street_texts_in_ten_are_misspelt_and_the_right_one_is_known(checkout, truth, told):
    streets = street_names(checkout)
    for file in (WARDENS, COUNCILLORS):
        wrong = truth["misspelt"][file]
        assert math.isclose(len(wrong) / truth["files"][file]["rows"], 0.3, abs_tol=0.02)
        assert set(wrong.values()) <= streets
        kept = {int(row): right for row, right in wrong.items() if row_kept(truth, file, int(row))}
        assert not [row for row, right in kept.items() if right in told(file, row)["location_text"]]


def test_a_month_of_disorder_is_missing_from_the_public_edition(deliveries, truth):
    counts = {
        file: (result.incidents["incident_type"] == truth["outage"]["type"]).sum()
        for file, result in deliveries.items()
        if file.startswith("police-uk/")
    }
    silent = counts.pop(truth["outage"]["file"])
    assert silent < 0.25 * min(counts.values())


def test_the_101_line_falls_silent_in_three_wards_while_wardens_do_not(deliveries, truth, wards):
    drop = truth["channel_drop"]
    calls = deliveries[CALLS].incidents
    calls = calls[calls["description"].str.startswith("101", na=False)]
    assert share_in(calls, drop, wards) < 0.4 * 59 / 365
    assert share_in(deliveries[WARDENS].incidents, drop, wards) > 0.6 * 59 / 738


def share_in(incidents, drop, wards):
    inside = aim.assign_wards(incidents, wards)
    inside = inside[inside["ward_code"].isin(drop["wards"])]
    since, until = (pd.Timestamp(drop[word], tz="Europe/London") for word in ("since", "until"))
    return inside["occurred_from"].between(since, until, inclusive="left").mean()


def test_the_intervention_shows_against_its_controls(truth, told):
    def counts(plant_id):
        plant = next(plant for plant in truth["hotspots"] if plant["id"] == plant_id)
        days = [
            told(file, row)["occurred_from"].tz_convert("Europe/London").date().isoformat()
            for file, rows in plant["rows"].items()
            for row in rows
        ]
        periods = (truth["intervention"][name] for name in ("before", "after"))
        return [sum(since <= day < until for day in days) for since, until in periods]

    before, after = counts(truth["intervention"]["hotspot"])
    assert after < 0.65 * before
    for control in truth["intervention"]["controls"]:
        assert e_test(*counts(control)) > 0.05


def test_unlocated_crimes_share_the_point_of_the_headquarters(truth, told):
    place = truth["headquarters"]
    rows = [told(file, row) for file, rows in place["rows"].items() for row in rows]
    assert len(rows) >= 40
    assert {(row["easting"], row["northing"]) for row in rows} == {
        (place["easting"], place["northing"])
    }


def test_repeat_victims_share_an_address_of_the_address_layer(checkout, truth, told):
    known = {row["uprn"]: row for row in read_csv(checkout / "layers" / "addresses.csv")}
    for victim in truth["repeat_victims"]:
        home = known[victim["uprn"]]
        rows = [told(file, row) for file, rows in victim["rows"].items() for row in rows]
        assert len(rows) >= 3
        assert {row["easting"] for row in rows} == {float(home["easting"])}


def test_crimes_without_a_witness_lie_between_two_times(deliveries):
    crimes = deliveries[CRIMES].incidents
    hours = (crimes["occurred_to"] - crimes["occurred_from"]) / pd.Timedelta(hours=1)
    assert (hours[crimes["incident_type"] == "burglary"] > 1).mean() > 0.95


def test_public_positions_are_street_points(deliveries):
    public = [r.incidents for file, r in deliveries.items() if file.startswith("police-uk/")]
    rows = pd.concat(public).dropna(subset=["lon"])
    places = rows.groupby(["lon", "lat"])["location_text"]
    assert places.nunique().max() == 1
    assert places.size().mean() > 2


def test_degrees_and_metres_of_the_truth_agree(truth):
    for plant in truth["hotspots"]:
        easting, northing = to_grid([plant["lon"]], [plant["lat"]])
        assert math.dist((easting[0], northing[0]), (plant["easting"], plant["northing"])) < 0.2
