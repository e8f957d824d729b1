"""What the gazetteer promises for all texts, places and orders."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from aim.areas.gazetteer import Gazetteer, place_incidents
from aim.areas.gazetteer.texts import (
    mend_type,
    normalise_name,
    normalise_postcode,
    read_place_words,
)
from aim.model.incidents import conform_incidents
from aim.model.places import conform_places

STEMS = st.sampled_from(["Brill", "Brine", "Ash", "High", "St Mary's", "Puffin"])
TYPES = st.sampled_from(["Road", "Rd", "Street", "Lane", "Park", ""])
NAMES = st.tuples(STEMS, TYPES).map(lambda pair: " ".join(pair).strip())
METRES = st.integers(1, 40).map(lambda step: step * 400.0)
WORDS = st.one_of(
    NAMES,
    st.tuples(st.integers(1, 30), NAMES).map(lambda pair: f"{pair[0]} {pair[1]}"),
    st.tuples(NAMES, NAMES).map(lambda pair: f"junction of {pair[0]} and {pair[1]}"),
    st.sampled_from(["", "nb11aa", "Harbour", "o/s 3 Brlil Rd, NB1 1AA"]),
    st.text(max_size=30),
)


@st.composite
def place_tables(draw):
    rows = [
        {"kind": "street", "name": name, "easting": x, "northing": y, "precision": "street"}
        for name, x, y in draw(st.lists(st.tuples(NAMES, METRES, METRES), max_size=8))
    ]
    rows += [
        {"kind": "uprn", "name": f"{number} {name}", "uprn": str(at + 1), "easting": x,
         "northing": y, "precision": "address"}
        for at, (number, name, x, y) in enumerate(
            draw(st.lists(st.tuples(st.integers(1, 9), NAMES, METRES, METRES), max_size=6))
        )
    ]  # fmt: skip
    if draw(st.booleans()):
        rows.append(
            {"kind": "postcode", "postcode": "NB1 1AA", "easting": draw(METRES),
             "northing": draw(METRES), "precision": "postcode"}
        )  # fmt: skip
    return conform_places(pd.DataFrame(rows))


def incidents_of(texts):
    ids = [f"i{at}" for at in range(len(texts))]
    return conform_incidents(pd.DataFrame({"incident_id": ids, "location_text": texts}))


@given(st.text(max_size=60))
def test_a_normal_form_is_its_own(text):
    name = normalise_name(text)
    assert normalise_name(name) in {name, normalise_name(normalise_name(name))}
    assert mend_type(mend_type(name)) == mend_type(name)


@given(st.text(max_size=80))
def test_any_text_is_taken_apart(text):
    words = read_place_words(text, {"harbour"})
    assert "" not in words.names
    assert words.postcode == normalise_postcode(words.postcode)


@settings(max_examples=12)
@given(place_tables(), st.lists(WORDS, max_size=8))
def test_every_answer_is_a_place_of_the_table_with_a_share_for_confidence(places, texts):
    found = Gazetteer(places).match(texts)
    assert len(found) == len(texts)
    assert found.confidence.between(0, 1).all()
    assert (found.margin >= 0).all()
    named = found[found.place >= 0]
    at = places.iloc[named.place]
    assert np.array_equal(named[["easting", "northing"]], at[["easting", "northing"]])


@settings(max_examples=12)
@given(place_tables(), st.lists(WORDS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_texts_changes_no_answer(places, texts, random):
    gazetteer = Gazetteer(places)
    order = random.sample(range(len(texts)), len(texts))
    found = gazetteer.match(texts)
    shuffled = gazetteer.match([texts[at] for at in order])
    pd.testing.assert_frame_equal(
        shuffled.reset_index(drop=True), found.iloc[order].reset_index(drop=True)
    )


@settings(max_examples=12)
@given(place_tables(), st.lists(WORDS, min_size=1, max_size=8))
def test_a_text_is_answered_alone_as_among_others(places, texts):
    gazetteer = Gazetteer(places)
    together = gazetteer.match(texts)
    alone = pd.concat([gazetteer.match([text]) for text in texts])
    pd.testing.assert_frame_equal(
        alone.reset_index(drop=True), together.reset_index(drop=True), rtol=1e-12
    )


@settings(max_examples=12)
@given(place_tables(), st.randoms(use_true_random=False))
def test_the_order_of_places_changes_no_confidence(places, random):
    texts = ["Brill Road", "brlil rd", "12 High St", "St Marys Lane"]
    order = random.sample(range(len(places)), len(places))
    found = Gazetteer(places).match(texts)
    shuffled = Gazetteer(places.iloc[order].reset_index(drop=True)).match(texts)
    assert shuffled.confidence.tolist() == found.confidence.tolist()


@settings(max_examples=12)
@given(place_tables(), st.lists(WORDS, max_size=8), st.floats(0, 1))
def test_a_row_is_placed_or_asked_about_or_names_nothing(places, texts, threshold):
    incidents = incidents_of(texts)
    placed, review = place_incidents(incidents, Gazetteer(places), threshold=threshold)
    assert not set(placed.incident_id) & set(review.incident_id)
    silent = incidents[~incidents.incident_id.isin([*placed.incident_id, *review.incident_id])]
    assert Gazetteer(places).match(silent.location_text).text.eq("").all()


@settings(max_examples=12)
@given(place_tables(), st.lists(WORDS, max_size=8))
def test_a_lower_threshold_never_places_fewer(places, texts):
    gazetteer, incidents = Gazetteer(places), incidents_of(texts)
    strict, _ = place_incidents(incidents, gazetteer, threshold=0.9)
    loose, _ = place_incidents(incidents, gazetteer, threshold=0.6)
    assert set(strict.incident_id) <= set(loose.incident_id)
