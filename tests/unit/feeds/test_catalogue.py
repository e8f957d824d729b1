from importlib.metadata import EntryPoint

import pytest

from aim.errors import FeedError, UnknownFeedError
from aim.feeds import FEEDS, _catalogue, feed_guide, feed_table, find_feed


def install(monkeypatch, name, value):
    point = EntryPoint(name=name, value=value, group="aim.feeds")
    monkeypatch.setattr(_catalogue, "entry_points", lambda **_: [point])


def test_feeds_are_listed_by_their_own_names():
    assert [feed.name for feed in FEEDS.values()] == list(FEEDS)
    assert set(FEEDS) == {
        *("police-uk", "police-extract", "wardens", "councillors"),
        *("fixmystreet", "open311", "table"),
        *("housing", "fire", "health", "ambulance"),
    }


def test_the_table_says_what_each_reads_needs_and_drops():
    table = feed_table().set_index("name")
    assert table.loc["police-uk", "needed"].startswith("Month, Longitude, Latitude, Crime type")
    assert "Reported by" in table.loc["police-uk", "optional"]
    assert "Month" not in table.loc["police-uk", "optional"]
    assert "Constituent phone" in table.loc["councillors", "dropped"]
    assert list(table.columns) == ["title", "reads", "needed", "optional", "dropped"]


def test_a_plugin_is_found_and_listed(monkeypatch):
    install(monkeypatch, "cctv", "aim.feeds.wardens:FEED")
    assert find_feed("cctv") is FEEDS["wardens"]
    assert len(feed_table()) == len(FEEDS) + 1
    with pytest.raises(UnknownFeedError, match="cctv"):
        find_feed("lifeguards")


def test_a_plugin_cannot_take_one_of_our_names(monkeypatch):
    install(monkeypatch, "wardens", "aim.feeds.police_uk:FEED")
    assert find_feed("wardens") is FEEDS["wardens"]
    assert len(feed_table()) == len(FEEDS)


@pytest.mark.parametrize("value", ["nowhere.at_all:FEED", "aim.feeds.wardens:COLUMNS"])
def test_a_broken_plugin_is_one_clear_line(monkeypatch, value):
    install(monkeypatch, "cctv", value)
    with pytest.raises(FeedError, match="'cctv'"):
        find_feed("cctv")


@pytest.mark.parametrize(
    ("feed", "first"),
    [
        ("police-uk", "Month"),
        ("wardens", "Job No"),
        ("councillors", "Ref"),
        ("housing", "Case ref"),
    ],
)
def test_a_guide_begins_with_the_first_column_of_a_feed(feed, first):
    assert feed_guide(feed)["header"].iloc[0] == first
