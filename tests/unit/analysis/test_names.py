"""What places are called."""

import pytest

from aim.analysis.names import compass_part, make_unique, name_place, street_of


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("On or near Essex Street", "Essex Street"),
        ("On or near Skipper'S Lane", "Skipper's Lane"),
        ("On or near No Location", ""),
        ("No Location", ""),
        ("On or near ", ""),
        ("", ""),
        ("On or near A66", "A66"),
        ("HOMERTON ROAD", "Homerton Road"),
        ("homerton rd.", "Homerton Road"),
        ("12-14 Homerton St", "Homerton Street"),
        ("St James St", "St James Street"),
        ("Flat 3, 12 Homerton Road, NB1 4BB", "Homerton Road"),
        ("Outside 22A Bow Lane, Abbey, NB3", "Bow Lane"),
        ("opp. the shops, Bow Lane", "Bow Lane"),
        ("no. 4 Bow Lane (rear)", "Bow Lane"),
        ("corner of Mill Lane and Bow Street", "Mill Lane and Bow Street"),
        ("Bus stop, Acre Close, Abbey ward", "Acre Close"),
        ("Sports/Recreation Area", "Sports/Recreation Area"),
        ("Coniston Shops, Abbey", "Coniston Shops"),
        ("Offerton Park", "Offerton Park"),
        ("NB1 2CD", ""),
    ],
)
def test_a_street_is_read_as_people_write_it(text, street):
    assert street_of(text) == street


def test_the_commonest_street_names_a_place_however_it_is_written():
    texts = ["1 Bow Lane", "Mill Road", "bow ln", "On or near Nightclub", "On or near Nightclub"]
    assert name_place([*texts, "On or near Nightclub"], "Abbey ward") == "Bow Lane"


def test_of_equally_common_streets_the_first_in_the_alphabet_wins():
    assert name_place(["Mill Road", "Bow Lane"], "Abbey ward") == "Bow Lane"


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["On or near Supermarket", "No Location"], "Supermarket, Abbey ward"),
        (["No Location", ""], "Abbey ward"),
        ([], "Abbey ward"),
    ],
)
def test_a_place_without_a_street_is_named_by_its_ward(texts, name):
    assert name_place(texts, "Abbey ward") == name


@pytest.mark.parametrize(
    ("east_m", "north_m", "part"),
    [
        (0, 0, "centre"),
        (29, 0, "centre"),
        (31, 0, "east"),
        (50, 50, "north-east"),
        (0, 50, "north"),
        (-50, 50, "north-west"),
        (-50, 1, "west"),
        (-50, -1, "west"),
        (-50, -50, "south-west"),
        (0, -50, "south"),
        (50, -50, "south-east"),
    ],
)
def test_the_compass_points_from_the_middle(east_m, north_m, part):
    assert compass_part(east_m, north_m, half_width_m=100) == part


def test_equal_names_are_told_apart_by_ward_then_by_number():
    names = ["High Street", "Bow Lane", "High Street", "High Street"]
    assert make_unique(names, ["Abbey", "Abbey", "Abbey", "Marsh"]) == [
        "High Street, Abbey",
        "Bow Lane",
        "High Street, Abbey (2)",
        "High Street, Marsh",
    ]


def test_equal_names_without_a_ward_are_numbered():
    assert make_unique(["A", "A", "A"], ["", "", ""]) == ["A", "A (2)", "A (3)"]
