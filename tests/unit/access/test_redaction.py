import pandas as pd
import pytest

from aim.access import hide_sensitive_places
from aim.model.incidents import conform_incidents

ROWS = conform_incidents(
    pd.DataFrame(
        {
            "incident_id": ["a", "b", "c", "d"],
            "sensitivity": ["public", "routine", "sensitive", None],
            "lon": 1.5,
            "lat": 54.5,
            "easting": 480_000.0,
            "northing": 530_000.0,
            "uprn": "7",
            "location_text": "Quay Street",
            "place_precision": "address",
        }
    )
)


@pytest.mark.parametrize("name", ["lon", "lat", "easting", "northing", "uprn", "location_text"])
def test_sensitive_and_unknown_rows_lose_every_sign_of_their_place(name):
    shown = hide_sensitive_places(ROWS)
    assert shown[name].notna().tolist() == [True, True, False, False]
    assert shown["place_precision"].tolist() == ["address", "address", "none", "none"]


def test_no_row_is_lost_and_the_rows_given_stay_as_they_were():
    before = ROWS.copy()
    shown = hide_sensitive_places(ROWS)
    assert shown["incident_id"].tolist() == ["a", "b", "c", "d"]
    pd.testing.assert_frame_equal(ROWS, before)
    assert hide_sensitive_places(ROWS.iloc[:0]).empty
