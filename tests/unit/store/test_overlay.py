"""Positions found later: seen by every read, never mistaken for a row's own."""

import numpy as np
import pandas as pd
import pytest
from alembic import command

from aim.errors import ParameterError
from aim.model.filters import Box, IncidentFilter
from aim.model.people import EVERYTHING, NOTHING
from aim.store import schema
from aim.store.opening import _opened
from aim.testing.stores import (
    ALL_OF_IT,
    assign_all,
    deliver,
    everything_in,
    invented_incidents,
    load_wards,
    undo,
)

POSITION = ["easting", "northing", "lon", "lat"]
HERE = Box(-1.3, 54.5, -1.2, 54.6)


@pytest.fixture
def rows() -> pd.DataFrame:
    return invented_incidents(np.random.default_rng(3), range(60))


@pytest.fixture
def lost(rows) -> list[str]:
    return sorted(rows["incident_id"][rows["easting"].isna()])


def found(ids, *, easting=451_500.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "incident_id": list(ids),
            "easting": easting,
            "northing": 521_500.0,
            "lon": -1.25,
            "lat": 54.55,
            "place_precision": "street",
            "confidence": 0.9,
            "matched": "Ash Lane",
        }
    )


def lay(store, placed, **asked) -> None:
    with store.transaction() as change:
        change.save_placed(placed, **asked)
        assign_all(store, change)


@pytest.fixture
def laid(store, rows, lost):
    load_wards(store)
    deliver(store, rows)
    lay(store, found(lost[:3]))
    return store


def test_a_found_position_is_seen_by_every_read(laid, lost):
    one = everything_in(laid).set_index("incident_id").loc[lost[0]]
    assert one[[*POSITION, "place_precision", "ward_code"]].tolist() == [
        *(451_500.0, 521_500.0, -1.25, 54.55),
        *("street", "W11"),
    ]
    assert set(laid.incidents(IncidentFilter(area=HERE), EVERYTHING)["incident_id"]) == set(
        lost[:3]
    )
    assert laid.left_out(ALL_OF_IT, EVERYTHING).no_position == len(lost) - 3
    assert laid.placed(EVERYTHING)["matched"].tolist() == ["Ash Lane"] * 3
    assert laid.placed(NOTHING).empty


def test_the_rows_without_a_position_stay_known_as_they_came(laid, rows, lost):
    bare = laid.without_position(EVERYTHING)
    assert bare["incident_id"].tolist() == lost
    assert bare[POSITION].isna().all(axis=None)
    assert set(bare["place_precision"]) == {"none"}


def test_a_position_of_its_own_is_never_covered(store, rows, lost):
    deliver(store, rows)
    before = everything_in(store)
    lay(store, found(sorted(set(rows["incident_id"]) - set(lost))))
    pd.testing.assert_frame_equal(everything_in(store), before)
    assert store.placed(EVERYTHING).empty


def test_a_position_delivered_later_wins_and_undoing_it_brings_the_gap_back(laid, rows, lost):
    own = rows[rows["incident_id"] == lost[0]].assign(
        easting=450_100.0, northing=520_100.0, lon=-1.0, lat=54.0, place_precision="point"
    )
    batch = deliver(laid, own)
    one = everything_in(laid).set_index("incident_id").loc[lost[0]]
    assert one[["easting", "place_precision", "ward_code"]].tolist() == [450_100.0, "point", "W00"]
    assert laid.placed(EVERYTHING)["incident_id"].tolist() == lost[1:3]
    undo(laid, batch.batch_id)
    one = everything_in(laid).set_index("incident_id").loc[lost[0]]
    assert (np.isnan(one["easting"]), one["place_precision"]) == (True, "none")
    assert pd.isna(one["ward_code"])


def test_a_row_that_changes_elsewhere_keeps_the_position_found(laid, rows, lost):
    changed = rows[rows["incident_id"] == lost[0]].assign(location_text="Elm Row")
    batch = deliver(laid, changed)
    assert batch.updated == 1
    one = everything_in(laid).set_index("incident_id").loc[lost[0]]
    assert one[["location_text", "easting", "ward_code"]].tolist() == ["Elm Row", 451_500.0, "W11"]
    undo(laid, batch.batch_id)
    assert everything_in(laid).set_index("incident_id").loc[lost[0], "easting"] == 451_500.0


def test_the_same_file_again_is_unchanged_whatever_was_found(laid, rows):
    again = deliver(laid, rows)
    assert (again.unchanged, again.updated) == (60, 0)


def test_what_is_found_no_more_goes_and_only_among_those_asked_about(laid, lost):
    version = laid.data_version()
    lay(laid, found(lost[:1], easting=450_500.0), asked=lost[:2])
    assert laid.placed(EVERYTHING)["incident_id"].tolist() == [lost[0], lost[2]]
    assert laid.data_version() > version
    shown = everything_in(laid).set_index("incident_id")["ward_code"]
    assert shown[lost[:3]].astype(object).where(lambda code: code.notna(), None).tolist() == [
        *("W01", None, "W11")
    ]
    lay(laid, found([]))
    assert laid.placed(EVERYTHING).empty
    assert laid.left_out(ALL_OF_IT, EVERYTHING).no_position == len(lost)


def test_the_same_finding_again_changes_nothing(laid, lost):
    version = laid.data_version()
    lay(laid, found(lost[:3]))
    assert laid.data_version() == version


@pytest.mark.parametrize("fault", [{"lon": None}, {"matched": None}])
def test_a_finding_without_a_value_is_refused(laid, lost, fault):
    with pytest.raises(ParameterError, match="Leave out"):
        lay(laid, found(lost[:1]).assign(**fault))


def test_the_way_back_takes_what_was_found_away(laid, lost, tmp_path):
    with _opened(tmp_path / "aim.db") as connection:
        command.downgrade(schema.config_for(connection), "0002")
        bare = connection.exec_driver_sql(
            "SELECT count(*) FROM incident WHERE lon IS NULL AND place_precision = 'none'"
        ).scalar_one()
    assert bare == len(lost)
