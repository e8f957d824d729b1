from importlib.metadata import EntryPoint

import pytest

from aim.errors import FeedError, UnknownFeedError
from aim.feeds import FEEDS, _catalogue, feed_table, find_feed


def install(monkeypatch, name, value):
    point = EntryPoint(name=name, value=value, group="aim.feeds")
    monkeypatch.setattr(_catalogue, "entry_points", lambda **_: [point])


def test_feeds_are_listed_by_their_own_names():
    assert [feed.name for feed in FEEDS.values()] == list(FEEDS)
    assert set(FEEDS) == {"police-uk", "police-extract", "wardens", "councillors"}


def test_the_table_says_what_each_reads_needs_and_drops():
    table = feed_table().set_index("name")
    assert table.loc["police-uk", "needed"] == "Month, Longitude, Latitude, Crime type"
    assert "Crime ID" in table.loc["police-uk", "optional"]
    assert "Month" not in table.loc["police-uk", "optional"]
    assert "Constituent phone" in table.loc["councillors", "dropped"]
    assert list(table.columns) == ["title", "reads", "needed", "optional", "dropped"]


def test_a_plugin_is_found_and_listed(monkeypatch):
    install(monkeypatch, "fire", "aim.feeds.wardens:FEED")
    assert find_feed("fire") is FEEDS["wardens"]
    assert len(feed_table()) == 5
    with pytest.raises(UnknownFeedError, match="fire"):
        find_feed("health")


def test_a_plugin_cannot_take_one_of_our_names(monkeypatch):
    install(monkeypatch, "wardens", "aim.feeds.police_uk:FEED")
    assert find_feed("wardens") is FEEDS["wardens"]
    assert len(feed_table()) == 4


@pytest.mark.parametrize("value", ["nowhere.at_all:FEED", "aim.feeds.wardens:COLUMNS"])
def test_a_broken_plugin_is_one_clear_line(monkeypatch, value):
    install(monkeypatch, "fire", value)
    with pytest.raises(FeedError, match="'fire'"):
        find_feed("fire")
