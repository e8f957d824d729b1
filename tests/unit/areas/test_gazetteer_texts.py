import pytest

from aim.areas.gazetteer.names import NameList
from aim.areas.gazetteer.texts import (
    mend_type,
    normalise_name,
    normalise_postcode,
    read_place_words,
    split_type,
)

AREAS = frozenset({"harbour", "jetty park"})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ash Rd", "ash road"),
        ("ASH RD.", "ash road"),
        ("St Mary's St", "saint marys street"),
        ("St. Mary\u2019s Ave", "saint marys avenue"),
        ("Church St St James", "church saint saint james"),
        ("The Crescent", "crescent"),
        ("The", "the"),
        ("Ash & Elm Gdns", "ash and elm gardens"),
        ("Caf\u00e9 Row", "cafe row"),
        ("Ash-Tree  Cl", "ash tree close"),
        ("Rd", "rd"),
        ("", ""),
    ],
)
def test_spellings_of_one_name_agree(text, name):
    assert normalise_name(text) == name


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("TS1 3BA", "TS1 3BA"),
        (" ts13ba ", "TS1 3BA"),
        ("W1A  1AA", "W1A 1AA"),
        ("EC1A1BB", "EC1A 1BB"),
        ("TS1", ""),
        ("TS1 3BA Ash Road", ""),
        ("", ""),
    ],
)
def test_a_postcode_has_one_form(text, postcode):
    assert normalise_postcode(text) == postcode


@pytest.mark.parametrize(
    "text",
    [
        "Ash Road",
        "On or near Ash Road",
        "outside 12 Ash Rd",
        "O/S 12a Ash Rd",
        "Flat 3, 12 Ash Rd",
        "no. 12 Ash Road",
        "12-14 ash rd",
        "the rear of Ash Road",
        "Ash Road, Harbour",
        "Ash Road Harbour",
        "Ash Rd Harbour TS1 3BA",
        "Ash Rd TS1",
        "Ash Rd o/s shops",
        "Ash Rd nr the park",
        "Ash Road (by the bins)",
        "Ash Road opposite Elm Street",
        "near Ash Road",
        "land near Ash Road",
        "Spar, Ash Road",
        "Ash Raod",
        "junction of Ash Road and Elm Street",
        "Ash Rd j/w Elm St",
        "corner Ash Rd / Elm St",
    ],
)
def test_a_street_is_found_among_the_words_around_it(text):
    assert read_place_words(text, AREAS).names[0] == "ash road"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12 Ash Road", "12"),
        ("12A Ash Road", "12a"),
        ("Flat 3, 12 Ash Road", "12"),
        ("flat 3 12-14 Ash Road", "12"),
        ("Ash Road", ""),
        ("1st Avenue", ""),
        ("Ash Road 12", ""),
    ],
)
def test_the_house_number_is_the_last_before_the_street(text, number):
    assert read_place_words(text, AREAS).number == number


@pytest.mark.parametrize(
    ("text", "crossing"),
    [
        ("junction of Ash Rd and Elm St", "elm street"),
        ("jct Ash Rd/Elm St", "elm street"),
        ("on the corner of Ash Rd & Elm St", "elm street"),
        ("Ash Rd j/w Elm St", "elm street"),
        ("Ash Rd at the junction with Elm St", "elm street"),
        ("Ash and Elm Road", ""),
        ("Corner Close", ""),
    ],
)
def test_a_junction_names_the_street_it_crosses(text, crossing):
    assert read_place_words(text, AREAS).crossing == crossing


@pytest.mark.parametrize(
    "text", ["", "No Location", "unknown", "Harbour", "Jetty Park", "TS1 3BA", "12", "n/k", "  , "]
)
def test_words_that_name_no_street_give_no_name(text):
    assert read_place_words(text, AREAS).names == ()


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Ash Road, Harbour", "harbour"),
        ("Ash Road Jetty Park", "jetty park"),
        ("Harbour, TS1 3BA", "harbour"),
        ("Ash Jetty Park", ""),
        ("Ash Road, Elsewhere", ""),
    ],
)
def test_a_ward_after_the_street_is_told_apart(text, area):
    assert read_place_words(text, AREAS).area == area


def test_a_street_named_like_a_ward_keeps_its_name():
    assert read_place_words("Ash Jetty Park", AREAS).names == ("ash jetty park",)


def test_the_last_postcode_of_a_text_counts():
    assert read_place_words("ts13ba Ash Road ts1 4bb").postcode == "TS1 4BB"


def test_a_kind_of_place_is_all_the_name_there_is():
    assert read_place_words("On or near Supermarket").names == ("supermarket",)


def test_a_road_number_is_no_postcode():
    assert read_place_words("A66").names == ("a66",)


def test_the_longer_reading_comes_first():
    assert read_place_words("Ash Road Gate").names == ("ash road gate", "ash road")


@pytest.mark.parametrize(
    ("name", "mended"),
    [
        ("ash raod", "ash road"),
        ("ash stret", "ash street"),
        ("ash tarrace", "ash terrace"),
        ("ash road", "ash road"),
        ("ash tree", "ash tree"),
        ("raod", "raod"),
        ("ash rod", "ash rod"),
    ],
)
def test_a_type_one_slip_away_is_mended(name, mended):
    assert mend_type(name) == mended


def test_a_name_that_is_only_a_type_is_a_stem():
    assert split_type("broadway") == ("broadway", "")
    assert split_type("the broadway") == ("the", "broadway")


def score(text, name):
    found = NameList((name,)).find_alike([text])
    return found.score[0] if len(found.score) else 0.0


def test_equal_names_score_one():
    assert score("ash road", "ash road") == 1
    assert score("broadway", "broadway") == 1


def test_a_slip_in_the_stem_costs_more_than_its_share_of_the_whole():
    assert score("brll road", "brill road") == pytest.approx((9 / 10 + 4 / 5) / 2)


def test_another_type_costs_more_than_none():
    assert score("brill", "brill road") == pytest.approx(0.92)
    assert score("brill lane", "brill road") < score("brill", "brill road")


def test_two_letters_exchanged_are_one_slip():
    assert score("birll road", "brill road") == score("brll road", "brill road")


def test_names_with_nothing_in_common_are_no_pair():
    assert score("ash road", "windlass terrace") == 0


def test_at_most_twelve_names_are_compared_and_the_likest_among_them():
    names = tuple(sorted(f"ash{letter} road" for letter in "abcdefghijklmnopqrst"))
    found = NameList(names).find_alike(["asht road"])
    assert len(found.name) == 12
    assert names[found.name[found.score.argmax()]] == "asht road"


def test_no_text_and_no_name_give_no_pair():
    assert len(NameList(()).find_alike(["ash road"]).text) == 0
    assert len(NameList(("ash road",)).find_alike([]).text) == 0


def test_every_text_is_compared_however_many_there_are():
    texts = [f"ash{number} road" for number in range(1_100)]
    found = NameList(tuple(sorted(texts))).find_alike(texts)
    assert sorted(found.text[found.score == 1].tolist()) == list(range(1_100))
