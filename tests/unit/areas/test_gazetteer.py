"""A borough of a few streets, small enough to draw.

Two wards side by side, ten kilometres wide: Harbour west of easting 10,000, Mooring east of it.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from aim.areas.gazetteer import Gazetteer, name_known_place, place_incidents
from aim.errors import ParameterError
from aim.model.incidents import conform_incidents
from aim.model.places import PLACE_ANSWER_COLUMNS, conform_places

WARDS = gpd.GeoDataFrame(
    {"ward_code": ["E05099001", "E05099002"], "ward_name": ["Harbour", "Mooring"]},
    geometry=[shapely.box(0, 0, 10_000, 10_000), shapely.box(10_000, 0, 20_000, 10_000)],
    crs="EPSG:27700",
)


def place(kind, name, x, y, precision="point", **more):
    return {"kind": kind, "name": name, "easting": x, "northing": y, "precision": precision, **more}


def street(name, x, y, **more):
    return place("street", name, x, y, "street", **more)


def house(name, x, y, **more):
    return place("uprn", name, x, y, "address", **more)


def postcode(text, x, y, **more):
    return place("postcode", "", x, y, "postcode", postcode=text, **more)


def gazetteer_of(*rows, wards=None):
    return Gazetteer(conform_places(pd.DataFrame(list(rows))), wards)


def ask(gazetteer, text, ward="", code=""):
    return gazetteer.match([text], [ward], [code]).iloc[0]


TWO_HIGH_STREETS = (street("High Street", 2_000, 5_000), street("High Street", 15_000, 5_000))


def test_a_name_as_the_file_writes_it_is_certain():
    found = ask(gazetteer_of(street("Brill Road", 2_000, 5_000)), "On or near Brill Rd")
    assert found[["matched", "confidence", "kind", "precision"]].tolist() == [
        "Brill Road", 1.0, "street", "street",
    ]  # fmt: skip
    assert found[["easting", "northing", "place", "text"]].tolist() == [
        2_000, 5_000, 0, "brill road",
    ]  # fmt: skip


def test_a_slip_leaves_some_doubt():
    found = ask(gazetteer_of(street("Brill Road", 2_000, 5_000)), "Brll Road")
    assert found.matched == "Brill Road"
    assert 0.8 < found.confidence < 1


def test_another_type_is_another_street():
    found = ask(gazetteer_of(street("Brill Road", 2_000, 5_000)), "Brill Avenue")
    assert 0 < found.confidence < 0.8


def test_the_right_type_wins_over_the_wrong_one():
    gazetteer = gazetteer_of(
        street("Brill Road", 2_000, 5_000), street("Brill Close", 4_000, 5_000)
    )
    found = ask(gazetteer, "brlil close")
    assert [found.matched, found.second] == ["Brill Close", "Brill Road"]
    assert found.confidence >= 0.8


def test_a_name_without_its_type_is_found_where_it_is_the_only_one():
    assert ask(gazetteer_of(street("Brill Road", 2_000, 5_000)), "brill").confidence >= 0.8


def test_a_name_without_its_type_is_not_guessed_between_two():
    gazetteer = gazetteer_of(
        street("Brill Road", 2_000, 5_000), street("Brill Close", 4_000, 5_000)
    )
    found = ask(gazetteer, "brill")
    assert found.margin == 0
    assert found.confidence < 0.8


def test_words_like_no_street_find_nothing():
    found = ask(gazetteer_of(street("Brill Road", 2_000, 5_000)), "Windlass Terrace")
    assert found[["place", "matched", "confidence", "precision"]].tolist() == [-1, "", 0.0, "none"]
    assert np.isnan(found.easting)


def test_two_streets_of_one_name_are_not_guessed():
    found = ask(gazetteer_of(*TWO_HIGH_STREETS), "High Street")
    assert found.margin == 0
    assert found.confidence < 0.8


@pytest.mark.parametrize(
    ("ward", "easting"),
    [("Harbour", 2_000), ("mooring", 15_000), ("E05099002", 15_000), ("e05099001", 2_000)],
)
def test_the_ward_said_tells_two_streets_of_one_name_apart(ward, easting):
    found = ask(gazetteer_of(*TWO_HIGH_STREETS, wards=WARDS), "High Street", ward)
    assert found.easting == easting
    assert found.confidence == 1


def test_the_ward_in_the_text_serves_as_well():
    found = ask(gazetteer_of(*TWO_HIGH_STREETS, wards=WARDS), "High St, Mooring")
    assert [found.easting, found.ward, found.confidence] == [15_000, "mooring", 1]


def test_a_ward_of_its_own_column_wins_over_the_text():
    found = ask(gazetteer_of(*TWO_HIGH_STREETS, wards=WARDS), "High St, Mooring", "Harbour")
    assert [found.easting, found.ward] == [2_000, "harbour"]


def test_an_unknown_ward_says_nothing():
    gazetteer = gazetteer_of(street("Brill Road", 2_000, 5_000), wards=WARDS)
    assert ask(gazetteer, "Brill Road", "Elsewhere").confidence == 1


def test_a_street_far_from_the_ward_said_is_less_certain():
    gazetteer = gazetteer_of(street("Brill Road", 2_000, 5_000), wards=WARDS)
    assert ask(gazetteer, "Brill Road", "Mooring").confidence == pytest.approx(0.85)


@pytest.mark.parametrize(("easting", "certain"), [(9_750, True), (9_749, False)])
def test_a_street_is_near_a_ward_up_to_250_metres(easting, certain):
    gazetteer = gazetteer_of(street("Brill Road", easting, 5_000), wards=WARDS)
    assert bool(ask(gazetteer, "Brill Road", "Mooring").confidence == 1) is certain


def test_the_ward_makes_a_misspelt_street_of_its_own_surer():
    gazetteer = gazetteer_of(street("Brill Road", 2_000, 5_000), wards=WARDS)
    alone = ask(gazetteer, "Brll Road").confidence
    assert ask(gazetteer, "Brll Road", "Harbour").confidence == pytest.approx(1 - 0.7 * (1 - alone))


def test_wards_of_one_name_are_taken_together():
    wards = WARDS.assign(ward_name="Harbour")
    found = ask(
        gazetteer_of(street("Brill Road", 15_000, 5_000), wards=wards), "Brill Road", "Harbour"
    )
    assert found.confidence == 1


def test_the_postcode_said_tells_two_streets_of_one_name_apart():
    gazetteer = gazetteer_of(*TWO_HIGH_STREETS, postcode("NB1 1AA", 15_000, 5_100))
    assert ask(gazetteer, "High Street", code="nb11aa").easting == 15_000
    assert ask(gazetteer, "High Street NB1 1AA").easting == 15_000


def test_a_postcode_lies_where_its_houses_do():
    rows = (house("1 Far Lane", 15_000, 5_050, postcode="NB1 1AA"), *TWO_HIGH_STREETS)
    assert ask(gazetteer_of(*rows), "High Street NB1 1AA").easting == 15_000


def test_a_far_postcode_costs_little():
    gazetteer = gazetteer_of(street("Brill Road", 2_000, 5_000), postcode("NB1 1AA", 15_000, 5_000))
    assert ask(gazetteer, "Brill Road NB1 1AA").confidence == pytest.approx(0.95)


def test_a_street_stands_at_its_middle_part():
    gazetteer = gazetteer_of(*(street("Brill Road", x, 0) for x in (1_000, 1_300, 1_700)))
    assert ask(gazetteer, "Brill Road").easting == 1_300


def test_a_street_through_two_wards_stands_in_the_one_said():
    gazetteer = gazetteer_of(
        *(street("Brill Road", x, 5_000) for x in (9_200, 9_600, 9_900, 10_300)), wards=WARDS
    )
    assert ask(gazetteer, "Brill Road", "Mooring").easting == 10_300
    assert ask(gazetteer, "Brill Road", "Harbour").easting == 9_600


def test_a_street_stands_at_the_part_nearest_the_postcode():
    gazetteer = gazetteer_of(
        *(street("Brill Road", x, 0) for x in (1_000, 1_300, 1_700)), postcode("NB1 1AA", 1_650, 30)
    )
    assert ask(gazetteer, "Brill Road NB1 1AA").easting == 1_700


@pytest.mark.parametrize(("gap_m", "easting"), [(200, 1_000), (500, 1_000), (501, 1_300)])
def test_a_junction_stands_at_the_part_nearest_the_crossing_street(gap_m, easting):
    gazetteer = gazetteer_of(
        *(street("Brill Road", x, 0) for x in (1_000, 1_300, 1_700)),
        street("Elm Lane", 1_000, -gap_m),
    )
    assert ask(gazetteer, "junction of Brill Road and Elm Lane").easting == easting


@pytest.mark.parametrize(("gap_m", "sites"), [(1_000, 1), (1_001, 2)])
def test_parts_up_to_a_kilometre_apart_are_one_street(gap_m, sites):
    gazetteer = gazetteer_of(street("Brill Road", 0, 0), street("Brill Road", gap_m, 0))
    assert bool(ask(gazetteer, "Brill Road").confidence == 1) is (sites == 1)


def test_parts_far_apart_are_one_street_by_way_of_others():
    gazetteer = gazetteer_of(*(street("Brill Road", x, 0) for x in (0, 2_000, 1_000)))
    assert ask(gazetteer, "Brill Road").confidence == 1


def test_parts_at_one_place_are_one_street():
    gazetteer = gazetteer_of(street("Brill Road", 0, 0), street("Brill Road", 0, 0))
    assert ask(gazetteer, "Brill Road").confidence == 1


def test_a_house_is_found_by_its_number():
    gazetteer = gazetteer_of(
        street("Brill Road", 2_000, 5_000),
        house("12 BRILL ROAD", 2_040, 5_010, uprn="77"),
        house("14 Brill Road", 2_060, 5_010, uprn="78"),
    )
    found = ask(gazetteer, "o/s 12 Brlil Rd")
    assert found[["place", "kind", "matched", "precision"]].tolist() == [
        1, "uprn", "12 BRILL ROAD", "address",
    ]  # fmt: skip


def test_a_number_nobody_knows_leaves_the_street():
    gazetteer = gazetteer_of(
        street("Brill Road", 2_000, 5_000), house("12 Brill Road", 2_040, 5_010)
    )
    assert ask(gazetteer, "13 Brill Road").precision == "street"


@pytest.mark.parametrize(("gap_m", "kind"), [(500, "uprn"), (501, "street")])
def test_a_house_must_lie_near_the_street_that_was_meant(gap_m, kind):
    gazetteer = gazetteer_of(street("Brill Road", 0, 0), house("12 Brill Road", gap_m, 0))
    assert ask(gazetteer, "12 Brill Road").kind == kind


def test_the_house_of_the_street_in_the_ward_said_is_taken():
    rows = (house("12 High Street", 15_010, 5_000), house("12 High Street", 2_010, 5_000))
    gazetteer = gazetteer_of(*TWO_HIGH_STREETS, *rows, wards=WARDS)
    assert ask(gazetteer, "12 High Street, Harbour").easting == 2_010


def test_houses_make_up_the_street_no_layer_names():
    gazetteer = gazetteer_of(*(house(f"{n} Brill Road", 2_000 + n, 5_000) for n in (1, 3, 8)))
    found = ask(gazetteer, "brill road")
    assert found[["kind", "matched", "precision", "easting"]].tolist() == [
        "street", "Brill Road", "street", 2_003,
    ]  # fmt: skip


def test_a_known_place_is_found_by_name():
    gazetteer = gazetteer_of(place("hospital", "Norbeck General Hospital", 2_000, 5_000))
    found = ask(gazetteer, "outside Norbeck Genral Hospital")
    assert found[["kind", "matched", "precision"]].tolist() == [
        "hospital", "Norbeck General Hospital", "point",
    ]  # fmt: skip


def test_a_locality_after_the_street_is_no_street():
    gazetteer = gazetteer_of(
        street("Brill Road", 2_000, 5_000, locality="Old Norbeck"), street("Old Norbeck", 9_000, 0)
    )
    assert ask(gazetteer, "Brll Road, Old Norbeck").matched == "Brill Road"


def test_the_locality_said_tells_two_streets_of_one_name_apart():
    gazetteer = gazetteer_of(
        street("High Street", 2_000, 5_000, locality="Norton"),
        street("High Street", 15_000, 5_000, locality="Old Norbeck"),
    )
    found = gazetteer.match(["High Street, Old Norbeck", "High St Norton", "High St"])
    assert found.easting[:2].tolist() == [15_000, 2_000]
    assert (found.confidence >= 0.8).tolist() == [True, True, False]


def test_places_without_a_position_are_not_found():
    gazetteer = gazetteer_of(
        street("Brill Road", np.nan, np.nan),
        house("2 Ash Road", np.nan, np.nan, uprn="7"),
        postcode("NB1 1AA", np.nan, np.nan),
        place("hospital", "Norbeck General", np.nan, np.nan),
    )
    assert gazetteer.match(["Brill Road", "2 Ash Road"]).place.tolist() == [-1, -1]
    assert gazetteer.find_uprns(["7"]).tolist() == [-1]
    assert gazetteer.find_postcodes(["NB1 1AA"]).tolist() == [-1]
    assert gazetteer.nearest_known(0, 0)[0] == -1


def test_answers_stand_on_the_index_of_the_texts():
    gazetteer = gazetteer_of(street("Brill Road", 2_000, 5_000))
    texts = pd.Series(["Brill Rd", None, "Brill Rd", "x"], index=[9, 4, 4, 1])
    found = gazetteer.match(texts)
    assert found.index.tolist() == [9, 4, 4, 1]
    assert found.matched.tolist() == ["Brill Road", "", "Brill Road", ""]


def test_no_text_gives_no_row_and_no_place_gives_no_answer():
    assert len(gazetteer_of(street("Brill Road", 0, 0)).match([])) == 0
    assert Gazetteer(conform_places(pd.DataFrame())).match(["Brill Road"]).place.tolist() == [-1]


def test_wards_must_be_as_many_as_texts():
    with pytest.raises(ParameterError, match=r"`wards` .* 2 for 1"):
        gazetteer_of(street("Brill Road", 0, 0)).match(["Brill Road"], ["Harbour", "Mooring"])


def test_a_missing_column_is_named():
    with pytest.raises(ParameterError, match="lacks locality, postcode"):
        Gazetteer(pd.DataFrame(columns=["kind", "name"]))


def test_the_gazetteer_says_what_it_holds():
    gazetteer = gazetteer_of(*TWO_HIGH_STREETS, postcode("NB1 1AA", 0, 0))
    assert repr(gazetteer) == "Gazetteer(1 postcode, 2 street)"


@pytest.mark.parametrize("asked", ["NB1 1AA", "nb11aa", " NB1  1AA "])
def test_a_postcode_is_found_however_it_is_spaced(asked):
    gazetteer = gazetteer_of(street("Brill Road", 0, 0), postcode("NB1 1AA", 1, 1))
    assert gazetteer.find_postcodes([asked, "NB1 1AB"]).tolist() == [1, -1]


def test_a_postcode_still_in_use_wins_over_one_that_ended():
    ended = postcode("NB1 1AA", 9, 9, place_class="terminated")
    assert gazetteer_of(ended, postcode("NB1 1AA", 1, 1)).find_postcodes(["NB1 1AA"]) == [1]
    assert gazetteer_of(postcode("NB1 1AA", 1, 1), ended).find_postcodes(["NB1 1AA"]) == [0]
    assert gazetteer_of(ended).find_postcodes(["NB1 1AA"]) == [0]


def test_a_property_is_found_with_and_without_zeros_in_front():
    gazetteer = gazetteer_of(postcode("NB1 1AA", 1, 1), house("", 1, 1, uprn="199356"))
    assert gazetteer.find_uprns(["000000199356", "199356", "", "0", "1"]).tolist() == [
        1, 1, -1, -1, -1,
    ]  # fmt: skip


@pytest.mark.parametrize(("gap_m", "name"), [(60, "Norbeck General"), (61, None)])
def test_a_position_stands_on_a_known_place_within_sixty_metres(gap_m, name):
    gazetteer = gazetteer_of(
        place("court", "Far Court", 500, 0),
        place("hospital", "Norbeck General", 0, 0),
        street("Brill Road", gap_m, 0),
    )
    assert name_known_place(gap_m, 0, gazetteer) == name


def test_the_nearest_known_place_is_named():
    gazetteer = gazetteer_of(place("court", "A", 0, 0), place("prison", "B", 50, 0))
    assert name_known_place(40, 0, gazetteer) == "B"
    assert name_known_place(40, 0, gazetteer, within_m=5) is None


@pytest.mark.parametrize("within_m", [-1, np.nan])
def test_a_distance_that_cannot_be_is_refused(within_m):
    with pytest.raises(ParameterError, match="Give metres"):
        name_known_place(0, 0, gazetteer_of(place("court", "A", 0, 0)), within_m)


BOROUGH = gazetteer_of(
    *TWO_HIGH_STREETS,
    street("Brill Road", 2_000, 5_000),
    house("12 Brill Road", 2_040, 5_010, uprn="77"),
    postcode("NB1 1AA", 2_100, 5_100),
    wards=WARDS,
)


def incidents_of(*texts, **columns):
    ids = [f"i{at}" for at in range(len(texts))]
    return conform_incidents(
        pd.DataFrame({"incident_id": ids, "location_text": texts, **columns})
    ).set_index(pd.Index(range(2, 2 + len(texts)), name="row"))


@pytest.mark.parametrize(
    ("text", "precision", "matched", "easting"),
    [
        ("Brll Road, Harbour", "street", "Brill Road", 2_000),
        ("12 Brill Road", "address", "12 Brill Road", 2_040),
        ("Brll Rd, Harbour, NB1 1AA", "street", "Brill Road", 2_000),
        ("Windlass Terrace, NB1 1AA", "postcode", "NB1 1AA", 2_100),
        ("nb11aa", "postcode", "NB1 1AA", 2_100),
    ],
)
def test_a_row_without_position_is_placed_as_exactly_as_its_words_allow(
    text, precision, matched, easting
):
    placed, review = place_incidents(incidents_of(text), BOROUGH)
    row = placed.iloc[0]
    assert [row.place_precision, row.matched, row.easting] == [precision, matched, easting]
    assert [placed.index.tolist(), len(review)] == [[2], 0]


def test_a_property_number_wins_over_the_words():
    placed, _ = place_incidents(incidents_of("High Street, Mooring", uprn=["77"]), BOROUGH)
    assert placed[["easting", "place_precision", "confidence"]].to_numpy().tolist() == [
        [2_040, "address", 1.0]
    ]


def test_a_placed_row_has_degrees_too():
    placed, _ = place_incidents(incidents_of("Brill Road"), BOROUGH)
    assert placed.lon.between(-8, -7).all()
    assert placed.lat.between(49, 50).all()


@pytest.mark.parametrize("text", ["", None, "Harbour", "No Location", "NB9 9ZZ"])
def test_a_row_that_names_no_street_is_neither_placed_nor_asked_about(text):
    placed, review = place_incidents(incidents_of(text), BOROUGH)
    assert [len(placed), len(review)] == [0, 0]


def test_a_doubtful_row_is_asked_about_with_its_best_candidates():
    placed, review = place_incidents(incidents_of("Brill Road", "12 High St"), BOROUGH)
    asked = review.loc[3]
    assert placed.index.tolist() == [2]
    assert asked[["incident_id", "location_text", "text", "best", "second"]].tolist() == [
        "i1", "12 High St", "high street", "High Street", "High Street",
    ]  # fmt: skip
    assert asked.confidence < 0.8


def test_a_row_with_a_position_is_never_looked_at():
    incidents = incidents_of("Brill Road", "Brill Road", easting=[1.0, None], northing=[2.0, None])
    placed, review = place_incidents(incidents, BOROUGH)
    assert [placed.incident_id.tolist(), len(review)] == [["i1"], 0]


@pytest.mark.parametrize(("easting", "northing"), [(1.0, None), (None, 1.0)])
def test_half_a_position_is_none(easting, northing):
    incidents = incidents_of("Brill Road", easting=[easting], northing=[northing])
    assert len(place_incidents(incidents, BOROUGH)[0]) == 1


def test_the_threshold_is_the_least_confidence_that_places():
    confidence = BOROUGH.match(["Brll Road"]).confidence.iloc[0]
    incidents = incidents_of("Brll Road")
    assert len(place_incidents(incidents, BOROUGH, threshold=confidence)[0]) == 1
    assert len(place_incidents(incidents, BOROUGH, threshold=confidence + 1e-9)[1]) == 1


def answers_of(*rows):
    return pd.DataFrame(list(rows), columns=[column.name for column in PLACE_ANSWER_COLUMNS])


def test_a_remembered_answer_wins_over_everything():
    answer = answers_of(("brill road", "harbour", "The Bandstand", 5.0, 6.0, "point"))
    incidents = incidents_of("12 Brill Road, Harbour", "Brill Road", uprn=["77", None])
    placed, _ = place_incidents(incidents, BOROUGH, answers=answer)
    assert placed[["matched", "easting", "place_precision"]].to_numpy().tolist() == [
        ["The Bandstand", 5.0, "point"],
        ["Brill Road", 2_000.0, "street"],
    ]


def test_words_answered_nowhere_are_placed_nowhere_and_not_asked_again():
    answer = answers_of(("high street", "", "", np.nan, np.nan, "none"))
    placed, review = place_incidents(
        incidents_of("High Street", "High Street NB1 1AA", "Brill Road"), BOROUGH, answers=answer
    )
    assert [placed.incident_id.tolist(), len(review)] == [["i2"], 0]


def test_the_last_of_two_answers_counts():
    answer = answers_of(
        ("high street", "", "A", 1.0, 1.0, "street"), ("high street", "", "B", 2.0, 2.0, "street")
    )
    placed, _ = place_incidents(incidents_of("High Street"), BOROUGH, answers=answer)
    assert placed.matched.tolist() == ["B"]


def test_an_answer_to_no_words_answers_nothing():
    answer = answers_of(("", "", "A", 1.0, 1.0, "street"))
    assert len(place_incidents(incidents_of("", "Harbour"), BOROUGH, answers=answer)[0]) == 0


def test_the_review_shows_the_words_an_answer_is_kept_by():
    incidents = incidents_of("12 High St")
    _, review = place_incidents(incidents, BOROUGH)
    answer = answers_of((review.text.iloc[0], review.ward.iloc[0], "X", 1.0, 1.0, "street"))
    assert len(place_incidents(incidents, BOROUGH, answers=answer)[0]) == 1


def test_no_incident_gives_no_row():
    placed, review = place_incidents(conform_incidents(pd.DataFrame()), BOROUGH)
    assert [len(placed), len(review)] == [0, 0]


@pytest.mark.parametrize("threshold", [-0.1, 1.1, np.nan])
def test_a_threshold_that_is_no_share_is_refused(threshold):
    with pytest.raises(ParameterError, match="from 0 to 1"):
        place_incidents(incidents_of("Brill Road"), BOROUGH, threshold=threshold)


def test_answers_without_their_columns_are_refused():
    with pytest.raises(ParameterError, match="`answers` lacks ward, name"):
        place_incidents(incidents_of("x"), BOROUGH, answers=pd.DataFrame({"text": ["x"]}))
