import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from aim.errors import ParameterError
from aim.feeds import merge_incidents
from aim.model.incidents import COLUMN_NAMES, FeedResult, conform_incidents, empty_rejected


def rows(*ids, feed="wardens", easting=449000.0, text="a"):
    return conform_incidents(
        pd.DataFrame(
            {
                "incident_id": list(ids),
                "feed": feed,
                "easting": easting,
                "northing": 520000.0,
                "location_text": text,
            }
        )
    )


def test_results_and_frames_join_in_the_order_given():
    merged = merge_incidents(FeedResult(rows("b", "a"), empty_rejected()), rows("c"))
    assert merged["incident_id"].tolist() == ["b", "a", "c"]
    assert merged.index.tolist() == [0, 1, 2]
    assert merged.crs.to_epsg() == 27700
    assert tuple(merged.columns) == (*COLUMN_NAMES, "geometry")


def test_a_feed_delivered_twice_stands_once_with_its_last_values():
    merged = merge_incidents(rows("a", "b"), rows("c"), rows("a", text="new"))
    assert merged["incident_id"].tolist() == ["a", "b", "c"]
    assert merged["location_text"].tolist() == ["new", "a", "a"]


def test_merging_twice_changes_nothing():
    once = merge_incidents(rows("a", "b"), rows("a", feed="councillors"))
    pd.testing.assert_frame_equal(merge_incidents(once, once), once)


def test_rows_of_different_feeds_never_become_one():
    merged = merge_incidents(rows("a"), rows("a", feed="councillors"))
    assert merged["feed"].tolist() == ["wardens", "councillors"]


def test_rows_without_an_id_are_each_their_own():
    assert len(merge_incidents(rows(None, None), rows(None))) == 3


def test_a_row_without_a_position_has_no_geometry():
    merged = merge_incidents(rows("a", easting=np.nan), rows("b"))
    assert merged.geometry.iloc[0] is None
    assert (merged.geometry.iloc[1].x, merged.geometry.iloc[1].y) == (449000.0, 520000.0)


def test_nothing_in_gives_an_empty_frame():
    for merged in (merge_incidents(), merge_incidents(rows().iloc[:0])):
        assert isinstance(merged, gpd.GeoDataFrame)
        assert len(merged) == 0
        assert merged.crs.to_epsg() == 27700


def test_a_frame_without_the_columns_is_refused():
    with pytest.raises(ParameterError, match="lacks"):
        merge_incidents(pd.DataFrame({"x": [1]}))
