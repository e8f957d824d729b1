"""The gazetteer on the sample borough, and on real postcodes."""

import json

import numpy as np
import pandas as pd
import pytest

import aim
from aim.areas import read_wards
from aim.areas.gazetteer import Gazetteer, place_incidents, read_places
from aim.areas.gazetteer.placing import THRESHOLD
from aim.areas.gazetteer.texts import normalise_name

SEEDS = (1, 2, 3, 4, 5)


def read_borough(folder):
    layers = folder / "layers"
    places = [
        read_places(layers / f"{name}")
        for name in ("streets.geojson", "addresses.csv", "postcodes.csv")
    ]
    return Gazetteer(pd.concat(places), read_wards(layers / "wards-2026.geojson"))


def read_texts(folder):
    """Return every text that names a street, and the street it names by the truth file."""
    truth = json.loads((folder / "sample_data" / "truth.json").read_text(encoding="utf-8"))
    frames = []
    for file, misspelt in truth["misspelt"].items():
        feed = truth["files"][file]["feed"]
        rows = aim.read_feed(feed, folder / "sample_data" / file).incidents
        street = rows.location_text.str.split(",").str[0]
        right = pd.Series({int(row): name for row, name in misspelt.items()}).reindex(rows.index)
        frames.append(rows.assign(street=street, right=right, misspelt=right.notna()))
    return pd.concat(frames, ignore_index=True)


def judge(gazetteer, texts):
    """Return the shares of texts that went to the right street, and to a wrong one."""
    streets = set(map(normalise_name, gazetteer.places.name[gazetteer.places.kind == "street"]))
    written = texts.street.str.replace(r"^\d+ | (?:o/s|nr) .*$", "", regex=True)
    right = texts.right.fillna(written).map(normalise_name, na_action="ignore")
    # A row spoilt on purpose may name no street, or one that is not there.
    told = right.isin(streets)
    found = gazetteer.match(texts.location_text[told])
    sure = found.confidence >= THRESHOLD
    matched = found.matched.str.replace(r"^\d+ ", "", regex=True).map(normalise_name)
    hits = matched == right[told]
    return told, (sure & hits).to_numpy(), (sure & ~hits).to_numpy()


def check_borough(folder):
    gazetteer, texts = read_borough(folder), read_texts(folder)
    told, right, wrong = judge(gazetteer, texts)
    misspelt = texts.misspelt[told].to_numpy()
    assert told.sum() > 2_000
    assert misspelt.sum() > 400
    assert right.mean() >= 0.95
    assert wrong.mean() < 0.02
    assert right[misspelt].mean() >= 0.95
    assert wrong[misspelt].mean() < 0.02


def test_street_texts_of_the_sample_go_to_the_right_street(checkout):
    check_borough(checkout)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_street_texts_of_other_boroughs_go_to_the_right_street(make_sample, seed):
    check_borough(make_sample(seed))


def test_streets_the_gazetteer_lacks_are_seldom_taken_for_others(checkout):
    places, texts = read_borough(checkout).places, read_texts(checkout)
    wards = read_wards(checkout / "layers" / "wards-2026.geojson")
    streets = places.name[places.kind == "street"].drop_duplicates()
    lacking = set(streets.iloc[::5])
    owner = places.name.str.replace(r"^\d+ ", "", regex=True)
    gazetteer = Gazetteer(places[~owner.isin(lacking)], wards)
    meant = texts.right.fillna(texts.street.str.replace(r"^\d+ ", "", regex=True))
    found = gazetteer.match(texts.location_text[meant.isin(lacking)])
    assert len(found) > 300
    assert (found.confidence >= THRESHOLD).mean() < 0.06


def test_councillors_rows_of_the_sample_get_a_point_and_no_other_row_moves(checkout):
    gazetteer, texts = read_borough(checkout), read_texts(checkout)
    placed, review = place_incidents(texts, gazetteer)
    lost = texts[texts.easting.isna()]
    assert set(placed.incident_id) | set(review.incident_id) <= set(lost.incident_id)
    assert len(placed) >= 0.95 * len(lost)
    assert set(placed.place_precision) <= {"street", "address", "postcode"}


@pytest.mark.real_data
def test_real_postcodes_are_placed_exactly(real_data):
    path = real_data / "geo" / "middlesbrough_postcodes_2014.csv"
    rows = pd.read_csv(path)
    places = read_places(path)
    texts = "Somewhere, " + rows.postcode.str.replace(" ", "", regex=False).str.lower()
    incidents = pd.DataFrame(
        {"incident_id": rows.postcode, "location_text": texts, "easting": np.nan,
         "northing": np.nan, "uprn": None}
    )  # fmt: skip
    placed, review = place_incidents(incidents, Gazetteer(places))
    assert [len(placed), len(review)] == [3_752, 0]
    assert set(placed.place_precision) == {"postcode"}
    assert placed.easting.tolist() == rows.easting.tolist()
    assert placed.northing.tolist() == rows.northing.tolist()
