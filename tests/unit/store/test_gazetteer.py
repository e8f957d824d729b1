"""Places by set, and the answers people gave."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from aim.errors import NotFoundError, ParameterError
from aim.model.people import EVERYTHING
from aim.model.places import PLACE_COLUMN_NAMES, conform_places
from aim.model.records import PlaceSet

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def streets(*names: str) -> pd.DataFrame:
    return conform_places(
        pd.DataFrame(
            {
                "kind": "street",
                "name": list(names),
                "easting": 450_000.0,
                "northing": 520_000.0,
                "precision": "street",
            }
        )
    )


def load(store, name: str, places: pd.DataFrame) -> None:
    with store.transaction() as change:
        change.save_place_set(PlaceSet(name, 0, WHEN, f"{name}.csv", "Invented"), places)


def answer(store, **said) -> None:
    with store.transaction() as change:
        change.answer_place(said, actor="tester")


def test_places_come_back_as_they_were_set_by_set(store):
    assert store.places(EVERYTHING).empty
    load(store, "streets", streets("Bow Lane", "Ash Lane"))
    load(store, "more", streets("Elm Row"))
    kept = store.places(EVERYTHING)
    assert kept["name"].tolist() == ["Elm Row", "Bow Lane", "Ash Lane"]
    pd.testing.assert_frame_equal(kept, streets("Elm Row", "Bow Lane", "Ash Lane"))
    assert tuple(kept) == PLACE_COLUMN_NAMES


def test_a_set_of_the_same_name_is_replaced_and_one_can_go(store):
    load(store, "streets", streets("Bow Lane", "Ash Lane"))
    load(store, "streets", streets("Elm Row"))
    assert store.place_sets(EVERYTHING) == [PlaceSet("streets", 1, WHEN, "streets.csv", "Invented")]
    with store.transaction() as change:
        change.remove_place_set("streets")
    assert (len(store.places(EVERYTHING)), store.place_sets(EVERYTHING)) == (0, [])


def test_an_unknown_set_is_named_with_those_loaded(store):
    load(store, "streets", streets("Bow Lane"))
    with pytest.raises(NotFoundError, match="loaded are streets"), store.transaction() as change:
        change.remove_place_set("roads")


def test_a_place_without_a_position_is_refused(store):
    with pytest.raises(ParameterError, match="easting and a northing"):
        load(store, "streets", streets("Bow Lane").assign(easting=float("nan")))


def test_an_answer_is_remembered_until_it_is_given_anew_or_forgotten(store):
    answer(store, text="bo lane", ward="East", name="Bow Lane", easting=1.0, northing=2.0)
    answer(store, text="bo lane", name="")
    answer(store, text="bo lane", ward="East", name="Bow Road", easting=3.0, northing=4.0)
    kept = store.place_answers(EVERYTHING)
    assert kept[["text", "ward", "name", "actor"]].to_numpy().tolist() == [
        ["bo lane", "", "", "tester"],
        ["bo lane", "East", "Bow Road", "tester"],
    ]
    assert (kept["easting"].isna().tolist(), kept.loc[1, "northing"]) == ([True, False], 4.0)
    with store.transaction() as change:
        assert change.forget_place_answer("bo lane", "East")
        assert not change.forget_place_answer("bo lane", "West")
    assert len(store.place_answers(EVERYTHING)) == 1


@pytest.mark.parametrize("said", [{"text": ""}, {"text": "x", "easting": 1.0}])
def test_half_an_answer_is_refused(store, said):
    with pytest.raises(ParameterError, match="needs the words"):
        answer(store, **said)
